"""Reads the figures of departments as they stood at a moment, and the cases behind them; each case is judged once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from gridcase.cases.models import case_fact
from gridcase.evaluation.judged_once import count_period, judged_before
from gridcase.evaluation.once import OnceQuery
from gridcase.evaluation.periods import Period
from gridcase.evaluation.replay import replayed_rows
from gridcase.facts import FactRow, Span, columns_at
from gridcase.reminders.rules import SO_FAR, CaseStanding, Figures, standing_of

_OF = "departments"
_FACT = case_fact.c
_FIELDS = tuple(field.name for field in fields(FactRow))


def figures_at(connection: Connection, district: str, *, until_now: Span) -> dict[str, Figures]:
    """The figures of each department that has any case, by code: `[P0, T)`, judged at T (evaluation.md 12).

    They are those that `rank` tells for the same cases: what an earlier frozen month judged is left out of all but
    the carry-over (evaluation.md 2).
    """
    query = OnceQuery(district, _OF, ("department",), (), SO_FAR)
    found = count_period(connection, query, _so_far(until_now), at=until_now.end)
    names = [field.name for field in fields(Figures)]
    return {
        unit[0]: Figures(**{name: counts[name] for name in names})
        for unit, counts in sorted(found.counts.items())
    }


def _so_far(until_now: Span) -> Period:
    return Period("so far", "so far", until_now.start, until_now.end)


def standings_at(
    connection: Connection, district: str, departments: Collection[str], *, until_now: Span
) -> dict[str, list[CaseStanding]]:
    """The cases that pull these departments down, those first that can still be repaired, then by due moment."""
    found: dict[str, list[CaseStanding]] = defaultdict(list)
    judged = frozenset(judged_before(connection, district, _OF, period=_so_far(until_now), at=until_now.end))
    for number, row in _rows(connection, district, departments, until_now=until_now):
        standing = standing_of(number, row, until_now=until_now, is_judged_before=number in judged)
        if standing is not None:
            found[row.department or ""].append(standing)
    for cases in found.values():
        cases.sort(key=lambda case: case.order)
    return found


def department_at(
    connection: Connection, district: str, department: str, *, until_now: Span
) -> tuple[Figures, list[CaseStanding]]:
    """The figures of one department, and the cases behind them, from its own rows alone: those of `figures_at` and
    `standings_at`, without counting all others."""
    judged = frozenset(judged_before(connection, district, _OF, period=_so_far(until_now), at=until_now.end))
    names, found = [field.name for field in fields(Figures)], []
    total = dict.fromkeys(names, 0)
    due = and_(_FACT.due_at >= until_now.start, _FACT.due_at < until_now.end)
    sorts = (and_(~_FACT.is_settled, _FACT.due_at < until_now.end), and_(_FACT.is_settled, due))
    for number, row in _rows_of(connection, district, [department], until_now=until_now, sorts=sorts):
        counts = columns_at(
            row, period=until_now, at=until_now.end, selection=SO_FAR, is_judged_before=number in judged
        )
        total = {name: total[name] + counts[name] for name in names}
        standing = standing_of(number, row, until_now=until_now, is_judged_before=number in judged)
        if standing is not None:
            found.append(standing)
    return Figures(**total), sorted(found, key=lambda case: case.order)


def _rows(
    connection: Connection, district: str, departments: Collection[str], *, until_now: Span
) -> Iterator[tuple[str, FactRow]]:
    """Fact rows as at T of which one may pull its department down.

    What is settled was handled; that it was late for a due moment of the period tells a step of the period.
    """
    late = and_(_FACT.due_at >= until_now.start, _FACT.on_time_closed == 0)
    sorts = (
        and_(~_FACT.is_settled, or_(_FACT.handled == 0, late), _FACT.due_at < until_now.end),
        and_(_FACT.is_settled, _FACT.last_step_at >= until_now.start, late, _FACT.due_at < until_now.end),
    )
    return _rows_of(connection, district, departments, until_now=until_now, sorts=sorts)


def _rows_of(
    connection: Connection,
    district: str,
    departments: Collection[str],
    *,
    until_now: Span,
    sorts: Iterable[ColumnElement[bool]],
) -> Iterator[tuple[str, FactRow]]:
    """Countable fact rows as at T: stored ones, one look for each sort, since each of the two indexes holds one sort
    of rows; and replayed ones with later steps."""
    for sort in sorts:
        stored = select(_FACT.number, *(_FACT[name] for name in _FIELDS)).where(
            _FACT.district == district,
            _FACT.last_step_at < until_now.end,
            _FACT.department.in_(departments),
            _FACT.is_countable,
            sort,
        )
        for number, *values in connection.execute(stored):
            yield number, FactRow(*values)
    for number, row in replayed_rows(connection, district, until_now.end):
        if row.department in departments:
            yield number, row
