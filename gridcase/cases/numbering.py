"""Draws the numbers of cases and supervision orders: a series and a serial of six digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, Select, bindparam, func, literal_column, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from gridcase.cases.models import CaseSerial
from gridcase.db import Access, Prepared, table_of

_SERIAL = table_of(CaseSerial)
_NAMES = ("district", "on_day", "last")
_TYPES = {name: _SERIAL.c[name].type for name in _NAMES}


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """A SELECT that can be asked alone or beside the drawing of a number; `types` are those of its values.

    None of its values is named like a column of the serials but `district`, which is the same.
    """

    statement: Select[Any]
    types: Mapping[str, Any]


def next_number(access: Access, district: str, series: str) -> str:
    """The next number of a series: a China day (`YYYYMMDD`) for cases.

    While no transaction has begun, the number is drawn in one of its own, so that reports do not wait for each
    other until they are committed. A report that fails after that leaves its number unused; none is given twice.
    """
    prepared = _draw(access.dialect, is_apart=not access.is_begun)
    return _told(series, access.fetch(prepared, _values(district, series))[0][0])


def next_number_beside(
    access: Access, district: str, series: str, *, look: Look, values: Mapping[str, Any]
) -> tuple[str, list[tuple[Any, ...]]]:
    """The next number and the rows of a look, in one way to the database where a number is drawn apart."""
    if access.is_begun:
        rows = access.fetch(alone(access.dialect, look), values)
        return next_number(access, district, series), rows
    drawn = access.fetch(_draw_beside(access.dialect, look), {**values, **_values(district, series)})
    # Without a row that the look found, its columns are empty, the first of them a key.
    found = [row[2:] for row in drawn if row[2] is not None]
    return _told(series, drawn[0][0]), found


@lru_cache(maxsize=32)
def alone(dialect: Dialect, look: Look) -> Prepared:
    """The look by itself."""
    return Prepared(look.statement, dialect, look.types)


def _values(district: str, series: str) -> dict[str, Any]:
    return {"district": district, "on_day": series, "last": 1}


def _told(series: str, serial: int) -> str:
    return f"{series}{serial:06d}"


@lru_cache(maxsize=8)
def _draw(dialect: Dialect, *, is_apart: bool) -> Prepared:
    drawing = _drawing(dialect)
    statement = _apart(drawing.cte("drawn")) if is_apart else drawing
    return Prepared(statement, dialect, _TYPES)


@lru_cache(maxsize=32)
def _draw_beside(dialect: Dialect, look: Look) -> Prepared:
    drawn, found = _drawing(dialect).cte("drawn"), look.statement.subquery("found")
    statement = _apart(drawn).add_columns(*found.c).select_from(drawn.outerjoin(found, true()))
    return Prepared(statement, dialect, {**_TYPES, **look.types})


def _drawing(dialect: Dialect) -> Any:
    dialect_insert: Any = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    statement = dialect_insert(_SERIAL).values({name: bindparam(name) for name in _NAMES})
    return statement.on_conflict_do_update(
        index_elements=list(_SERIAL.primary_key.columns), set_={"last": _SERIAL.c.last + literal_column("1")}
    ).returning(_SERIAL.c.last)


def _apart(drawn: CTE) -> Select[Any]:
    """A drawing whose commit waits for no disk: it lies in the log before the commit of what gets the number."""
    return select(
        drawn.c.last, func.set_config(literal_column("'synchronous_commit'"), literal_column("'off'"), true())
    )
