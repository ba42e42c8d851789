"""Reads rows as the database holds them, whatever stands in them: what no column should hold stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Table, text

from gridcase.cases.mirrors import Row
from gridcase.cases.store import stored_moment
from gridcase.db import UtcDateTime


def raw_rows(connection: Connection, table: Table, district: str, *, numbers: Sequence[str]) -> list[Row]:
    """The rows of the cases from the first to the last of `numbers`, by number, then by key.

    Moments are aware UTC, flags are bool. A value that cannot be one is left as the driver gives it.
    """
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    statement = text(
        f'SELECT {columns} FROM "{table.name}" WHERE district = :district'
        f" AND number >= :first AND number <= :last ORDER BY number, {order}"
    )
    values = {"district": district, "first": numbers[0], "last": numbers[-1]}
    return [_read(table, row) for row in connection.execute(statement, values).mappings()]


def _read(table: Table, row: Any) -> Row:
    return {name: _value(column.type, row[name]) for name, column in table.columns.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return _moment(value)
    if isinstance(kind, Boolean):
        return bool(value) if value in (0, 1) else value
    if isinstance(kind, Date) and isinstance(value, str):
        return _date(value)
    return value


def _moment(value: Any) -> datetime | Any:
    try:
        return stored_moment(value)
    except (ValueError, TypeError, AttributeError):
        return value


def _date(value: str) -> date | str:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value
