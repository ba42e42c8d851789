"""The job that adds settled cases to the month sums, chunk by chunk, and the check that the sums are right."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, or_, select, update

from gridcase.cases.book import Rulebook
from gridcase.cases.models import case_fact
from gridcase.cases.settled import are_void, keep_sums_from, start_day_of_sums
from gridcase.db import Database, table_of
from gridcase.evaluation.models import MonthSum
from gridcase.evaluation.month_shares import SumKey, shares
from gridcase.evaluation.month_sums import FIELDS, moved_ends
from gridcase.evaluation.rows_at import rows_up_to
from gridcase.evaluation.settled_totals import SettledTotals, columns_read
from gridcase.facts import FactRow

Kept = dict[SumKey, dict[str, int]]

_FACT = case_fact.c
_TABLE = table_of(MonthSum)
_KEYS = ("mode", "family", "month", "unit")
_KEY_COLUMNS = [_TABLE.c[name] for name in _KEYS]
# Cases of one transaction: few, so that nobody waits long for them.
CHUNK = 200
# Rows of sums that are looked up in one statement.
_LOOKED_UP = 300
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class SettleSummary:
    """Cases that were added to the sums, and cases that were taken out since a step had moved them."""

    settled_count: int
    moved_count: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name."""
        return asdict(self)


def settle(database: Database, book: Rulebook, now: datetime, *, chunk: int = CHUNK) -> SettleSummary:  # noqa: ARG001
    """Bring the month sums up to the cases that have ended. Safe to run twice; a missed run is made up by the next.

    With another `period_start_day` than before all sums are made anew.
    """
    district, start_day = book.district, book.settings.evaluation.period_start_day
    with database.transaction() as connection:
        known = start_day_of_sums(connection, district)
        if are_void(connection, district) or known not in (None, start_day):
            forget(connection, district)
        keep_sums_from(connection, district, start_day)
    with database.transaction() as connection:
        keep_sums_from(connection, district, start_day)
        moved = _take_out(connection, district, start_day)
    settled, last, totals = 0, "", SettledTotals(start_day)
    while True:
        with database.transaction() as connection:
            numbers = _settle_some(connection, district, totals, after=last, chunk=chunk)
        if not numbers:
            return SettleSummary(settled, moved)
        settled, last = settled + len(numbers), numbers[-1]


def forget(connection: Connection, district: str) -> None:
    """Throw all month sums away: after this every case counts by its own row until it is settled again."""
    connection.execute(delete(_TABLE).where(_TABLE.c.district == district))
    connection.execute(
        update(case_fact)
        .where(_FACT.district == district, or_(_FACT.is_settled, _FACT.settled_no > 0))
        .values(is_settled=False, settled_no=0)
    )


def _take_out(connection: Connection, district: str, start_day: int) -> int:
    """Take cases that moved since they were summed out of the sums."""
    ends = moved_ends(connection, district)
    taken: Kept = defaultdict(lambda: defaultdict(int))
    for _number, row in rows_up_to(connection, district, ends):
        _collect(taken, row, start_day, sign=-1)
    _write(connection, district, taken)
    numbers = sorted(ends)
    for first in range(0, len(numbers), _LOOKED_UP):
        some = _FACT.number.in_(numbers[first : first + _LOOKED_UP])
        connection.execute(update(case_fact).where(_FACT.district == district, some).values(settled_no=0))
    return len(numbers)


def _may_settle() -> Any:
    """Ended, and nothing left that depends on the moment of judging: no hold, no open order, nothing unhandled."""
    return and_(
        ~_FACT.is_settled,
        _FACT.settled_no == 0,
        ~_FACT.is_open,
        ~_FACT.is_held,
        _FACT.supervision_open_from.is_(None),
        or_(_FACT.handled == 1, ~_FACT.is_countable),
    )


