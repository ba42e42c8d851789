"""Alters one value of one row behind the program's back, by the kind of its column, and puts it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, Table, update

from gridcase.db import UtcDateTime
from tests.making import NOW, Office


def another(column: Column[Any], value: Any) -> Any:
    """A value of the column's kind that is not this one."""
    kind = column.type
    if isinstance(kind, Boolean):
        return not value
    if isinstance(kind, Integer | Float):
        # A key must not meet that of another row.
        return (value or 0) + (1000 if column.primary_key else 1)
    if isinstance(kind, UtcDateTime):
        return value + timedelta(seconds=1) if isinstance(value, datetime) else NOW
    if isinstance(kind, Date):
        return value + timedelta(days=1) if isinstance(value, date) else NOW.date()
    return _other_text(value or "x", getattr(kind, "length", None))


def _other_text(text: str, longest: int | None) -> str:
    first = "9" if text[:1] != "9" else "8"
    return first + text[1:] if text and (longest is None or len(text) >= longest) else text + "x"


@contextmanager
def altered(office: Office, table: Table, row: dict[str, Any], column: str, value: Any) -> Iterator[None]:
    """The row with another value in one column, while the block runs."""
    keys = [each.name for each in table.primary_key.columns]
    _set(office, table, {name: row[name] for name in keys}, {column: value})
    yield
    _set(office, table, {**{name: row[name] for name in keys}, **({column: value} if column in keys else {})},
         {column: row[column]})  # fmt: skip


def _set(office: Office, table: Table, keys: dict[str, Any], values: dict[str, Any]) -> None:
    matches = [table.c[name] == value for name, value in keys.items()]
    with office.database.transaction() as connection:
        assert connection.execute(update(table).where(*matches).values(values)).rowcount == 1
