"""Reads the fact rows behind the figures of departments as they stood at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, or_, select

from gridcase.cases.models import case_fact
from gridcase.evaluation.replay import replayed_rows
from gridcase.facts import FactRow

_FACT = case_fact.c
_FIELDS = tuple(field.name for field in fields(FactRow))


def rows_at(
    connection: Connection, district: str, *, start: datetime, at: datetime
) -> Iterator[tuple[str, FactRow]]:
    """Number and fact row at T = `at` of the cases that can count for a department in a period begun at `start`.

    A row whose last step lies before T is read as stored; the others are replayed from their steps before T
    (evaluation.md 3). Stored rows that count in neither rule are left out.
    """
    owed = or_(_FACT.due_at >= start, _FACT.handled == 0)
    stored = select(_FACT.number, *(_FACT[name] for name in _FIELDS)).where(
        _FACT.district == district,
        _FACT.last_step_at < at,
        _FACT.department.is_not(None),
        _FACT.is_countable,
        _FACT.due_at < at,
        owed,
    )
    for number, *values in connection.execute(stored):
        yield number, FactRow(*values)
    yield from replayed_rows(connection, district, at)