def _settle_some(
    connection: Connection, district: str, totals: SettledTotals, *, after: str, chunk: int
) -> Sequence[str]:
    """Settle the next cases behind a case number; answers which.

    What stands before it is not looked at again: PostgreSQL keeps its index entries until it tidies up.
    """
    keep_sums_from(connection, district, totals.start_day)
    numbers = connection.scalars(
        select(_FACT.number)
        .where(_FACT.district == district, _may_settle(), _FACT.number > after)
        .order_by(_FACT.number)
        .limit(chunk)
    ).all()
    if not numbers:
        return numbers
    # A step that came in between is seen by the update, which looks again at what it changes.
    statement = (
        update(case_fact)
        .where(_FACT.district == district, _FACT.number.in_(numbers), _may_settle())
        .values(is_settled=True, settled_no=_FACT.last_step_no)
        .returning(*columns_read())
    )
    totals.clear()
    for values in connection.execute(statement):
        totals.take(values)
    _write(connection, district, totals.sums())
    return numbers


def _collect(sums: Kept, row: FactRow, start_day: int, *, sign: int) -> None:
    for key, counts in shares(row, start_day):
        own = sums[key]
        for name, value in counts.items():
            own[name] += sign * value


def _write(connection: Connection, district: str, changes: Kept) -> None:
    """Add the changes to the kept rows; a row without any count left is dropped."""
    for part, keys in groupby(sorted(changes), key=lambda key: key[:3]):
        units = [key[3] for key in keys]
        for first in range(0, len(units), _LOOKED_UP):
            _write_units(connection, district, changes, part=part, units=units[first : first + _LOOKED_UP])


def _write_units(
    connection: Connection, district: str, changes: Kept, *, part: tuple[str, str, str], units: list[str]
) -> None:
    """The rows of some units of one mode, family and month: found by the primary key, which begins with these."""
    mode, family, month = part
    mine = and_(
        _TABLE.c.district == district,
        _TABLE.c.mode == mode,
        _TABLE.c.family == family,
        _TABLE.c.month == month,
        _TABLE.c.unit.in_(units),
    )
    known = _kept(connection, mine)
    connection.execute(delete(_TABLE).where(mine))
    keys = [(mode, family, month, unit) for unit in units]
    rows = [
        {"district": district, **dict(zip(_KEYS, key, strict=True)), "counts": json.dumps(counts)}
        for key in keys
        if (counts := _merged(known.get(key, {}), changes[key]))
    ]
    if rows:
        connection.execute(insert(_TABLE), rows)


def _kept(connection: Connection, wanted: ColumnElement[bool]) -> Mapping[SumKey, dict[str, int]]:
    rows = connection.execute(select(*_KEY_COLUMNS, _TABLE.c.counts).where(wanted))
    return {(row.mode, row.family, row.month, row.unit): json.loads(row.counts) for row in rows}


def _merged(known: dict[str, int], change: dict[str, int]) -> dict[str, int]:
    total = {name: known.get(name, 0) + change.get(name, 0) for name in {*known, *change}}
    return {name: total[name] for name in sorted(total) if total[name]}


def differing_sums(connection: Connection, district: str) -> Iterator[tuple[SumKey, str, int, int]]:
    """Key, column, kept and right value of every month sum that is not what its settled cases add up to; by key.

    Sums that are void are read by nobody and not compared.
    """
    start_day = start_day_of_sums(connection, district)
    if start_day is None:
        return
    right: Kept = defaultdict(lambda: defaultdict(int))
    for row in _settled_rows(connection, district):
        _collect(right, row, start_day, sign=1)
    for _number, row in rows_up_to(connection, district, moved_ends(connection, district)):
        _collect(right, row, start_day, sign=1)
    kept = _kept(connection, _TABLE.c.district == district)
    for key in sorted({*kept, *right}):
        own, due = kept.get(key, {}), right.get(key, {})
        for name in sorted({*own, *due}):
            if own.get(name, 0) != due.get(name, 0):
                yield key, name, own.get(name, 0), due.get(name, 0)


def _settled_rows(connection: Connection, district: str) -> Iterator[FactRow]:
    """All settled rows by number, in pages: there may be millions."""
    page = (
        select(_FACT.number, *(_FACT[name] for name in FIELDS))
        .where(_FACT.district == district, _FACT.is_settled, _FACT.number > bindparam("after"))
        .order_by(_FACT.number)
        .limit(_PAGE)
    )
    after = ""
    while rows := connection.execute(page, {"after": after}).all():
        for number, *values in rows:
            after = number
            yield FactRow(*values)
