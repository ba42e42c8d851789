"""Sums by month and unit over settled cases, so that a ranking reads only the few cases that still move.

A case settles when it has ended and nothing it adds to any count depends on the moment of judging any more. Its fact
row then stands in the sums (`is_settled`) as it was at its step `settled_no`; the next step takes the mark off.
A ranking is the kept sums, less what settled cases added that have moved since or moved at or after T, plus the rows
that are not settled.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields

from sqlalchemy import Connection, or_, select

from gridcase.cases.models import case_fact
from gridcase.cases.settled import start_day_of_sums
from gridcase.db import table_of
from gridcase.evaluation.fact_sums import CountQuery, Sums
from gridcase.evaluation.models import MonthSum
from gridcase.evaluation.month_shares import (
    family_of,
    is_kept,
    share_of_month,
    unit_by,
    unit_of,
)
from gridcase.evaluation.periods import Period, period_of
from gridcase.evaluation.rows_at import rows_up_to
from gridcase.facts import FactRow

_FACT = case_fact.c
_SUM = table_of(MonthSum).c
FIELDS = tuple(field.name for field in fields(FactRow))


def kept_month(connection: Connection, query: CountQuery) -> Period | None:
    """The month whose kept sums answer the query; None when no sums are kept for it."""
    return _month_of(connection, query) if is_kept(query.selection) else None


def kept_sums(connection: Connection, query: CountQuery, *, has_moved: bool = True) -> Sums | None:
    """What the settled cases add to the counts of the query; None when no sums are kept for it.

    Cases whose last step lies at or after T are left out, as `stored_sums` leaves them out. `has_moved`: a step may
    have moved cases since they were summed.
    """
    month = kept_month(connection, query)
    if month is None:
        return None
    family, mode = family_of(query.by), query.selection.mode
    sums: Sums = defaultdict(lambda: defaultdict(int))
    statement = select(_SUM.unit, _SUM.counts).where(
        _SUM.district == query.district, _SUM.mode == mode, _SUM.family == family, _SUM.month == month.name
    )
    for unit, text in connection.execute(statement):
        own = unit_by(family, unit, query.by, district=query.district)
        if own is not None:
            _add(sums[own], json.loads(text), sign=1)
    for row in _not_as_summed(connection, query, has_moved=has_moved):
        unit = unit_of(row, family)
        own = None if unit is None else unit_by(family, unit, query.by, district=query.district)
        if own is not None:
            _add(sums[own], share_of_month(row, month, mode), sign=-1)
    return sums


def _month_of(connection: Connection, query: CountQuery) -> Period | None:
    """The month that the query asks for, when sums are kept for such months."""
    start_day = start_day_of_sums(connection, query.district)
    if start_day is None:
        return None
    month = period_of(query.period.start, start_day=start_day)
    return month if month.span == query.period else None


def _add(sums: dict[str, int], counts: dict[str, int], *, sign: int) -> None:
    for name, value in counts.items():
        sums[name] += sign * value


def _not_as_summed(connection: Connection, query: CountQuery, *, has_moved: bool) -> Iterator[FactRow]:
    """Rows, as the sums hold them, of the cases that have moved since or moved at or after T.

    Of the latter those that began before the month was over: the others add nothing to it.
    """
    later = select(*(_FACT[name] for name in FIELDS)).where(
        _FACT.district == query.district,
        _FACT.is_settled,
        _FACT.last_step_at >= query.at,
        or_(_FACT.reported_at.is_(None), _FACT.reported_at < query.period.end),
    )
    for values in connection.execute(later):
        yield FactRow(*values)
    moved = moved_ends(connection, query.district) if has_moved else {}
    yield from (row for _number, row in rows_up_to(connection, query.district, moved))


def moved_ends(connection: Connection, district: str) -> dict[str, int]:
    """The cases that a step has moved since they were summed: number -> last step that the sums know of."""
    moved = select(_FACT.number, _FACT.settled_no).where(
        _FACT.district == district, ~_FACT.is_settled, _FACT.settled_no > 0
    )
    return {row.number: row.settled_no for row in connection.execute(moved)}
