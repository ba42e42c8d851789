"""The cases of a department that may still change its figures, and what closing each would change (evaluation.md 12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, or_, select

from gridcase.cases.models import case_fact
from gridcase.evaluation.replay import replayed_rows
from gridcase.facts import FactRow, Selection, Span, columns_at
from gridcase.facts.closing import closed_at

_FACT = case_fact.c
_FIELDS = tuple(field.name for field in fields(FactRow))
_SECOND = timedelta(seconds=1)
# An order counts by its own deadline, whatever becomes of the case.
_APART = "supervision_unanswered"

Change = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """The period, T, and how cases are selected; `left_out` are those that an earlier frozen period judged."""

    period: Span
    at: datetime
    selection: Selection
    left_out: frozenset[str] = frozenset()

    def columns(self, number: str, row: FactRow, *, at: datetime) -> dict[str, int]:
        """What the case counts in the period at a moment, from its row at T."""
        return columns_at(
            row, period=self.period, at=at, selection=self.selection, is_judged_before=number in self.left_out
        )


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case, and by how much the counts of its department would change if it were closed at T.

    `idle`: by how much they change until the end of the period when nothing is done about it.
    """

    number: str
    due_at: datetime | None
    is_overdue: bool
    is_handled: bool
    change: Change
    idle: Change


def rows_that_may_change(
    connection: Connection, district: str, department: str, *, judged: Judged
) -> list[tuple[str, FactRow]]:
    """Number and fact row at T of each case of a department that is open, or has an order without a reply."""
    if judged.selection.mode == "reported":
        belongs = and_(_FACT.reported_at >= judged.period.start, _FACT.reported_at < judged.period.end)
    else:
        # Carried-over cases and held ones count in columns of their own.
        belongs = or_(_FACT.due_at.is_(None), _FACT.due_at < judged.period.end)
    stored = select(_FACT.number, *(_FACT[name] for name in _FIELDS)).where(
        _FACT.district == district,
        _FACT.department == department,
        _FACT.last_step_at < judged.at,
        _FACT.is_countable,
        # What is settled is neither: the others are found by their index.
        ~_FACT.is_settled,
        or_(_FACT.is_open, _FACT.supervision_open_from.is_not(None)),
        belongs,
    )
    found = [(number, FactRow(*values)) for number, *values in connection.execute(stored)]
    return [*found, *_replayed(connection, district, department, judged=judged)]


def _replayed(
    connection: Connection, district: str, department: str, *, judged: Judged
) -> Iterator[tuple[str, FactRow]]:
    for number, row in replayed_rows(connection, district, judged.at):
        may_change = row.is_open or row.supervision_open_from is not None
        if row.department == department and row.is_countable and may_change:
            yield number, row


def open_cases(
    rows: Iterable[tuple[str, FactRow]], judged: Judged, *, counted: frozenset[str]
) -> list[OpenCase]:
    """The open cases whose closing changes a count that the scheme looks at (`counted`), those of most gain first.

    Not yet due before overdue, the earlier deadline first (evaluation.md 12). A held case cannot be handled before
    it is released, and is none of them.
    """
    found = []
    for number, row in rows:
        if not row.is_open or row.is_held_at(judged.at):
            continue
        change = _change(number, row, judged)
        if counted & change.keys():
            is_overdue = row.due_at is not None and row.due_at < judged.at
            idle = _idle(number, row, judged, end=judged.period.end)
            found.append(OpenCase(number, row.due_at, is_overdue, bool(row.handled), change, idle))
    return sorted(found, key=lambda case: _order(case, judged))


def _order(case: OpenCase, judged: Judged) -> tuple[bool, bool, datetime, str]:
    return (case.is_overdue, case.due_at is None, case.due_at or judged.at, case.number)


def _change(number: str, row: FactRow, judged: Judged) -> Change:
    """By how much each count changes when the case is closed at T; a closing in that second counts from the next."""
    before = judged.columns(number, row, at=judged.at)
    after = judged.columns(number, closed_at(row, judged.at), at=judged.at + _SECOND)
    return {
        name: after[name] - value for name, value in before.items() if after[name] != value and name != _APART
    }


def change_until(rows: Iterable[tuple[str, FactRow]], judged: Judged, *, end: datetime) -> dict[str, int]:
    """By how much the counts change from T to `end` when nothing more is done: deadlines pass, holds end."""
    total: dict[str, int] = {}
    for number, row in rows:
        for name, value in _idle(number, row, judged, end=end).items():
            total[name] = total.get(name, 0) + value
    return total


def _idle(number: str, row: FactRow, judged: Judged, *, end: datetime) -> Change:
    then = judged.columns(number, row, at=end)
    before = judged.columns(number, row, at=judged.at)
    return {name: then[name] - value for name, value in before.items() if then[name] != value}
