"""Fact rows of named cases at a moment: stored ones where no later step came, else made from the steps before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from gridcase.cases.models import StepRow, case_fact
from gridcase.cases.steps import effect_from_json
from gridcase.db import table_of
from gridcase.facts import FactRow, Step, facts

_FACT = case_fact.c
_STEP = table_of(StepRow).c
# What figures are made of; the rest of a step is for people.
_COLUMNS = (
    _STEP.number,
    _STEP.no,
    _STEP.trigger,
    _STEP.from_state,
    _STEP.to_state,
    _STEP.at,
    _STEP.actor,
    _STEP.role,
    _STEP.department,
    _STEP.data,
    _STEP.clocks,
)
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
            select(*_COLUMNS)
            .where(
                _STEP.district == district,
                _STEP.number.in_(wanted[first : first + _CHUNK]),
                _STEP.at < before,
            )
            .order_by(_STEP.number, _STEP.no)
        )
        for number, own in groupby(connection.execute(statement), key=lambda row: row[0]):
            yield number, [_step(values) for values in own]


def _step(values: Any) -> Step:
    return Step(
        no=values[1],
        trigger=values[2],
        from_state=values[3],
        to_state=values[4],
        at=values[5],
        actor=values[6],
        role=values[7],
        department=values[8],
        data=json.loads(values[9]),
        clocks=tuple(effect_from_json(effect) for effect in json.loads(values[10])),
    )
