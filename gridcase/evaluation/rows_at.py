"""Fact rows of named cases at a moment: stored ones where no later step came, else made from the steps before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from gridcase.cases.models import case_fact
from gridcase.evaluation.kept_facts import facts_before
from gridcase.evaluation.step_reading import CHUNK, steps_of
from gridcase.facts import FactRow, facts

_FACT = case_fact.c
_FIELDS = tuple(field.name for field in fields(FactRow))
_AFTER_ALL = datetime(2300, 1, 1, tzinfo=UTC)


def rows_at(
    connection: Connection, district: str, numbers: Sequence[str], *, at: datetime
) -> dict[str, FactRow]:
    """The facts of the steps strictly before `at`, by case number; a case that began later is absent."""
    found: dict[str, FactRow] = {}
    for first in range(0, len(numbers), CHUNK):
        chunk = numbers[first : first + CHUNK]
        stored = select(_FACT.number, *(_FACT[name] for name in _FIELDS)).where(
            _FACT.district == district, _FACT.number.in_(chunk), _FACT.last_step_at < at
        )
        own = {number: FactRow(*values) for number, *values in connection.execute(stored)}
        later = [number for number in chunk if number not in own]
        found |= own | dict(facts_before(connection, district, later, at=at))
    return found


def rows_up_to(
    connection: Connection, district: str, ends: Mapping[str, int]
) -> Iterator[tuple[str, FactRow]]:
    """Number and facts of the steps up to and with the one of this number, of each case; by case number."""
    for number, steps in steps_of(connection, district, ends, before=_AFTER_ALL):
        row = facts([step for step in steps if step.no <= ends[number]])
        if row is not None:
            yield number, row
