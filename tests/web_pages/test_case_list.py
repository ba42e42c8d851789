"""The list of cases: tabs with their counts, filters, pages by key, the time that is left in words."""

from __future__ import annotations

import re

import pytest

from tests.web_pages.visiting import Site

_LINK = re.compile(r'class="c-link" href="/cases/([0-9]+)')


def _numbers(html: str) -> list[str]:
    return _LINK.findall(html)


def test_each_tab_holds_as_many_cases_as_it_says(both_sites: Site) -> None:
    office = both_sites.office
    for goal in ("filed", "filed", "handed_back", "verification_failed", "handling", "verifying"):
        office.walk(office.report(), goal)
    office.walk(office.report(), "handling", department="B")

    for who, wanted in {
        "dispatcher": {"filed": 2, "handed_back": 1, "verification_failed": 1},
        "officer_a": {"dispatched": 0, "handling": 1},
        "inspector_2": {"confirming": 0, "verifying": 1},
        "inspector": {"confirming": 0, "verifying": 0},
    }.items():
        visitor = both_sites.visitor(who)
        page = visitor.get("/cases").text
        for tab, count in wanted.items():
            said = re.search(rf'tab={tab}".*?tab-count">(\d+)<', page)
            assert said is not None, (who, tab)
            assert int(said[1]) == count == len(_numbers(visitor.get(f"/cases?tab={tab}").text)), (who, tab)


def test_the_first_tab_with_work_opens_by_itself(site: Site) -> None:
    number = site.office.walk(site.office.report(), "handed_back")

    page = site.visitor("dispatcher").get("/cases").text

    assert _numbers(page) == [number]


def test_the_time_left_stands_in_words_beside_lamp_and_moment(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    due = office.case(number).runs.latest("handling").due_at
    office.set(due)
    office.tick(-200)
    before = site.visitor("officer_a").text("/cases?tab=handling")
    office.tick(200, days=2)
    after = site.visitor("officer_a").text("/cases?tab=handling")

    assert "距到期 3小时20分" in before
    assert "临期" in before or "正常" in before
    assert "超期 2天" in after


def test_a_suspended_case_says_that_its_clock_stands(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    asked = office.ask("officer_a", number, "suspension", photos=1, until="2026-12-01")
    office.grant("shift_supervisor", number, asked.id)

    text = site.visitor("officer_a").text("/cases?tab=handling")

    assert "暂停计时" in text


def test_filters_narrow_and_are_kept_in_the_form(site: Site) -> None:
    office = site.office
    first = office.report(address="红旗路 12 号", description="井盖松动")
    second = office.walk(office.report(kind="event", main_code="01", sub_code="12"), "dispatched")
    visitor = site.visitor("dispatcher")

    assert _numbers(visitor.get("/cases?tab=all&q=红旗").text) == [first]
    assert _numbers(visitor.get("/cases?tab=all&q=井盖").text) == [first]
    assert _numbers(visitor.get(f"/cases?tab=all&q={second}").text) == [second]
    assert _numbers(visitor.get("/cases?tab=all&stage=handling").text) == [second]
    assert _numbers(visitor.get("/cases?tab=all&state=reported").text) == [first]
    assert _numbers(visitor.get("/cases?tab=all&department=A").text) == [second]
    assert _numbers(visitor.get("/cases?tab=all&lamp=green").text) != []
    page = visitor.get("/cases?tab=all&stage=handling&q=不存在的地方").text
    assert 'value="handling" selected' in page
    assert 'value="不存在的地方"' in page
    assert "没有符合条件的案件" in page


def test_a_search_in_a_queue_that_finds_nothing_offers_all_cases(site: Site) -> None:
    number = site.office.report()

    page = site.visitor("dispatcher").text(f"/cases?tab=filed&q={number}")

    assert f"在全部案件中搜索“{number}”" in page


def test_what_cannot_be_meant_is_passed_over(both_sites: Site) -> None:
    visitor = both_sites.visitor("dispatcher")

    for query in (
        "lamp=purple",
        "tab=none",
        "sort=drop",
        "q=%00",
        "state=%00",
        "street=x&community=y",
        "q=%25_%5C",
        "stage=%F0%9F%92%A9",
    ):
        assert visitor.get(f"/cases?{query}").status_code == 200, query


def test_a_made_up_place_in_the_list_is_refused_and_not_an_error(site: Site) -> None:
    assert site.visitor("dispatcher").get("/cases?after=abc").status_code == 422


def test_pages_follow_each_other_without_gap_or_double(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridcase.web.pages.case_list._PAGE_SIZE", 3)
    numbers = [site.office.report() for _ in range(7)]
    visitor = site.visitor("dispatcher")
    path: str | None = "/cases?tab=all"
    seen: list[str] = []

    while path:
        page = visitor.get(path).text
        seen += _numbers(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else None

    assert seen == sorted(numbers, reverse=True)


def test_names_stand_where_codes_would_say_nothing(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(address="西湖道口"), "dispatched")
    fields = office.case(number).fields

    text = site.visitor("dispatcher").text("/cases?tab=all")

    assert office.book.geography.areas.name(fields["street"]) in text
    assert "甲局" in text
    assert "西湖道口" in text
    assert fields["sub_name"] in text


def test_an_empty_queue_says_so(site: Site) -> None:
    assert "这里没有待办" in site.visitor("dispatcher").text("/cases?tab=filed")


def test_a_list_for_one_cell_says_which(site: Site) -> None:
    office = site.office
    number = office.report()
    cell = office.case(number).fields["cell"]
    visitor = site.visitor("dispatcher")

    page = visitor.get(f"/cases?tab=all&cell={cell}").text

    assert _numbers(page) == [number]
    assert f"单元网格 {cell}" in page


def test_a_pending_request_stands_in_the_tab_of_whoever_decides_it(both_sites: Site) -> None:
    office = both_sites.office
    number = office.walk(office.report(), "dispatched")
    office.walk(office.report(), "dispatched")
    office.ask("officer_a", number, "extension")

    for who, wanted in {"dispatcher": [number], "shift_supervisor": [], "officer_a": None}.items():
        visitor = both_sites.visitor(who)
        page = visitor.get("/cases?tab=open").text
        said = re.search(r'tab=to_decide".*?待审批申请</span> <b class="tab-count">(\d+)<', page)
        if wanted is None:
            assert "待审批申请" not in page
            continue
        assert said is not None, who
        assert int(said[1]) == len(wanted)
        assert _numbers(visitor.get("/cases?tab=to_decide").text) == wanted
