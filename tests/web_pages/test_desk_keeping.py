"""Filters that a person keeps, phrases of a person and of a role."""

from __future__ import annotations

import pytest

from gridcase.directory.desk_keeping import MOST_FILTERS
from tests.web_pages.visiting import Site, words_of


def test_a_filter_is_kept_under_a_name_for_one_person(both_sites: Site) -> None:
    site = both_sites
    site.office.walk(site.office.report(), "filed")
    visitor = site.visitor("dispatcher")
    back = "/desk?tab=filed&lamp=red"

    kept = visitor.post("/desk/filters", name="超期待派", back=back)
    visitor.post("/desk/filters", name="超期待派", back="/desk?tab=filed&lamp=yellow")

    page = visitor.get("/desk").text
    assert kept.location == back
    assert page.count(">超期待派</a>") == 1
    assert 'href="/desk?tab=filed&amp;lamp=yellow">超期待派' in page
    assert "超期待派" not in site.visitor("shift_supervisor").get("/desk").text
    visitor.post("/desk/filters", name="超期待派", drop="yes", back=back)
    assert "超期待派" not in visitor.get("/desk").text
    for number in range(MOST_FILTERS):
        visitor.post("/desk/filters", name=f"筛选{number}", back=back)
    assert visitor.post("/desk/filters", name="再一个", back=back).status_code == 422
    assert visitor.post("/desk/filters", name="", back=back).status_code == 422
    assert visitor.post("/desk/filters", name="字" * 41, back=back).status_code == 422
    assert site.visitor("leader").post("/desk/filters", name="筛选", back=back).status_code == 403


def test_phrases_are_ones_own_or_those_of_a_role(both_sites: Site) -> None:
    site = both_sites
    site.office.walk(site.office.report(), "filed")
    dispatcher, supervisor = site.visitor("dispatcher"), site.visitor("shift_supervisor")
    site.office.walk(site.office.report(), "accepted")

    dispatcher.post("/desk/phrases", text="请尽快处置", back="/desk")
    supervisor.post("/desk/phrases", text="请按时限处置", role="dispatcher", back="/desk")
    refused = dispatcher.post("/desk/phrases", text="自作主张", role="intake_operator", back="/desk")

    words = words_of(dispatcher.get("/desk").text)
    assert words.index("请尽快处置") < words.index("请按时限处置")
    assert refused.status_code == 403
    led = supervisor.text("/desk")
    assert "请尽快处置" not in led
    assert "请按时限处置" in led
    dispatcher.post("/desk/phrases", text="请尽快处置", drop="yes", back="/desk")
    assert (
        dispatcher.post("/desk/phrases", text="请按时限处置", role="dispatcher", drop="yes").status_code
        == 403
    )
    words = words_of(dispatcher.get("/desk").text)
    assert "请尽快处置" not in words
    assert "请按时限处置" in words


@pytest.mark.parametrize("back", ["https://elsewhere.example/desk", "/cases", ""])
def test_the_way_back_is_to_the_desk(site: Site, back: str) -> None:
    answer = site.visitor("dispatcher").post("/desk/phrases", text="请尽快处置", back=back)

    assert answer.location == "/desk"
