"""Counters and moments are derived from steps alone: a second reading of the raw rows gives the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from gridcase.cases.book import Desk
from gridcase.cases.view import case_view
from gridcase.facts import FactRow, Selection, Span, columns_at
from gridcase.facts.selection import Selection as AnySelection
from tests.cases.clocking import eventful
from tests.cases.retelling import Told, counters, moments, steps_of, told
from tests.cases.test_verifying import rich_case
from tests.cases.walking import Walk
from tests.facts.past import Choice, History, Period
from tests.facts.reference import reference
from tests.making import NOW, Office

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_NAMES = [each.name for each in fields(FactRow)]
SELECTIONS = [
    Selection(mode=mode, carry_over=carry_over, handle_due=handle_due, on_time_closing=closing)
    for mode in ("due", "reported")
    for carry_over in ("own_column", "included")
    for handle_due in ("all_dispatched", "without_not_yet_due")
    for closing in ("handling", "closing")
]


def check_retold(office: Office, number: str) -> None:
    """Fact row and shown counters of one case are what its raw steps say."""
    steps = told(office, number)
    (row,) = office.rows("case_fact", number)
    expected = moments(office, steps)
    assert {name: row[name] for name in expected} == expected
    with office.database.reading() as connection:
        view = case_view(Desk(connection, office.book, office.now), office.actor("leader"), number)
    assert view["counters"] == counters(steps)
    _check_counts(office, row, steps)


def _check_counts(office: Office, row: dict[str, Any], steps: list[Told]) -> None:
    """Every count in a period and selection drawn by the case's own number of steps."""
    chance = Random(f"{row['number']}/{len(steps)}")
    at = office.now + timedelta(seconds=chance.choice((1, 3600, 86400, 30 * 86400)))
    begin = NOW + timedelta(hours=chance.randrange(-24, 400))
    period = Span(begin, begin + timedelta(days=chance.choice((1, 7, 31))))
    selection: AnySelection = chance.choice(SELECTIONS)
    fact = FactRow(**{name: row[name] for name in _NAMES})
    found = columns_at(fact, period=period, at=at, selection=selection)
    choice = Choice(selection.mode, selection.carry_over, selection.handle_due, selection.on_time_closing)
    expected = reference(History(steps_of(steps)), Period(period.start, period.end), at, choice)
    assert {name: n for name, n in found.items() if n} == expected


class RetoldWalk(Walk):
    """Random histories that are told anew after every step."""

    def look(self) -> None:
        for number in sorted(self.touched):
            check_retold(self.office, number)
        super().look()

    def teardown(self) -> None:
        """Who may see what is looked at elsewhere."""


@pytest.mark.parametrize(("kind", "examples", "steps"), [("sqlite", 20, 12), ("postgres", 4, 10)])
def test_random_histories_told_from_raw_rows_are_their_fact_rows(
    request: pytest.FixtureRequest, kind: str, examples: int, steps: int
) -> None:
    office: Office = request.getfixturevalue(f"_standing_{kind}")

    run_state_machine_as_test(
        type("OwnWalk", (RetoldWalk,), {"office": office}),
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=_SLOW
        ),
    )


@pytest.mark.parametrize("make", [rich_case, eventful])
def test_a_case_with_many_side_paths_is_told_alike(
    standing_both: Office, make: Callable[[Office], str]
) -> None:
    check_retold(standing_both, make(standing_both))


def test_a_case_that_waits_handed_back_after_a_returned_feedback_is_told_alike(standing_both: Office) -> None:
    number = standing_both.walk(standing_both.report(), "handled", "handling", "handed_back")
    check_retold(standing_both, number)
    standing_both.plain(number, "return_to_intake")
    check_retold(standing_both, number)
    standing_both.walk(number, "handled")
    check_retold(standing_both, number)
