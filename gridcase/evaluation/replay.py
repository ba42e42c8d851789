"""Fact rows at a moment in the past, of the cases that went on after it: made anew from the steps before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, or_, select

from gridcase.cases.models import StepRow, case_fact
from gridcase.cases.steps import effect_from_json
from gridcase.db import table_of
from gridcase.facts import FactRow, Step, facts

_STEP = table_of(StepRow).c
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


# Cases whose steps are read in one statement; each is found by its key.
_CHUNK = 500


def replayed_rows(connection: Connection, district: str, at: datetime) -> Iterator[tuple[str, FactRow]]:
    """Number and fact row at `at` of every case whose last step lies at or after it, by case number.

    Cases that began at or after `at` are left out. Only steps strictly before `at` are read.
    """
    fact = case_fact.c
    numbers: list[str] = []
    # Two looks, since each of the two indexes holds one sort of rows.
    for sort in (fact.is_settled, ~fact.is_settled):
        later = select(fact.number).where(
            fact.district == district,
            sort,
            fact.last_step_at >= at,
            or_(fact.reported_at.is_(None), fact.reported_at < at),
        )
        numbers += connection.scalars(later)
    numbers.sort()
    for first in range(0, len(numbers), _CHUNK):
        # The numbers are told one by one: joined, SQLite would read every step of the district.
        statement = (
            select(*_COLUMNS)
            .where(
                _STEP.district == district, _STEP.number.in_(numbers[first : first + _CHUNK]), _STEP.at < at
            )
            .order_by(_STEP.number, _STEP.no)
        )
        for number, own in groupby(connection.execute(statement), key=lambda row: row[0]):
            row = facts([_step(values) for values in own])
            if row is not None:
                yield number, row


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
