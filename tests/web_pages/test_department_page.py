"""The page of a department: figures that open, slow or not and why, and what would bring it further."""

from __future__ import annotations

import re
from html import unescape

import pytest

from gridcase.evaluation.case_list import CaseShare
from gridcase.evaluation.forecast import forecast
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from tests.web_pages.visiting import Site, words_of

_CASE = re.compile(r'<a href="/cases/(\d{14})')


@pytest.fixture
def month(site: Site) -> Site:
    """In October, 甲局 is late with three cases and has one in time; 乙局 closed what it had, and has one open."""
    office = site.office
    for _ in range(3):
        office.walk(office.report(), "handling", department="A")
    office.walk(office.report(), "closed", department="B")
    office.set("2026-10-20T09:00")
    office.walk(office.report(), "handling", department="A")
    office.walk(office.report(), "dispatched", department="B")
    office.tick(10)
    return site


def part(page: str, title: str) -> str:
    """One part of the page."""
    return page.split(f'aria-labelledby="{title}-title">')[1].split("</section>")[0]


def section(page: str, title: str) -> str:
    """The words of one part of the page."""
    return words_of(part(page, title))


def test_an_officer_sees_rank_figures_and_why_the_department_is_slow(month: Site) -> None:
    page = month.visitor("officer_a").get("/department").text

    assert "甲局 2026-10 至今" in words_of(page)
    standing = section(page, "standing")
    assert "第 2 名，得分 10.00" in standing
    assert "超时未处置数 3" in standing
    slow = section(page, "slow")
    assert slow.startswith("处置效率 不高")
    assert "现在 3 件（本期 3，上期遗留 0）" in slow
    assert "应结案不足 5 件，这一条不用" in slow
    assert len(_CASE.findall(part(page, "slow"))) == 3
    assert slow.count("超期未处置") > 3


def test_a_department_that_is_not_slow_is_told_so_by_the_same_rules(month: Site) -> None:
    slow = section(month.visitor("officer_b").get("/department").text, "slow")

    assert slow.startswith("处置效率 正常")
    assert "下列两条都不符合" in slow
    assert "拖低效率的案件" not in slow


def test_the_forecast_is_that_of_the_command(month: Site) -> None:
    office = month.office
    folder = SchemeFolder(shipped_folder() / "workflows" / "schemes")
    scheme = folder.find("department-d1")
    request = RankRequest(office.district, parse_period("2026-10"), "departments", scheme, office.now)
    with office.database.reading() as connection:
        found = forecast(connection, request, folder, unit="A", wanted=1)

    page = month.visitor("officer_a").get("/department?rank=1").text

    ahead = part(page, "ahead")
    assert found.needed is None
    assert "无法达到第 1 名：全部 4 件未结案件都办结，也只能到第 2 名" in words_of(ahead)
    assert _CASE.findall(ahead) == [case.number for case in found.cases]
    assert "为止不再办理任何案件：第 2 名" in words_of(ahead)
    assert "假定其他部门的数字保持现在的样子" in words_of(ahead)


def test_a_rank_that_can_be_reached_lists_just_the_cases_it_needs(month: Site) -> None:
    office = month.office
    office.walk(office.report(), "handling", department="S")
    page = month.visitor("officer_s").get("/department?rank=1").text

    ahead = part(page, "ahead")

    assert "办结下列 1 件，即可到第 1 名，得分 100.00" in words_of(ahead)
    assert len(_CASE.findall(ahead)) == 1


def test_a_rank_behind_the_last_one_is_told_as_none(month: Site) -> None:
    text = month.visitor("officer_a").text("/department?rank=99")

    assert re.search("参加排名的有 [0-9] 个单位，没有第 99 名；现在第 [0-9] 名，得分", text)


@pytest.mark.parametrize("typed", ["", "0", "-1", "x", "99999", "１", "%00"])
def test_a_rank_that_is_none_is_passed_over(month: Site, typed: str) -> None:
    text = month.visitor("officer_a").text(f"/department?rank={typed}")

    assert "无法达到" not in text
    assert "名次预测" in text


def test_every_number_opens_to_its_cases(month: Site) -> None:
    visitor = month.visitor("officer_a")
    page = visitor.get("/department").text
    found = re.findall(r'<a class="r-open" href="([^"]+)">(\d+)</a>', page)

    assert len(found) > 3
    for path, value in found:
        opened = visitor.get(unescape(path)).text
        shares = [CaseShare(number, 1) for number in re.findall(r'class="c-link" href="/cases/(\d+)', opened)]
        assert len(shares) == int(value), path


def test_only_people_of_departments_have_the_page_in_their_bar(month: Site) -> None:
    for who, is_there in (("officer_a", True), ("handler_a", True), ("leader", False), ("dispatcher", False)):
        assert ('href="/department"' in month.visitor(who).get("/cases").text) == is_there, who


def test_who_may_look_at_which_department(month: Site) -> None:
    assert "乙局 2026-10" not in month.visitor("officer_a").text("/department?unit=B")
    assert "甲局 2026-10" in month.visitor("officer_a").text("/department?unit=B")
    assert "乙局 2026-10" in month.visitor("leader").text("/department?unit=B")
    assert "监督中心 2026-10" not in month.visitor("leader").text("/department?unit=Z")
    assert month.visitor("system").get("/department").status_code == 403


def test_a_case_leads_back_to_the_page(month: Site) -> None:
    visitor = month.visitor("officer_a")
    opened = re.search(r'<a href="(/cases/\d{14}[^"]*)"', visitor.get("/department?rank=1").text)
    assert opened is not None

    page = visitor.get(unescape(opened[1])).text

    assert 'href="/department?rank=1"' in page


def test_a_department_that_is_not_judged_says_so(month: Site) -> None:
    office = month.office
    with office.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE department SET is_active = 0 WHERE code = 'S'")

    text = month.visitor("officer_s").text("/department")

    assert "本部门不参加这个周期的排名" in text
    assert "处置效率 正常" in text
