"""The steps of cases up to a moment, as figures are folded from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from gridcase.cases.models import StepRow
from gridcase.cases.steps import effect_from_json
from gridcase.db import table_of
from gridcase.facts import Step

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
# Cases whose steps are read in one statement; each is found by its key.
CHUNK = 500


def steps_of(
    connection: Connection, district: str, numbers: Iterable[str], *, before: datetime
) -> Iterator[tuple[str, list[Step]]]:
    """The steps of each case recorded strictly before the moment, in their order; by case number."""
    wanted = sorted(numbers)
    for first in range(0, len(wanted), CHUNK):
        # The numbers are told one by one: joined, SQLite would read every step of the district.
        statement = (
            select(*_COLUMNS)
            .where(
                _STEP.district == district,
                _STEP.number.in_(wanted[first : first + CHUNK]),
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
