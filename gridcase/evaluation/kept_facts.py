"""Facts of cases up to a moment in the past, kept from one question to the next: what lies before never changes.

Each step carries the hash of the one before it, so the hash of the last step, with how many there are, names them all.
Cases that went on after a month's end are folded once, however often its numbers are opened.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, and_, func, select

from gridcase.cases.models import StepRow
from gridcase.db import table_of
from gridcase.evaluation.step_reading import CHUNK, steps_of
from gridcase.facts import FactRow, facts

_STEP = table_of(StepRow).c
# Rows of one database: with 100,000 cases a year some 800 go on after a month's end. A row is some 2 KB.
_MOST = 10_000
# Number of the case, how many steps, hash of the last of them.
Name = tuple[str, int, str]


@dataclass
class _Kept:
    """The rows of one database by the name of their steps, those asked for longest ago first."""

    rows: OrderedDict[Name, FactRow | None] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def take(self, names: Sequence[Name]) -> dict[str, FactRow | None]:
        """Those that are kept, by case number."""
        found = {}
        with self.lock:
            for name in names:
                if name in self.rows:
                    self.rows.move_to_end(name)
                    found[name[0]] = self.rows[name]
        return found

    def put(self, name: Name, row: FactRow | None) -> None:
        with self.lock:
            self.rows[name] = row
            while len(self.rows) > _MOST:
                self.rows.popitem(last=False)


_KEPT: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_MAKING = Lock()


def facts_before(
    connection: Connection, district: str, numbers: Sequence[str], *, at: datetime
) -> Iterator[tuple[str, FactRow]]:
    """Number and facts of the steps strictly before `at` of each case that has any, by case number."""
    with _MAKING:
        kept = _KEPT.setdefault(connection.engine, _Kept())
    wanted = sorted(numbers)
    for first in range(0, len(wanted), CHUNK):
        names = _names(connection, district, wanted[first : first + CHUNK], at=at)
        found = kept.take(list(names.values()))
        missing = [number for number in names if number not in found]
        for number, steps in steps_of(connection, district, missing, before=at):
            found[number] = facts(steps)
            # A step that came in since the names were read belongs to another name.
            if len(steps) == names[number][1]:
                kept.put(names[number], found[number])
        for number in names:
            row = found[number]
            if row is not None:
                yield number, row


def _names(connection: Connection, district: str, numbers: Sequence[str], *, at: datetime) -> dict[str, Name]:
    """The name of the steps of each case before the moment, by case number in their order."""
    before = (
        select(_STEP.number, func.count().label("count"), func.max(_STEP.no).label("last"))
        .where(_STEP.district == district, _STEP.number.in_(numbers), _STEP.at < at)
        .group_by(_STEP.number)
        .subquery()
    )
    last = and_(_STEP.district == district, _STEP.number == before.c.number, _STEP.no == before.c.last)
    statement = select(before.c.number, before.c["count"], _STEP.hash).join_from(
        before, table_of(StepRow), last
    )
    return {row[0]: (row[0], row[1], row[2]) for row in sorted(connection.execute(statement))}
