"""Counting from the database equals counting case by case, on both databases (evaluation.md 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from gridcase.evaluation.counting import count_period, count_units, moments_of
from gridcase.evaluation.fact_sums import CountQuery, Unit
from gridcase.evaluation.periods import parse_period
from gridcase.facts import Selection, Span, columns_at
from tests.evaluation.ledger import DISTRICT, Ledger, fill, make_ledger
from tests.facts.story import START, Story

OCTOBER = parse_period("2026-10")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
SELECTIONS = [
    Selection(),
    Selection(carry_over="included", handle_due="without_not_yet_due", on_time_closing="closing"),
    Selection(mode="reported"),
    Selection(mode="reported", handle_due="without_not_yet_due", on_time_closing="closing"),
]


@pytest.fixture(scope="module")
def sqlite_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = make_ledger(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'gridcase.db'}")
    fill(ledger, 500)
    yield ledger
    ledger.database.close()


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    made = make_ledger(database_url)
    yield made
    made.database.close()


def by_hand(ledger: Ledger, query: CountQuery) -> dict[Unit, dict[str, int]]:
    """The counts added up row by row in Python, columns that are 0 left out."""
    answer: dict[Unit, dict[str, int]] = {}
    for row in ledger.rows_at(query.at):
        unit = tuple(getattr(row, key) for key in query.by)
        if None in unit:
            continue
        counts = answer.setdefault(unit, {})
        columns = columns_at(row, period=query.period, at=query.at, selection=query.selection)
        for name, value in columns.items():
            counts[name] = counts.get(name, 0) + value
    return {unit: found for unit, counts in answer.items() if (found := _known(counts))}


def counted(ledger: Ledger, query: CountQuery) -> dict[Unit, dict[str, int]]:
    with ledger.database.reading() as connection:
        found = count_units(connection, query)
    return {unit: known for unit, counts in found.items() if (known := _known(counts))}


def _known(counts: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in counts.items() if value}


@pytest.mark.parametrize("selection", SELECTIONS, ids=["due", "due-other", "reported", "reported-other"])
@pytest.mark.parametrize("day", [3, 8, 15, 40])
def test_sums_in_sql_equal_the_sums_of_the_rows(
    sqlite_ledger: Ledger, selection: Selection, day: int
) -> None:
    at = START + timedelta(days=day)
    period = Span(START + timedelta(days=4, hours=7), START + timedelta(days=9))

    for by in (("department",), ("street",), ("cell",), ("street", "cell")):
        query = CountQuery(DISTRICT, by, period, at, selection)
        assert counted(sqlite_ledger, query) == by_hand(sqlite_ledger, query)


@pytest.mark.parametrize("selection", SELECTIONS, ids=["due", "due-other", "reported", "reported-other"])
def test_both_databases_count_alike(ledger: Ledger, selection: Selection) -> None:
    fill(ledger, 120, seed=2)
    period = Span(START + timedelta(days=4, hours=7), START + timedelta(days=9))

    for at in (START + timedelta(days=8), NOW):
        query = CountQuery(DISTRICT, ("department",), period, at, selection)
        assert counted(ledger, query) == by_hand(ledger, query)


def test_the_random_cases_reach_the_columns_that_need_care(sqlite_ledger: Ledger) -> None:
    period = Span(START + timedelta(days=4), START + timedelta(days=12))
    query = CountQuery(DISTRICT, ("district",), period, period.end, SELECTIONS[1])

    counts = counted(sqlite_ledger, query)[(DISTRICT,)]

    for name in (
        "held",
        "carried_over_closed",
        "supervision_unanswered",
        "late_closed",
        "verify_send_due",
        "missed",
    ):
        assert counts[name] > 0, name


def test_a_later_step_does_not_change_an_earlier_moment(ledger: Ledger) -> None:
    story = Story().to_dispatched()
    at = story.now
    ledger.add(story.play("receive give_feedback"))
    query = CountQuery(DISTRICT, ("department",), OCTOBER.span, at, Selection(mode="reported"))

    counts = counted(ledger, query)[("A",)]

    assert counts["open_in_time"] == 1
    assert "handled" not in counts


def test_a_step_at_the_moment_itself_is_later(ledger: Ledger) -> None:
    story = Story().to_dispatched().do("receive")
    at = story.now
    ledger.add(story.do("give_feedback"))

    for moment, handled in ((at, 0), (at + timedelta(seconds=1), 1)):
        query = CountQuery(DISTRICT, ("department",), OCTOBER.span, moment, Selection())
        assert counted(ledger, query)[("A",)].get("handled", 0) == handled


def test_a_case_is_held_until_the_planned_end_and_no_longer(ledger: Ledger) -> None:
    until = START + timedelta(days=3)
    ledger.add(Story().to_dispatched().grant("suspension", until=until))

    for moment, found in ((until - timedelta(seconds=1), (1, 0)), (until, (0, 1))):
        query = CountQuery(DISTRICT, ("department",), OCTOBER.span, moment, Selection(mode="reported"))
        counts = counted(ledger, query)[("A",)]
        assert (counts.get("held", 0), counts.get("open_in_time", 0)) == found


def test_a_case_reported_at_or_after_the_moment_counts_nowhere(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())
    query = CountQuery(DISTRICT, ("street",), OCTOBER.span, START, Selection())

    assert counted(ledger, query) == {}


def test_cases_of_another_district_are_not_counted(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())
    query = CountQuery("990001", ("street",), OCTOBER.span, NOW, Selection())

    assert counted(ledger, query) == {}


def test_undispatched_cases_belong_to_no_department_and_to_their_street(ledger: Ledger) -> None:
    ledger.add(Story().report().play("accept file"))

    departments = CountQuery(DISTRICT, ("department",), OCTOBER.span, NOW, Selection())
    streets = CountQuery(DISTRICT, ("street",), OCTOBER.span, NOW, Selection())

    assert counted(ledger, departments) == {}
    assert counted(ledger, streets)[("120104001",)]["undispatched"] == 1


def test_mode_act_is_refused_and_so_is_a_key_that_names_no_unit(ledger: Ledger) -> None:
    with ledger.database.reading() as connection:
        with pytest.raises(ValueError, match="act"):
            count_units(
                connection, CountQuery(DISTRICT, ("street",), OCTOBER.span, NOW, Selection(mode="act"))
            )
        with pytest.raises(ValueError, match="channel"):
            count_units(connection, CountQuery(DISTRICT, ("channel",), OCTOBER.span, NOW, Selection()))


def test_a_quarter_adds_its_months_each_at_its_own_moment(ledger: Ledger) -> None:
    story = Story(start=OCTOBER.end - timedelta(hours=4, minutes=4)).to_dispatched().do("receive")
    story.until(OCTOBER.end + timedelta(hours=1)).do("give_feedback")
    ledger.add(story)
    quarter = parse_period("2026-Q4")

    with ledger.database.reading() as connection:
        moments = moments_of(quarter, now=NOW)
        counts = count_period(
            connection, DISTRICT, by=("department",), moments=moments, selection=Selection()
        )
        whole = count_units(connection, CountQuery(DISTRICT, ("department",), quarter.span, NOW, Selection()))

    assert counts[("A",)]["overdue_unhandled"] == 1
    assert (counts[("A",)]["carried_over"], counts[("A",)]["handled"]) == (1, 0)
    assert whole[("A",)]["handled"] == 1
