"""Gathers the fact rows that a record uses, as they stood at T: case by case in the order of numbers, in bounded memory."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, collate, or_, select, true

from gridcase.cases.models import case_fact
from gridcase.evaluation.frozen.counts import frozen_month
from gridcase.evaluation.frozen.lines import UsedRow
from gridcase.evaluation.frozen.overlay import used_rows_of
from gridcase.evaluation.frozen.store import RecordKey, heads_of
from gridcase.evaluation.frozen.tally import Tally
from gridcase.evaluation.judged_once import judged_before
from gridcase.evaluation.once import OnceQuery
from gridcase.evaluation.periods import Period
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.post_counting import MissedCase, on_duty
from gridcase.evaluation.rows_at import rows_at
from gridcase.facts import FactRow, Span
from gridcase.facts.blocks import INTAKE_MOMENTS

Condition = ColumnElement[bool]

_FACT = case_fact.c
_INTAKE = tuple(dict.fromkeys(INTAKE_MOMENTS.values()))
# Numbers that are looked up in one statement, and rows that are held at a time.
_PAGE, _ROWS = 400_000, 1_000


def used_rows(
    connection: Connection, query: OnceQuery, tally: Tally, *, is_overdue_only: bool = False
) -> Iterator[UsedRow]:
    """The rows that add to a count of a unit, or say that one was left out; each is added to the tally.

    By case number, then by month. The months are those of the tally; a frozen one brings the rows of its record.
    `is_overdue_only` leaves out what cannot be open and overdue at T.
    """
    only = _may_hang if is_overdue_only else _all
    months = [_rows_of_month(connection, query, (period, at), only=only(at)) for period, at in query.moments]
    for used in heapq.merge(*months, key=lambda used: used.key):
        if tally.add(used):
            yield used


def _rows_of_month(
    connection: Connection, query: OnceQuery, moment: tuple[Period, datetime], *, only: Condition
) -> Iterator[UsedRow]:
    period, at = moment
    if frozen_month(connection, query, period) is not None:
        key = RecordKey(query.district, query.of, period.name)
        yield from used_rows_of(connection, heads_of(connection, key))
        return
    left_out: set[str] = set()
    if query.selection.mode == "due" and query.of not in POSTS:
        left_out = set(judged_before(connection, query.district, query.of, period=period, at=at))
    for numbers in _numbers(connection, and_(_may_count(query, period.span), only), query.district, at=at):
        rows = rows_at(connection, query.district, numbers, at=at)
        inspectors = _on_duty(connection, query, rows)
        for number in sorted(rows):
            yield UsedRow(
                number,
                period.name,
                number in left_out,
                rows[number],
                on_duty=tuple(inspectors.get(number, ())),
            )


def _on_duty(
    connection: Connection, query: OnceQuery, rows: Mapping[str, FactRow]
) -> Mapping[str, list[str]]:
    """The inspectors on whom the missed cases among these count."""
    if query.of not in POSTS or not POSTS[query.of].has_missed:
        return {}
    missed = [
        MissedCase(number, row.cell, row.reported_at)
        for number, row in rows.items()
        if row.missed and row.cell and row.reported_at
    ]
    found: dict[str, list[str]] = {}
    for number, inspector in on_duty(connection, query.district, missed):
        found.setdefault(number, []).append(inspector)
    return found


def _all(_at: datetime) -> Condition:
    return true()


def _may_hang(at: datetime) -> Condition:
    """Of rows that stand as at T: outside of this none is open and overdue."""
    return and_(_FACT.due_at < at, _FACT.handled == 0)


def _numbers(
    connection: Connection, wanted: Condition, district: str, *, at: datetime
) -> Iterator[Sequence[str]]:
    """The numbers of the wanted cases among those that stand as at T, and of all that went on, ascending, some at a time."""
    stands = and_(_FACT.last_step_at < at, wanted)
    went_on = and_(_FACT.last_step_at >= at, or_(_FACT.reported_at.is_(None), _FACT.reported_at < at))
    number = _by_code_point(connection)
    last = ""
    while True:
        statement = select(_FACT.number).where(
            _FACT.district == district, or_(stands, went_on), number > last
        )
        page = connection.scalars(statement.order_by(number).limit(_PAGE)).all()
        for first in range(0, len(page), _ROWS):
            yield page[first : first + _ROWS]
        if len(page) < _PAGE:
            return
        last = page[-1]


def _by_code_point(connection: Connection) -> ColumnElement[str]:
    """Case numbers in the order that both databases and Python agree on."""
    return _FACT.number if connection.dialect.name == "sqlite" else collate(_FACT.number, "C")


def _may_count(query: OnceQuery, span: Span) -> Condition:
    """Rows outside of this add to no count in the period."""
    if query.selection.mode == "reported":
        return _within(_FACT.reported_at, span)
    is_open_then = or_(_FACT.handled_at.is_(None), _FACT.handled_at >= span.start)
    is_carried = and_(_FACT.due_at < span.start, is_open_then)
    return or_(
        *(_within(_FACT[name], span) for name in _INTAKE),
        and_(_FACT.acts_to >= span.start, _FACT.acts_from < span.end),
        and_(_FACT.is_countable, or_(_within(_FACT.due_at, span), _FACT.is_held, is_carried)),
    )


def _within(moment: ColumnElement[datetime], span: Span) -> Condition:
    return and_(moment >= span.start, moment < span.end)
