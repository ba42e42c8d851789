"""Fact rows of named cases at a moment: stored ones where no later step came, else made from the steps before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import groupby

from sqlalchemy import Connection, select

from gridcase.cases.models import StepRow, case_fact
from gridcase.cases.steps import entry_from_row
from gridcase.db import table_of
from gridcase.facts import FactRow, Step, facts

_FACT = case_fact.c
_STEP = table_of(StepRow)
_FIELDS = tuple(field.name for field in fields(FactRow))
# Cases whose rows or steps are read in one statement; each is found by its key.
_CHUNK = 500
_AFTER_ALL = datetime(2300, 1, 1, tzinfo=UTC)


def rows_at(
    connection: Connection, district: str, numbers: Sequence[str], *, at: datetime
) -> dict[str, FactRow]:
    """The facts of the steps strictly before `at`, by case number; a case that began later is absent."""
    found: dict[str, FactRow] = {}
    for first in range(0, len(numbers), _CHUNK):
        chunk = numbers[first : first + _CHUNK]
        stored = select(_FACT.number, *(_FACT[name] for name in _FIELDS)).where(
            _FACT.district == district, _FACT.number.in_(chunk), _FACT.last_step_at < at
        )
        own = {number: FactRow(*values) for number, *values in connection.execute(stored)}
        later = [number for number in chunk if number not in own]
        for number, steps in steps_of(connection, district, later, before=at):
            row = facts(steps)
            if row is not None:
                own[number] = row
        found |= own
    return found


def rows_up_to(
    connection: Connection, district: str, ends: Mapping[str, int]
) -> Iterator[tuple[str, FactRow]]:
    """Number and facts of the steps up to and with the one of this number, of each case; by case number."""
    for number, steps in steps_of(connection, district, ends, before=_AFTER_ALL):
        row = facts([step for step in steps if step.no <= ends[number]])
        if row is not None:
            yield number, row


def steps_of(
    connection: Connection, district: str, numbers: Iterable[str], *, before: datetime
) -> Iterator[tuple[str, list[Step]]]:
    """The steps of each case recorded strictly before the moment, in their order; by case number."""
    wanted = sorted(numbers)
    for first in range(0, len(wanted), _CHUNK):
        # The numbers are told one by one: joined, SQLite would read every step of the district.
        statement = (
            select(_STEP)
            .where(
                _STEP.c.district == district,
                _STEP.c.number.in_(wanted[first : first + _CHUNK]),
                _STEP.c.at < before,
            )
            .order_by(_STEP.c.number, _STEP.c.no)
        )
        rows = connection.execute(statement).mappings()
        for number, own in groupby(rows, key=lambda row: row["number"]):
            yield number, [entry_from_row(dict(row)).step for row in own]
