"""A workflow that a city wrote itself runs over HTTP without a changed line: other first step, other roles and fields."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridcase.resources import shipped_folder
from tests.making import make_office
from tests.web.calling import Caller

LOOK_BACK = """
name = "look_back"
version = 1
title = "回头看"
initial = "planned"
role = [
  { code = "shift_supervisor", label = "值班长", centre = true },
  { code = "inspector", label = "监督员", centre = true, sees = "own" },
]
state = [
  { name = "planned", label = "待回访", owner = "inspector", limit = "15工作日" },
  { name = "visited", label = "已回访", terminal = true },
]
[[transition]]
trigger = "plan"
label = "安排回访"
from = []
to = "planned"
roles = ["shift_supervisor"]
records = ["inspector"]
[[transition]]
trigger = "visit"
label = "回访"
from = ["planned"]
to = "visited"
roles = ["inspector"]
guards = ["assigned_inspector"]
records = ["result", "position", "photos_verification"]
"""


@pytest.fixture
def city(tmp_path: Path, quick_geo: Path, filled_sqlite: Path) -> Iterator[Caller]:
    workflows = tmp_path / "site" / "workflows"
    shutil.copytree(shipped_folder() / "workflows", workflows)
    (workflows / "look_back.toml").write_text(LOOK_BACK, encoding="utf-8")
    shutil.copyfile(filled_sqlite, tmp_path / "gridcase.db")
    office = make_office(f"sqlite:///{tmp_path / 'gridcase.db'}", tmp_path, geo=quick_geo)
    yield Caller(office)
    office.database.close()


def test_its_cases_are_made_and_moved_by_its_own_roles_and_records(city: Caller) -> None:
    body = city.report_body(workflow="look_back", inspector="inspector_2")
    status, made = city.post("shift_supervisor", "/cases", body)
    _, offered = city.get("inspector_2", f"/cases/{made['number']}/moves")
    by_another = city.move(
        "inspector", made["number"], "visit", photos=1, result="已整改", **city.office.position
    )
    visited = city.move(
        "inspector_2", made["number"], "visit", photos=1, result="已整改", **city.office.position
    )

    assert (status, made["state"]) == (201, "planned")
    assert [move["trigger"] for move in offered["allowed"]] == ["visit"]
    assert {field["name"] for field in offered["allowed"][0]["fields"] if field["required"]} == {
        "result", "lon", "lat", "coordinate_system", "photos",
    }  # fmt: skip
    assert (by_another[0], by_another[1]["code"]) == (409, "assigned_inspector")
    assert (visited[0], visited[1]["state"], visited[1]["version"]) == (201, "visited", 2)


def test_its_first_step_wants_its_records_and_the_standard_one_does_not_know_them(city: Caller) -> None:
    missing = city.post("shift_supervisor", "/cases", city.report_body(workflow="look_back"))
    too_much = city.post("inspector", "/cases", city.report_body(inspector="inspector_2"), photos=1)
    by_another = city.post(
        "leader", "/cases", city.report_body(workflow="look_back", inspector="inspector_2")
    )

    assert (missing[0], missing[1]["code"]) == (409, "record_missing")
    assert (too_much[0], too_much[1]["code"]) == (422, "unknown_field")
    assert (by_another[0], by_another[1]["code"]) == (403, "role_missing")


def test_the_document_names_its_triggers_and_states(city: Caller) -> None:
    _, document = city.get(None, "/openapi.json")

    (trigger,) = [
        parameter["schema"]["enum"]
        for parameter in document["paths"]["/cases/{number}/moves/{trigger}"]["post"]["parameters"]
        if parameter["name"] == "trigger"
    ]
    assert {"visit", "accept"} <= set(trigger)
    assert "visited" in document["components"]["schemas"]["MoveReply"]["properties"]["state"]["enum"]
    assert "look_back" in str(document["components"]["schemas"]["ReportBody"]["properties"]["workflow"])
