"""The pages of past months side by side and of the trial of a scheme: the numbers of the commands, and nothing else."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from gridcase.cli import main
from gridcase.demo.marks import set_demo_clock
from gridcase.evaluation.frozen.freezing import freeze
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from tests.making import Office
from tests.web_pages.visiting import Site, words_of

SCHEMES = shipped_folder() / "workflows" / "schemes"
MONTHS = "/rankings/months?of=departments&to=2026-11"
TRIAL = "/rankings/what-if?scheme={}&of=departments&from=2026-10&to=2026-11"


def _freeze(office: Office, period: str, scheme: str) -> None:
    folder = SchemeFolder(SCHEMES)
    asked = RankRequest(office.district, parse_period(period), "departments", folder.find(scheme), office.now)
    freeze(office.database, asked, folder, by="王主任")


def fill_months(site: Site) -> Site:
    """October frozen by D1; November goes on, with a late case of A and one in time of B."""
    office = site.office
    for goal, department in (("closed", "A"), ("closed", "B"), ("verification_failed", "A")):
        office.walk(office.report(), goal, department=department)
    late = office.walk(office.report(), "handling", department="B")
    office.set("2026-11-02T09:00")
    _freeze(office, "2026-10", "department-d1")
    office.walk(late, "closed")
    office.walk(office.report(), "closed", department="A")
    office.set("2026-11-20T09:00")
    return site


@pytest.fixture(scope="module")
def months(shared_site: Site) -> Site:
    """The site of all tests that change nothing."""
    return fill_months(shared_site)


def _told(office: Office, *command: str) -> dict[str, Any]:
    with office.database.transaction() as connection:
        set_demo_clock(connection, office.district, stands=office.now, machine=datetime.now(UTC))
    url = office.database.url.render_as_string(hide_password=False)
    ended = CliRunner().invoke(main, [*command, "--db", url, "--format", "json"])
    assert ended.exit_code == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _row(page: str, name: str) -> str:
    return page.split(f">{name}</th>")[1].split("</tr>")[0]


def test_the_page_of_months_shows_the_numbers_of_the_command(months: Site) -> None:
    told = _told(months.office, "look-back", "--of", "departments", "--to", "2026-11", "--months", "6")

    page = months.visitor("officer_a").get(MONTHS).text

    assert [month["frozen"] for month in told["months"]] == [0, None]
    for unit in told["units"]:
        cells = _row(page, unit["unit"]).split("<td")[1:]
        assert len(cells) == len(unit["months"]) == 2
        for cell, shown in zip(unit["months"], cells, strict=True):
            words = words_of("<td" + shown)
            assert cell.get("score", "—") in words
            for change in cell["score_change"].values():
                assert change in words
            if "rank" in cell:
                assert f"第 {cell['rank']} 名" in words
            # From the number to the ranking of the month, and from there to its cases.
            path = f'href="/rankings?of=departments&amp;period={cell["period"]}"'
            assert (path in shown) is (cell.get("score", "—") != "—")
    assert words_of(page).count("未发布") >= 2
    assert "2026-11" in words_of(page.split("<thead>")[1].split("</thead>")[0])


def test_a_rate_is_shown_in_place_of_the_score(months: Site) -> None:
    told = _told(months.office, "look-back", "--of", "departments", "--rate", "closing_rate")

    page = months.visitor("leader").get(f"{MONTHS}&show=closing_rate").text

    cell = next(unit for unit in told["units"] if unit["code"] == "A")["months"][0]
    assert f'data-value="{cell["rates"]["closing_rate"]["value"]}"' in _row(page, "甲局")
    assert "名" not in words_of("<td" + _row(page, "甲局"))


def test_a_change_of_the_scheme_between_two_months_is_marked(site: Site) -> None:
    office = fill_months(site).office
    office.set("2026-12-02T09:00")
    _freeze(office, "2026-11", "department-d2")

    page = site.visitor("leader").get("/rankings/months?of=departments&to=2026-12").text

    assert "相邻月份口径不同" in page
    assert "2026-10：方案不同（department-d1 → department-d2）" in words_of(page)
    assert re.search(r'lb-differs" data-period="2026-10"', page)


def test_the_trial_shows_the_numbers_of_the_command_and_changes_nothing(months: Site) -> None:
    before = months.visitor("leader").get("/rankings?of=departments&period=2026-10").text
    told = _told(
        months.office, "what-if", "--scheme", "department-d2", "--from", "2026-10", "--to", "2026-11"
    )

    for who in ("leader", "shift_supervisor", "administrator"):
        page = months.visitor(who).get(TRIAL.format("department-d2")).text

        assert "试算，不是发布结果" in words_of(page)
        for month in told["months"]:
            section = page.split(f'id="month-{month["period"]}"')[1].split("</section>")[0]
            assert ("已发布" in words_of(section)) is (month["frozen"] is not None)
            for unit in month["units"]:
                words = words_of("<td" + _row(section, unit["unit"]))
                for side in ("old", "new"):
                    for name in ("score", "grade", "rank"):
                        assert str(unit[side].get(name, "—")) in words, (unit, name)
                assert unit["score_change"] in words
    after = months.visitor("leader").get("/rankings?of=departments&period=2026-10").text
    assert words_of(after) == words_of(before)


def test_schemes_are_tried_by_the_centre_leaders_and_administrators_alone(months: Site) -> None:
    for who in ("officer_a", "handler_a"):
        for path in ("/rankings/what-if", TRIAL.format("department-d2")):
            answer = months.visitor(who).get(path)
            assert answer.status_code == 403
            assert "department-d2 第" not in answer.text
    assert "方案试算" not in months.visitor("officer_a").text(MONTHS)
    assert "方案试算" in months.visitor("leader").text(MONTHS)
    # Figures of people stay with those who may see them.
    people = months.visitor("officer_a").text("/rankings/months?of=inspectors&to=2026-11")
    assert "部门各月对比" in people
    assert "监督员" not in people


def test_the_form_offers_the_schemes_of_the_folder_and_faults_are_listed(
    months: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for file in SCHEMES.glob("department-*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (SCHEMES / "department-d1.toml").read_text(encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(text.replace('"closing_rate"', '"closed_rate"'), encoding="utf-8")
    monkeypatch.setattr("gridcase.web.pages.what_if.schemes", lambda: SchemeFolder(tmp_path))
    visitor = months.visitor("leader")

    form = visitor.get("/rankings/what-if").text
    faulty = visitor.text(TRIAL.format("wrong"))
    nothing = visitor.text(TRIAL.format("../../config"))

    assert re.findall(r'<option value="([a-z0-9-]+)"', form.split('name="of"')[0]) == [
        "department-d1",
        "department-d2",
        "department-d3",
        "department-d5",
        "wrong",
    ]
    assert "closed_rate" in faulty
    assert "没有试算" in faulty
    assert "原得分" not in nothing


def test_what_would_take_too_long_is_left_to_the_command(
    months: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridcase.web.pages.what_if.MOST_ROWS", 1)

    # A month that no other test asks for: answers are kept for a while.
    path = TRIAL.replace("to=2026-11", "to=2026-10")

    by_counts = months.visitor("leader").text(path.format("department-d3"))
    by_rows = months.visitor("leader").text(path.format("department-d2"))

    # Counts that are kept beside the rows need no reading.
    assert "原得分" in by_counts
    assert "gridcase what-if --scheme department-d2 --of departments --from 2026-10 --to 2026-10" in by_rows
    assert "原得分" not in by_rows
    long = months.visitor("leader").text(path.format("department-d3").replace("2026-10", "2020-01", 1))
    assert "超过网页试算的 24 个月" in long
    later = months.visitor("leader").text(path.format("department-d3").replace("2026-10", "2027-10"))
    assert "所选月份尚未开始" in later


def test_a_month_that_is_none_is_told(months: Site) -> None:
    for path in ("/rankings/months?to=2026-Q3", TRIAL.format("department-d1").replace("2026-10", "2026-13")):
        assert months.visitor("leader").get(path).status_code == 422
