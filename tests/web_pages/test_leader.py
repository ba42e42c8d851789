"""The leader's page and the wall screen: the figures of the evaluation, for leaders and the centre alone."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from gridcase.evaluation.bulletin.making import draft_bulletin
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank, rank_as_json
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from gridcase.web.pages.sending import FROM_SCRIPT
from tests.making import Office
from tests.web_pages.freezing import freeze_month
from tests.web_pages.test_look_back import fill_months
from tests.web_pages.visiting import Site, words_of

PATHS = ("/leader", "/leader?period=2026-10", "/leader/wall", "/leader/wall/part")
# What the scheme of each kind scores most: the rate that the overview must tell.
CHIEF_COUNTS = {
    "departments": ("on_time_handled_count", "handle_due_count"),
    "streets": ("on_time_closed_count", "due_count"),
}
OFF = ("officer_a", "handler_a", "inspector", "administrator")


@pytest.fixture(scope="module")
def months(shared_site: Site) -> Site:
    """October frozen for departments, November going on; for tests that change nothing."""
    return fill_months(shared_site)


def _ranked(office: Office, of: str, scheme: str) -> dict[str, Any]:
    period, folder = parse_period("2026-11"), SchemeFolder(shipped_folder() / "workflows" / "schemes")
    with office.database.reading() as connection:
        asked = RankRequest(office.district, period, of, folder.find(scheme), office.now)
        return rank_as_json(rank(connection, asked, folder))


def _section(page: str, title: str) -> str:
    return page.split(f'aria-labelledby="{title}"')[1].split("</section>")[0]


def test_leaders_begin_here_and_only_leaders_and_the_centre_come_in(months: Site) -> None:
    assert months.visitor("leader").get("/").headers["Location"] == "/leader"
    for who in ("leader", "dispatcher", "intake_operator", "shift_supervisor"):
        visitor = months.visitor(who)
        assert [visitor.get(path).status_code for path in PATHS] == [200] * len(PATHS), who
        assert 'href="/leader"' in visitor.get("/cases").text, who
    for who in OFF:
        visitor = months.visitor(who)
        assert [visitor.get(path).status_code for path in PATHS] == [403] * len(PATHS), who
        assert 'href="/leader"' not in visitor.get("/cases").text, who
    nobody = months.visitor()
    assert nobody.get("/leader/wall").headers["Location"] == "/sign-in?next=/leader/wall"
    assert nobody.get("/leader/wall/part", headers={FROM_SCRIPT: "wall"}).status_code == 401


@pytest.mark.parametrize(("of", "scheme"), [("departments", "department-d1"), ("streets", "area")])
def test_the_rankings_are_those_of_the_evaluation(months: Site, of: str, scheme: str) -> None:
    told = _ranked(months.office, of, scheme)

    page = months.visitor("leader").get("/leader").text

    section = _section(page, f"ranking-{of}-title")
    assert "未发布" in words_of(section.split("<table")[0])
    for unit in told["units"]:
        row = section.split(f">{unit['unit']}</a></th>")
        words = words_of(row[1].split("</tr>")[0])
        assert unit.get("score", "—") in words, unit
        counts = unit["counts"]
        over, under = CHIEF_COUNTS[of]
        assert f"{counts[over]} / {counts[under]}" in words, unit
        if "rank" in unit:
            assert words_of(row[0].rsplit("<tr", 1)[1].split(">", 1)[1]).startswith(str(unit["rank"]))


@pytest.mark.parametrize("is_close", [True, False])
def test_figures_that_print_alike_at_several_ranks_are_explained(
    months: Site, monkeypatch: pytest.MonkeyPatch, is_close: bool
) -> None:
    monkeypatch.setattr("gridcase.web.pages.figures.differs_behind_print", lambda _evaluation: is_close)
    leader = months.visitor("leader")

    for path in ("/leader", "/leader/wall", "/leader/wall/part", "/rankings?of=streets&period=2026-11"):
        assert ("按未经舍入的数值比较" in leader.text(path)) == is_close, path


def test_every_count_opens_to_as_many_cases(months: Site) -> None:
    visitor = months.visitor("leader")
    page = visitor.get("/leader?of=departments").text

    links = re.findall(r'class="r-open" href="(/[^"]+)">(\d+)<', page)

    assert len(links) > 6
    for path, number in links:
        words = visitor.text(unescape(path))
        assert re.search(rf"个案件，“计入”各行之和即为 {number} ?。", words), (path, number)


def test_the_totals_and_the_whole_backlog_open_and_the_backlog_holds_earlier_months_too(site: Site) -> None:
    office = site.office
    for department in ("A", "B"):
        office.walk(office.report(), "handling", department=department)
    office.set("2026-11-02T09:00")
    for goal in ("handling", "closed"):
        office.walk(office.report(), goal, department="A")
    office.set("2026-11-20T09:00")
    visitor = site.visitor("leader")
    page = visitor.get("/leader?of=departments").text
    table = words_of(page.split('id="ranking-departments-title"')[1].split("</section>")[0])
    assert "得分由各项相加：按期处置 60 分，结案 30 分，未返工 10 分。" in table
    assert "当月到期 未处置" in table
    assert "相等的并列同一名次，下一个名次紧接着数（例如 1、1、2）。" in table

    how, backlog = _section(page, "how-title"), _section(page, "backlog-title")

    numbers = re.findall(r'class="r-open" href="([^"]+)">(\d+)<', how)
    assert [unescape(path).split("count=")[1].split("&")[0] for path, _number in numbers] == [
        "on_time_handled_count",
        "handle_due_count",
        "closed_count",
        "due_count",
        "on_time_closed_count",
        "due_count",
        "overdue_unhandled_count,carried_over_open_count",
    ]
    assert all("whole=yes" in path for path, _number in numbers)
    for path, number in numbers:
        assert f"个案件，“计入”各行之和即为 {number}" in visitor.text(unescape(path)), path
    assert numbers[-1][1] == "3"
    assert "含以前各月到期的" in words_of(backlog)
    rows = {words_of(row).split()[0]: words_of(row).split()[1] for row in backlog.split("<tr>")[2:]}
    assert rows == {"甲局": "2", "乙局": "1"}
    assert "合计 50.00 % 1 / 2 1 " in table


def test_the_sentences_are_those_of_the_bulletin_and_marked_as_a_draft(months: Site) -> None:
    visitor = months.visitor("leader")
    told = json.loads(visitor.get("/bulletins/2026-11/departments/file.json").text)

    page = visitor.get("/leader?of=departments").text

    section = _section(page, "lines-title")
    assert [unescape(each) for each in re.findall(r"<li>(.*?)</li>", section)] == told["sentences"]
    assert "未发布" in words_of(section)
    assert "通报草稿" in words_of(section)


def test_the_last_published_month_is_one_click_away_and_stays_as_it_was(months: Site) -> None:
    visitor = months.visitor("leader")
    page = visitor.get("/leader?of=departments").text
    assert 'href="/leader?of=departments&amp;period=2026-10"' in page

    october = visitor.get("/leader?of=departments&period=2026-10").text

    assert "已发布" in words_of(october.split("<h1>")[1].split("</h1>")[0])
    assert "已发布" in words_of(_section(october, "lines-title"))
    assert "本月尚未结束" not in words_of(october)
    published = visitor.get("/rankings?of=departments&period=2026-10").text
    for name in ("甲局", "乙局"):
        score = words_of(published.split(f">{name}</a>")[1].split("</tr>")[0]).split()[0]
        assert score in words_of(october.split(f">{name}</a></th>")[1].split("</tr>")[0]).split()[0]
        assert score in words_of(page.split(f">{name}</a></th>")[1].split("</tr>")[0]), "last published"


def test_lines_are_those_of_the_added_counts_and_only_published_months_are_compared(months: Site) -> None:
    visitor = months.visitor("leader")

    page = visitor.get("/leader?of=departments").text

    table = page.split("<summary>逐月数字表</summary>")[1].split("</table>")[0]
    rows = {words_of(row).split()[0]: words_of(row) for row in table.split("<tr>")[2:]}
    assert list(rows) == ["2026-11", "2026-10"]
    for month, cases in (("2026-11", "100.00"), ("2026-10", "50.00")):
        totals = words_of(visitor.get(f"/rankings?of=departments&period={month}").text.split("<tfoot>")[1])
        assert cases in totals, (month, totals)
        assert cases in rows[month], (month, rows)
    assert "本月" in rows["2026-11"]
    assert "未发布" in rows["2026-11"]
    assert "上月" in rows["2026-10"]
    assert "已发布" in rows["2026-10"]
    assert "个百分点" in words_of(_section(page, "better-title"))
    streets = words_of(_section(visitor.get("/leader?of=streets").text, "better-title"))
    assert "不作比较" in streets
    assert "上月没有发布的数字" in streets
    # A month that is not compared gives no figure beside this one, on the page and on the wall.
    wall = visitor.get("/leader/wall").text.split('class="wall-box wall-now"')[1].split("</section>")[0]
    for shown in (streets, words_of(wall)):
        assert "◆ 上月 未发布" in shown
        assert "◆ 上月 未发布 %" not in shown
    assert 'class="trend-last"' not in wall
    assert 'class="trend-line"' not in wall


def test_a_month_that_is_none_is_refused_and_an_unknown_kind_is_passed_over(months: Site) -> None:
    visitor = months.visitor("leader")

    for text in ("gestern", "2026-13", "2026-Q4", "2026-11-03", "2027-03", "1900-01", "2026-09"):
        assert visitor.get(f"/leader?period={text}").status_code == 422, text
    assert visitor.get("/leader?of=inspectors").status_code == 200
    assert "inspectors" not in visitor.get("/leader?of=inspectors").text
    assert visitor.get("/leader?period=%00").status_code == 200


def test_before_the_first_case_the_pages_stand(site: Site) -> None:
    visitor = site.visitor("leader")

    assert "谁最差" in visitor.text("/leader")
    assert "没有积压的案件" in visitor.text("/leader?of=departments")
    assert "城市管理总览" in visitor.text("/leader/wall")


def test_in_the_first_days_the_last_month_is_shown_until_it_is_published(site: Site) -> None:
    office = site.office
    office.walk(office.report(), "closed", department="A")
    office.set("2026-11-03T09:00")
    heading = re.compile(r"<h1>总览 <span[^>]*>([0-9-]+)<")

    def shown() -> str:
        found = heading.search(site.visitor("leader").get("/leader").text)
        assert found
        return found[1]

    before = shown()
    for of in ("streets", "departments"):
        freeze_month(office, of)

    assert (before, shown()) == ("2026-10", "2026-11")


# --- the wall ---------------------------------------------------------------------------------------------------------


def test_the_wall_asks_again_for_little_and_tells_how_old_its_figures_are(site: Site) -> None:
    office = fill_months(site).office
    visitor = site.visitor("leader")

    first = visitor.get("/leader/wall/part")
    office.tick(0, seconds=40)
    again = visitor.get("/leader/wall/part", headers={"If-None-Match": first.headers["ETag"]})
    office.tick(1)
    anew = visitor.get("/leader/wall/part", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, first.headers["X-Figures-Age"]) == (200, "0")
    assert (again.status_code, again.text, again.headers["X-Figures-Age"]) == (304, "", "40")
    assert (anew.status_code, anew.headers["X-Figures-Age"]) == (200, "0")
    assert anew.headers["Cache-Control"] == "private, no-cache"
    assert words_of(first.text) in visitor.text("/leader/wall") or "数字截至" in words_of(first.text)


def test_figures_are_made_once_a_minute_however_many_look(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = fill_months(site).office
    drafts: list[object] = []
    monkeypatch.setattr(
        "gridcase.web.pages.bulletin_shelf.draft_bulletin",
        lambda *given, **named: drafts.append(given) or draft_bulletin(*given, **named),
    )

    for who in ("leader", "dispatcher", "shift_supervisor"):
        for path in ("/leader", "/leader/wall", "/leader/wall/part"):
            assert site.visitor(who).get(path).status_code == 200
    first = len(drafts)
    office.tick(2)
    site.visitor("leader").get("/leader")

    assert (first, len(drafts)) == (1, 2)


def test_a_wall_keeps_its_session_to_the_latest_moment_and_no_longer(site: Site) -> None:
    office = site.office
    visitor, sessions = site.visitor("leader"), office.book.settings.sessions
    part = {"path": "/leader/wall/part", "headers": {FROM_SCRIPT: "wall"}}
    found = []
    for _ in range(int(sessions.absolute_hours * 60 / (sessions.idle_minutes * 0.8))):
        found.append(visitor.get(**part).status_code)
        office.tick(sessions.idle_minutes * 0.8)

    assert found == [200] * len(found)
    assert visitor.get(**part).status_code == 401
