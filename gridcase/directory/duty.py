"""The duty roster 值班: which inspector is on duty in which cells from when to when (flow.md 5, api.md 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select

from gridcase.db import table_of
from gridcase.directory.models import DutyShift
from gridcase.directory.queries import find_actor
from gridcase.errors import Invalid

INSPECTOR = "inspector"

_SHIFT = table_of(DutyShift).c


@dataclass(frozen=True, slots=True)
class Shift:
    """A row of the roster: on duty in `cells` (codes, ascending) in `[start, end)`, both aware."""

    inspector: str
    cells: tuple[str, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of these inspectors, in these cells, that lie partly in `[start, end)`; empty = all."""

    inspectors: Sequence[str] = ()
    cells: Sequence[str] = ()
    start: datetime | None = None
    end: datetime | None = None


def set_shifts(
    connection: Connection, district: str, rows: Iterable[Shift], *, by: str, now: datetime
) -> None:
    """Write rows of the roster, each told by inspector, begin and end; one without cells is taken away.

    The cells must be known to the caller. Raises Invalid `unknown_user`, `bad_value` (no inspector, or an end that
    is not after the begin).
    """
    told = {(row.inspector, row.start, row.end): row for row in rows}
    for name in dict.fromkeys(row.inspector for row in told.values()):
        _check_inspector(connection, district, name)
    for row in told.values():
        if row.end <= row.start:
            raise Invalid("bad_value", "a shift ends after it began", field="to")
        connection.execute(
            delete(DutyShift).where(
                _SHIFT.district == district,
                _SHIFT.inspector == row.inspector,
                _SHIFT.from_at == row.start,
                _SHIFT.to_at == row.end,
            )
        )
        if row.cells:
            connection.execute(insert(DutyShift).values(
                district=district, inspector=row.inspector, from_at=row.start, to_at=row.end,
                cells=" ".join(sorted(set(row.cells))), entered_by=by, entered_at=now,
            ))  # fmt: skip


def _check_inspector(connection: Connection, district: str, name: str) -> None:
    person = find_actor(connection, district, name)
    if person is None:
        raise Invalid("unknown_user", f"there is no user {name!r}", field=INSPECTOR, user=name)
    if not person.has_role(INSPECTOR):
        raise Invalid("bad_value", f"{name} is no inspector", field=INSPECTOR, user=name)


def shifts(connection: Connection, district: str, wanted: Wanted = Wanted()) -> list[Shift]:
    """The rows of the roster by begin, inspector and end."""
    query = _rows().where(_SHIFT.district == district)
    if wanted.inspectors:
        query = query.where(_SHIFT.inspector.in_(list(wanted.inspectors)))
    if wanted.start is not None:
        query = query.where(_SHIFT.to_at > wanted.start)
    if wanted.end is not None:
        query = query.where(_SHIFT.from_at < wanted.end)
    found = [_shift(row) for row in connection.execute(query)]
    return [shift for shift in found if not wanted.cells or set(wanted.cells) & set(shift.cells)]


def on_duty(connection: Connection, district: str, at: datetime) -> list[Shift]:
    """Who is on duty at a moment (aware), by begin, inspector and end."""
    rows = connection.execute(_select_at(), {"district": district, "at": at})
    return [_shift(row) for row in rows]


def duty_cells(
    connection: Connection, district: str, inspector: str, *, at: datetime
) -> frozenset[str] | None:
    """The cells in which an inspector is on duty at a moment; None when the roster says nothing of it.

    None stands for the cells of the person's area (api.md 5, "Who acts").
    """
    rows = connection.execute(
        _select_of_inspector(), {"district": district, "at": at, "inspector": inspector}
    )
    cells = [_shift(row).cells for row in rows]
    return frozenset(code for codes in cells for code in codes) if cells else None


def _rows() -> Select[Any]:
    columns = (_SHIFT.inspector, _SHIFT.cells, _SHIFT.from_at, _SHIFT.to_at)
    return select(*columns).order_by(_SHIFT.from_at, _SHIFT.inspector, _SHIFT.to_at)


@lru_cache(maxsize=1)
def _select_at() -> Select[Any]:
    return _rows().where(
        _SHIFT.district == bindparam("district"),
        _SHIFT.to_at > bindparam("at"),
        _SHIFT.from_at <= bindparam("at"),
    )


@lru_cache(maxsize=1)
def _select_of_inspector() -> Select[Any]:
    return _select_at().where(_SHIFT.inspector == bindparam("inspector"))


def _shift(row: Sequence[Any]) -> Shift:
    inspector, cells, start, end = row
    return Shift(inspector, tuple(cells.split()), start, end)
