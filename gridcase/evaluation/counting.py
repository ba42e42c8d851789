"""The counts of units in a period at a moment T: stored rows summed, rows with later steps replayed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from gridcase.evaluation.fact_sums import CountQuery, Sums, Unit, stored_sums, unsettled_sums
from gridcase.evaluation.month_sums import kept_month, kept_sums
from gridcase.evaluation.once import unit_of
from gridcase.evaluation.periods import Period, as_of_moment
from gridcase.evaluation.replay import replayed_rows
from gridcase.facts import Selection, columns_at
from gridcase.facts.blocks import COLUMN_NAMES

Counts = dict[str, int]


def count_units(connection: Connection, query: CountQuery) -> dict[Unit, Counts]:
    """All counts of evaluation.md 3 (names without `_count`) by unit, of the units that have any case.

    Every figure comes from the steps recorded strictly before `query.at`. Modes `due` and `reported`;
    ValueError for mode `act`, which counts people.
    """
    sums, sorts = _sums(connection, query)
    for _number, row in replayed_rows(connection, query.district, query.at, sorts=sorts):
        unit = unit_of(row, query.by, query.district)
        if unit is None:
            continue
        columns = columns_at(row, period=query.period, at=query.at, selection=query.selection)
        _add(sums[unit], columns.items())
    return {unit: {name: counts.get(name, 0) for name in COLUMN_NAMES} for unit, counts in sums.items()}


def _sums(connection: Connection, query: CountQuery) -> tuple[Sums, tuple[bool, ...]]:
    """The sums over all rows that stand as at T; whether others are settled (True), not settled (False), or both."""
    if kept_month(connection, query) is None:
        return stored_sums(connection, query), (True, False)
    unsettled = unsettled_sums(connection, query)
    sums = unsettled.sums
    for own, counts in (kept_sums(connection, query, has_moved=unsettled.has_moved) or {}).items():
        _add(sums[own], counts.items())
    return sums, (True, False) if unsettled.has_later else (True,)


def _add(counts: dict[str, int], columns: Iterable[tuple[str, int]]) -> None:
    for name, value in columns:
        if value:
            counts[name] = counts.get(name, 0) + value


def moments_of(
    period: Period, *, now: datetime, delay_hours: int = 0, as_of: datetime | None = None
) -> list[tuple[Period, datetime]]:
    """What is counted at which T: the period itself, or each month of a quarter or longer at its own.

    `as_of` is the T of a period without months; of a longer one, months whose T lies later are taken at it
    (evaluation.md 2).
    """
    if not period.months:
        return [(period, as_of or as_of_moment(period, now=now, delay_hours=delay_hours))]
    own = [(month, as_of_moment(month, now=now, delay_hours=delay_hours)) for month in period.months]
    return own if as_of is None else [(month, min(at, as_of)) for month, at in own]


def count_period(
    connection: Connection,
    district: str,
    *,
    by: Unit,
    moments: Iterable[tuple[Period, datetime]],
    selection: Selection,
) -> dict[Unit, Counts]:
    """The counts by unit, added over the periods of `moments`, each at its own T."""
    total: dict[Unit, Counts] = {}
    for period, at in moments:
        query = CountQuery(district, by, period.span, at, selection)
        for unit, counts in count_units(connection, query).items():
            _add(total.setdefault(unit, dict.fromkeys(COLUMN_NAMES, 0)), counts.items())
    return total
