"""What an altered column of a step may have held: values of its kind that stand elsewhere, for naming the column."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, select

from gridcase.cases.book import Rulebook
from gridcase.cases.casefile import REQUEST_STEPS
from gridcase.cases.mirrors import Row
from gridcase.cases.models import StepRow
from gridcase.cases.steps import dump_json
from gridcase.db import UtcDateTime, table_of
from gridcase.directory.models import Department, User

_STEP = table_of(StepRow)
# Triggers of steps that are no moves of a flow, beside those of requests (flow.md 5, clock.md 3).
_BESIDE_THE_FLOW = (
    "supervise", "reply_supervision", "remind", "escalate", "find", "revoke_finding", "call_back", "redue",
    "migrate",
)  # fmt: skip


def candidates_for(
    connection: Connection, book: Rulebook, rows: Iterable[Row]
) -> Mapping[str, Collection[Any]]:
    """By column of a step: what stands in these rows of its case, in the definitions and in the directory."""
    values = [value for row in rows for value in row.values()]
    known = ["", *_names(book), *_people(connection, book.district)]
    texts = list(dict.fromkeys([*known, *(value for value in values if isinstance(value, str))]))
    numbers = list(dict.fromkeys(value for value in values if type(value) is int))
    moments = list(dict.fromkeys(value for value in values if isinstance(value, datetime)))
    found: dict[str, Collection[Any]] = {}
    for column in _STEP.columns:
        own: list[Any] = texts
        if isinstance(column.type, Boolean):
            own = [True, False]
        elif isinstance(column.type, Integer):
            own = numbers
        elif isinstance(column.type, UtcDateTime):
            own = moments
        found[column.name] = [*own, None] if column.nullable else own
    for name in ("data", "clocks"):
        # Only how they are written can be guessed, not what they said.
        found[name] = list(_rewritten(value for value in values if isinstance(value, str)))
    return found


def _rewritten(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if text.lstrip()[:1] in ("{", "["):
            try:
                yield dump_json(json.loads(text))
            except ValueError:
                continue


def _names(book: Rulebook) -> Iterator[str]:
    for definition in book.flows.by_version.values():
        yield from definition.states
        yield from definition.roles
        yield from definition.triggers
    yield from sorted(REQUEST_STEPS)
    yield from _BESIDE_THE_FLOW


def _people(connection: Connection, district: str) -> Iterator[str]:
    user, department = table_of(User).c, table_of(Department).c
    people = select(user.name, user.display_name, user.phone).where(user.district == district)
    for row in connection.execute(people):
        yield from row
    yield from connection.execute(select(department.code).where(department.district == district)).scalars()
