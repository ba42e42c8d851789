"""Every number of the ranking page leads to exactly the cases behind it, as far as a person may see them."""

from __future__ import annotations

import re
from html import unescape

import pytest

from gridcase.directory.duty import INSPECTOR
from tests.cases import following
from tests.web_pages.visiting import Site, words_of

_LINK = re.compile(r'<a class="r-open" href="([^"]+)">(-?\d+)</a>')
_CASE = re.compile(r'class="c-link" href="/cases/(\d+)')


@pytest.fixture
def month(site: Site) -> Site:
    """October: two departments with closed, late, reworked and open cases."""
    office = site.office
    for goal, department in (("closed", "A"), ("closed", "B"), ("handling", "B"), ("handling", "A")):
        office.walk(office.report(), goal, department=department)
    office.walk(office.report(), "verification_failed", "handled", "closed", department="A")
    office.set("2026-11-02T09:00")
    return site


def links(page: str) -> list[tuple[str, int]]:
    return [(unescape(path), int(value)) for path, value in _LINK.findall(page)]


@pytest.mark.parametrize("of", ["departments", "streets", "dispatchers", "shift-supervisors"])
def test_every_number_opens_to_as_many_cases(month: Site, of: str) -> None:
    leader = month.visitor("leader")
    found = links(leader.get(f"/rankings?of={of}&period=2026-10").text)

    assert len(found) > 4
    for path, value in dict(found).items():
        page = leader.get(path).text
        assert len(_CASE.findall(page)) == value, path
        assert f"<b>{value}</b>" in page
        assert "不在您可以查看的范围内" not in page


def test_the_number_of_a_unit_and_of_its_group_open_to_its_own_cases(month: Site) -> None:
    leader = month.visitor("leader")
    page = leader.get("/rankings?of=departments&period=2026-10").text
    row = page.split(">甲局</a>")[1].split("</tr>")[0]
    foot = page.split("<tfoot>")[1].split("</tfoot>")[0]

    (own, count), (whole, sum_of_all) = links(row)[0], links(foot)[0]

    assert (count, sum_of_all) == (3, 5)
    cases = set(_CASE.findall(leader.get(own).text))
    departments = {row["number"]: row["department"] for row in month.office.rows("cases")}
    assert {departments[number] for number in cases} == {"A"}
    assert cases < set(_CASE.findall(leader.get(whole).text))
    assert "甲局 2026-10 应结案数 3" in words_of(leader.get(own).text)


def test_what_happens_later_does_not_change_what_a_number_opens_to(month: Site) -> None:
    leader = month.visitor("leader")
    path, value = links(leader.get("/rankings?of=departments&period=2026-10").text)[0]
    office = month.office
    for row in office.rows("cases"):
        if row["is_open"]:
            office.tick(1)
            office.move("shift_supervisor", row["number"], "force_close", reason="拆迁", document="1 号")

    page = leader.get(path).text

    assert len(_CASE.findall(page)) == value
    assert "截至 2026-11-01 00:00" in words_of(page)


def test_cases_that_a_person_may_not_see_are_told_by_their_count(month: Site) -> None:
    path, value = next(
        (path, value)
        for path, value in links(month.visitor("leader").get("/rankings?of=departments&period=2026-10").text)
        if "unit=B" in path and value == 2
    )

    own = month.visitor("officer_b").get(path).text
    other = month.visitor("officer_a").get(path).text

    assert len(_CASE.findall(own)) == value == 2
    assert _CASE.findall(other) == []
    assert "另有 2 个案件不在您可以查看的范围内" in words_of(other)


def test_the_work_of_people_is_for_the_centre_and_leaders(month: Site) -> None:
    for who, is_shown in (("leader", True), ("dispatcher", True), ("officer_a", False), ("handler_a", False)):
        page = month.visitor(who).get("/rankings?of=dispatchers&period=2026-10").text
        assert ("派遣员排名" in words_of(page)) == is_shown, who
        assert ("of=dispatchers" in page) == is_shown, who


def test_few_acts_are_told_to_be_few(month: Site) -> None:
    text = month.visitor("leader").text("/rankings?of=dispatchers&period=2026-10")

    assert "件数少，名次可能出于偶然" in text
    assert "5 / 5 100.00% 56.55 至 100.00" in text


def test_a_missed_case_stands_behind_the_number_of_the_inspector_on_duty(month: Site) -> None:
    office = month.office
    office.set("2026-11-05T09:00")
    number = office.walk(office.report("intake_operator", channel="self_found"), "filed")
    following.find(office, number, kind="missed")
    cell = office.rows("cases", number)[0]["cell"]
    with office.database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO duty_roster (district, inspector, from_at, to_at, cells, entered_by, entered_at) VALUES "
            f"('{office.district}', '{INSPECTOR}', '2026-11-01 00:00:00.000000', '2026-11-30 00:00:00.000000', "
            f"'{cell}', 'x', '2026-11-01 00:00:00.000000')"
        )
    office.set("2026-12-02T09:00")

    page = month.visitor("leader").get(
        f"/rankings/cases?of=inspectors&period=2026-11&unit={INSPECTOR}&count=missed_count"
    )

    assert _CASE.findall(page.text) == [number]


def test_long_lists_have_pages_that_miss_and_repeat_nothing(
    month: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridcase.web.pages.ranking_cases._PAGE_SIZE", 2)
    leader = month.visitor("leader")
    path = "/rankings/cases?of=departments&period=2026-10&group=&count=due_count"

    numbers: list[str] = []
    while path:
        page = leader.get(path).text
        numbers += _CASE.findall(page)
        following_page = re.search(r'rel="next" href="([^"]+)"', page)
        path = unescape(following_page[1]) if following_page else ""

    assert numbers == sorted(numbers)
    assert len(numbers) == len(set(numbers)) == 5


def test_the_case_page_leads_back_to_the_number(month: Site) -> None:
    leader = month.visitor("leader")
    path = "/rankings/cases?of=departments&period=2026-10&unit=A&count=closed_count"
    opened = re.search(r'class="c-link" href="([^"]+)"', leader.get(path).text)
    assert opened is not None

    page = leader.get(unescape(opened[1])).text

    assert 'href="/rankings/cases?' in page
    assert "data-up" in page


@pytest.mark.parametrize(
    "query",
    ["unit=甲句&count=closed_count", "unit=A&count=close_count", "unit=A&count=closed_count&as_of=gestern"],
)
def test_a_number_that_is_none_is_refused(month: Site, query: str) -> None:
    answer = month.visitor("leader").get(f"/rankings/cases?of=departments&period=2026-10&{query}")

    assert answer.status_code == 422


def test_a_number_of_nothing_says_so(month: Site) -> None:
    text = month.visitor("leader").text(
        "/rankings/cases?of=departments&period=2026-10&unit=S&count=due_count"
    )

    assert "这个数为 0" in text
