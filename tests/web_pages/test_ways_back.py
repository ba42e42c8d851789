"""Ways back that no page of ours sends: they lead home or to the case, and never break what was asked for."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.web_pages.visiting import Site, Visitor


@pytest.mark.parametrize("way", ["//[", "http://[", "http://[::1/desk", "//elsewhere/desk", "/desk\n"])
def test_a_way_that_is_none_is_passed_over(site: Site, way: str) -> None:
    number = site.office.report()
    visitor, back = site.visitor("intake_operator"), quote(way)
    fields: dict[str, Any] = {"trigger": "accept", "number": number, f"version.{number}": "0", "back": way}

    assert visitor.get(f"/cases/{number}?back={back}").status_code == 200
    assert visitor.get(f"/desk/bulk?trigger=accept&number={number}&back={back}").status_code == 200
    assert visitor.post("/desk/bulk", **fields).status_code == 200
    assert visitor.post(f"/cases/{number}/moves/accept?back={back}", version="0").status_code == 409
    assert visitor.post(f"/cases/{number}/additions?back={back}", text="另一处").status_code == 303
    assert visitor.post("/desk/phrases", text="请尽快处置", back=way).location == "/desk"
    assert visitor.post("/desk/filters", name="待受理", back=way).status_code == 422


@pytest.mark.parametrize("name", ["endpoint", "_method", "_external", "_scheme", "_anchor", "self"])
def test_a_way_back_to_the_desk_keeps_what_the_desk_knows(site: Site, name: str) -> None:
    number = site.office.report()
    visitor, back = site.visitor("intake_operator"), quote(f"/desk?tab=reported&{name}=PUT&next=1")

    added = visitor.post(f"/cases/{number}/additions?back={back}", text="另一处")

    assert added.location == f"/desk?tab=reported&case={number}"


@pytest.mark.parametrize("before", ["http://[", "http://localhost:[/", "x", "http://elsewhere/cases"])
def test_a_look_is_taken_over_wherever_it_was_chosen(site: Site, before: str) -> None:
    visitor = site.visitor("leader")

    changed = _choose_dark(visitor, before)
    beside = _choose_dark(visitor, "https://localhost/rankings?of=streets")

    assert (changed.status_code, changed.location) == (302, "/")
    assert beside.location == "/rankings?of=streets"


def test_an_origin_that_is_none_is_a_foreign_one(site: Site) -> None:
    visitor = site.visitor("leader")
    fields = {"csrf_token": visitor.token(), "theme": "dark"}

    answer = visitor.client.post("/look", data=fields, headers={"Origin": "http://["})

    assert answer.status_code == 403


def _choose_dark(visitor: Visitor, before: str) -> Any:
    fields = {"csrf_token": visitor.token(), "theme": "dark"}
    return visitor.client.post("/look", data=fields, headers={"Referer": before})
