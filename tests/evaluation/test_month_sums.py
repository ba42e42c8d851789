"""Sums kept by month over settled cases: they change no count, follow appeals, and are found out when they are wrong."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from gridcase.cases.book import Rulebook
from gridcase.cases.models import case_fact
from gridcase.cases.replaying import replay
from gridcase.db import table_of
from gridcase.evaluation.counting import Counts, count_units
from gridcase.evaluation.fact_sums import CountQuery, Unit, stored_sums
from gridcase.evaluation.models import MonthSum
from gridcase.evaluation.month_sums import kept_sums
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.settling import SettleSummary, differing_sums, settle
from gridcase.facts import Selection
from tests.cases.test_appeals import closed
from tests.evaluation.test_rank_command import play_a_month
from tests.facts.test_rebuilding import run
from tests.making import Office

AFTER_ALL = datetime(2027, 6, 1, tzinfo=UTC)
SELECTIONS = (Selection(), Selection(mode="reported"), Selection(handle_due="without_not_yet_due"))
KEYS: tuple[Unit, ...] = (("department",), ("street",), ("street", "cell"), ("district",))
SUM = table_of(MonthSum)


def query(office: Office, month: str, by: Unit, selection: Selection, *, start_day: int = 1) -> CountQuery:
    period = parse_period(month, start_day=start_day)
    return CountQuery(office.district, by, period.span, AFTER_ALL, selection)


def counted(office: Office, *, start_day: int = 1) -> dict[tuple[str, Unit, str], dict[Unit, Counts]]:
    """All counts that are not 0, of two months, by all keys, in three selections."""
    with office.database.reading() as connection:
        return {
            (month, by, repr(selection)): {
                unit: {name: value for name, value in counts.items() if value}
                for unit, counts in count_units(
                    connection, query(office, month, by, selection, start_day=start_day)
                ).items()
                if any(counts.values())
            }
            for month in ("2026-10", "2026-11")
            for by in KEYS
            for selection in SELECTIONS
        }


def settled(office: Office) -> SettleSummary:
    return settle(office.database, office.book, office.now, chunk=2)


def wrong(office: Office) -> list[object]:
    with office.database.reading() as connection:
        return list(differing_sums(connection, office.district))


def book_of(office: Office, start_day: int) -> Rulebook:
    """The rules of the office, but for the day on which months begin."""
    settings = office.book.settings
    evaluation = dataclasses.replace(settings.evaluation, period_start_day=start_day)
    return dataclasses.replace(office.book, settings=dataclasses.replace(settings, evaluation=evaluation))


def test_settled_cases_count_as_their_rows_did(office: Office) -> None:
    play_a_month(office)
    before = counted(office)

    summary = settled(office)

    marks = {row["number"]: row["is_settled"] for row in office.rows("case_fact")}
    ended = {row["number"] for row in office.rows("cases") if not row["is_open"]}
    assert summary == SettleSummary(settled_count=len(ended), moved_count=0)
    assert {number for number, is_settled in marks.items() if is_settled} == ended
    assert counted(office) == before
    assert wrong(office) == []
    assert settled(office) == SettleSummary(0, 0)


def test_the_sums_alone_are_read_for_settled_cases(sqlite_office: Office) -> None:
    office = sqlite_office
    office.walk(office.report(), "closed")
    settled(office)
    asked = query(office, "2026-10", ("department",), Selection())

    with office.database.reading() as connection:
        by_row = stored_sums(connection, dataclasses.replace(asked, is_unsettled_only=True))
        kept = kept_sums(connection, asked)

    assert by_row == {}
    assert kept is not None
    assert kept[("A",)]["closed"] == 1


@pytest.mark.parametrize(
    "selection",
    [Selection(on_time_closing="closing"), Selection(carry_over="included"), Selection(mode="act")],
)
def test_other_selections_are_counted_from_the_rows(sqlite_office: Office, selection: Selection) -> None:
    office = sqlite_office
    settled(office)

    with office.database.reading() as connection:
        assert kept_sums(connection, query(office, "2026-10", ("department",), selection)) is None


def test_an_appeal_after_the_summing_counts_at_once_and_is_summed_anew(office: Office) -> None:
    number = closed(office)
    settled(office)
    late = counted(office)
    asked = office.ask("officer_a", number, "appeal")
    office.forward("dispatcher", number, asked.id)
    office.grant("shift_supervisor", number, asked.id)

    granted = counted(office)

    key = ("2026-11", ("department",), repr(Selection()))
    assert (late[key][("A",)]["late_closed"], granted[key][("A",)]["on_time_closed"]) == (1, 1)
    assert "late_closed" not in granted[key][("A",)]
    assert wrong(office) == []
    assert settled(office) == SettleSummary(1, 1)
    assert counted(office) == granted
    assert wrong(office) == []


def test_a_sum_that_was_altered_is_named_and_made_anew(office: Office) -> None:
    play_a_month(office)
    before = counted(office)
    settled(office)
    with office.database.transaction() as connection:
        first = connection.execute(select(SUM).where(SUM.c.family == "department")).mappings().first()
        assert first is not None
        counts = {**json.loads(first["counts"]), "closed": 99}
        same = [SUM.c[name] == first[name] for name in ("mode", "family", "month", "unit")]
        connection.execute(update(SUM).where(*same).values(counts=json.dumps(counts)))

    checked, rebuilt = run(office, "--check"), run(office)

    assert (checked.exit_code, rebuilt.exit_code) == (3, 0)
    assert (
        f"month_sum {first['mode']} department {first['month']} {first['unit']}: closed: 99" in checked.stdout
    )
    assert run(office, "--check").exit_code == 0
    assert counted(office) == before


def test_after_a_row_was_mended_no_sum_is_read_until_all_are_made_anew(office: Office) -> None:
    play_a_month(office)
    before = counted(office)
    number = office.rows("case_fact")[0]["number"]
    with office.database.transaction() as connection:
        connection.execute(update(case_fact).where(case_fact.c.number == number).values(closed=5))
    settled(office)
    assert counted(office) != before

    assert [
        case.number
        for case in replay(office.database, office.book, office.now, is_check=False)
        if case.mended
    ] == [number]

    assert counted(office) == before
    with office.database.reading() as connection:
        assert kept_sums(connection, query(office, "2026-10", ("department",), Selection())) is None
    assert settled(office).settled_count > 0
    assert counted(office) == before
    assert wrong(office) == []


def test_months_that_begin_on_another_day_have_sums_of_their_own(office: Office) -> None:
    play_a_month(office)
    settled(office)
    right = counted(office, start_day=26)

    settle(office.database, book_of(office, 26), office.now)

    assert counted(office, start_day=26) == right
    assert wrong(office) == []
    with office.database.reading() as connection:
        assert kept_sums(connection, query(office, "2026-10", ("department",), Selection())) is None
