"""rank(): units, groups, periods, the scores of cells, and the keys of the answer (evaluation.md 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from gridcase.errors import Invalid
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank, rank_as_json, rank_as_text
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from tests.evaluation.ledger import DISTRICT, Ledger, add_departments, add_places, make_ledger
from tests.evaluation.schemes import CLOSING_ITEM, scheme
from tests.facts.story import START, Story

SCHEMES = SchemeFolder(shipped_folder() / "workflows" / "schemes")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
OCTOBER = parse_period("2026-10")


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[Ledger]:
    made = make_ledger(sqlite_url)
    add_places(made)
    add_departments(made)
    yield made
    made.database.close()


def request(of: str, scheme_name: str = "rates", **changes: Any) -> RankRequest:
    asked = RankRequest(DISTRICT, OCTOBER, of, scheme=SCHEMES.find(scheme_name), now=NOW)
    return replace(asked, **changes)


def ranked(ledger: Ledger, asked: RankRequest) -> dict[str, Any]:
    with ledger.database.reading() as connection:
        return rank_as_json(rank(connection, asked, SCHEMES))


def units(ledger: Ledger, asked: RankRequest) -> dict[str, dict[str, Any]]:
    """The units of the answer by code."""
    return {unit["code"]: unit for unit in ranked(ledger, asked)["units"]}


def test_only_active_departments_that_handle_are_units_also_without_a_case(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())

    answer = ranked(ledger, request("departments", "department-d1"))

    assert [(unit["code"], unit["unit"], unit["group"]) for unit in answer["units"]] == [
        ("A", "甲局", "专业部门"),
        ("B", "乙局", "专业部门"),
        ("S", "街道办", "街道"),
    ]
    assert [unit.get("rank") or unit["unranked"] for unit in answer["units"]] == [1, "no_data", "no_data"]
    assert [unit["score"] for unit in answer["units"]] == ["100.00", "—", "—"]


def test_a_department_that_is_gone_is_shown_while_it_has_cases(ledger: Ledger) -> None:
    story = Story().report().play("accept file").do("dispatch", department="X", department_kind="handling")
    ledger.add(story)

    assert units(ledger, request("departments"))["X"]["unit"] == "旧局"
    assert "X" not in units(ledger, request("departments", period=parse_period("2026-08")))


def test_all_counts_are_known_and_zero_where_there_is_no_case(ledger: Ledger) -> None:
    counts = units(ledger, request("streets"))["120104002"]["counts"]

    assert counts["filed_count"] == counts["carried_over_count"] == counts["on_time_verify_sent_count"] == 0
    assert "target_count" not in counts


def test_the_answer_says_what_was_counted_and_when(ledger: Ledger) -> None:
    answer = ranked(ledger, request("streets", "area"))

    assert answer["period"] == "2026-10"
    assert (answer["from"], answer["to"]) == ("2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00")
    assert (answer["as_of"], answer["of"], answer["scheme"]) == (
        "2026-11-01T00:00:00+08:00",
        "streets",
        "area",
    )
    assert answer["selection"] == {
        "mode": "due",
        "carry_over": "own_column",
        "handle_due": "all_dispatched",
        "on_time_closing": "handling",
        "as_of_delay_hours": 0,
    }
    assert (answer["judged_before"], answer["frozen"]) == (0, None)


def test_a_moment_that_is_given_is_the_moment_of_judgement(ledger: Ledger) -> None:
    story = Story().to_dispatched().do("receive")
    handled_at = story.now
    ledger.add(story.do("give_feedback"))

    before = ranked(ledger, request("departments", as_of=handled_at))
    after = ranked(ledger, request("departments", as_of=handled_at + timedelta(seconds=1)))

    assert before["as_of"] == "2026-10-01T09:05:00+08:00"
    assert before["units"][0]["counts"]["handled_count"] == 0
    assert after["units"][0]["counts"]["handled_count"] == 1


def test_a_running_month_is_judged_now(ledger: Ledger) -> None:
    answer = ranked(ledger, request("streets", now=START + timedelta(days=3)))

    assert answer["as_of"] == "2026-10-04T09:00:00+08:00"


def test_the_delay_of_the_scheme_moves_the_moment_of_judgement(ledger: Ledger) -> None:
    own = scheme(f"{CLOSING_ITEM}[selection]\nas_of_delay_hours = 48\n")

    assert ranked(ledger, request("streets", scheme=own))["as_of"] == "2026-11-03T00:00:00+08:00"


def test_streets_take_the_mean_over_their_cells_cells_without_a_case_included(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.add(Story().to_closed(), cell="120104001001001")

    answer = units(ledger, request("streets", "area"))

    # cells of the first street: class 1 with 3 cases → 75, class 2 without one → 100; public_report 0
    assert answer["120104001"]["score"] == "97.50"
    assert answer["120104001"]["counts"]["filed_count"] == 3
    # no case at all: closing is left out, the other 30 points stand for the whole
    assert answer["120104002"]["score"] == "100.00"


def test_a_cell_that_has_ended_is_no_part_of_a_later_mean(ledger: Ledger) -> None:
    november = parse_period("2026-11")
    start = november.start.astimezone(UTC) + timedelta(hours=9)
    for _ in range(9):
        ledger.add(Story(start=start).to_closed(), cell="120104002002001")

    street = units(ledger, request("streets", "area", period=november))["120104002"]
    communities = units(ledger, request("communities", "area", period=november))

    assert street["score"] == "100.00"
    assert communities["120104002001"]["rank"] == 1
    # without a cell the mean is unknown
    assert communities["120104002002"]["unranked"] == "unknown"


def test_an_area_is_the_sum_of_its_cells(ledger: Ledger) -> None:
    for cell in ("120104001001001", "120104001001002", "120104002001001"):
        ledger.add(Story().to_closed(), cell=cell)

    by_cell = units(ledger, request("cells", "area-cell-1"))
    by_community = units(ledger, request("communities"))
    by_district = units(ledger, request("districts", "area"))

    assert {code: unit["counts"]["closed_count"] for code, unit in by_cell.items()} == {
        "120104001001001": 1,
        "120104001001002": 1,
        "120104002001001": 1,
        "120104002002001": 0,
    }
    assert by_community["120104001001"]["counts"]["closed_count"] == 2
    assert by_district[DISTRICT]["counts"]["closed_count"] == 3
    # 10 + 20 × (90 + 90 + 90 + 100)/400 + 30 + 40
    assert by_district[DISTRICT]["score"] == "98.50"


def test_imported_scores_enter_and_missing_ones_are_unknown(ledger: Ledger) -> None:
    given = {"120104001": {"city_score": Fraction(80), "satisfaction_score": Fraction(90)}}

    answer = units(ledger, request("streets", "street-month", scores=given))

    # area 100 → 40, city 80 → 32, satisfaction 90 → 18
    assert answer["120104001"]["score"] == "90.00"
    assert answer["120104001"]["rank"] == 1
    assert answer["120104002"]["unranked"] == "unknown"


def test_a_quarter_is_the_sum_of_its_months_and_no_mean_of_scores(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())
    late = Story(start=datetime(2026, 11, 5, 1, tzinfo=UTC)).to_dispatched().do("receive").wait(days=1)
    ledger.add(late.play("give_feedback send_verification verify_pass close"))
    asked = request("departments", period=parse_period("2026-Q4"))

    answer = ranked(ledger, asked)

    assert answer["units"][0]["counts"]["due_count"] == 2
    assert answer["units"][0]["rates"]["on_time_closing_rate"] == "50.00"
    assert (answer["from"], answer["to"]) == ("2026-10-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00")


def test_d2_counts_its_own_due_in_rank_too(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())
    ledger.add(Story(start=OCTOBER.end.astimezone(UTC) - timedelta(hours=1)).to_dispatched())

    counts = units(ledger, request("departments", "department-d2"))["A"]["counts"]

    assert (counts["filed_count"], counts["open_in_time_count"], counts["due_count"]) == (2, 1, 1)


def test_unknown_units_and_modes_that_do_not_fit_are_refused(ledger: Ledger) -> None:
    with pytest.raises(Invalid, match="unknown_of"):
        ranked(ledger, request("offices"))
    with pytest.raises(Invalid, match="mode_posts"):
        ranked(ledger, request("inspectors", "department-d2"))
    with pytest.raises(Invalid, match="mode_act"):
        ranked(ledger, request("streets", "post-dispatcher"))


def test_csv_and_table_hold_the_units(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())
    with ledger.database.reading() as connection:
        answer = rank(connection, request("departments", "department-d1"), SCHEMES)

    table, rows = rank_as_text(answer, "table"), rank_as_text(answer, "csv")

    assert rows.splitlines()[0].startswith("unit,group,")
    assert rows.splitlines()[1].startswith("甲局,专业部门,")
    assert "未发布" in table
    assert "2026-10" in table
    assert "department-d1 第 1 版" in table
