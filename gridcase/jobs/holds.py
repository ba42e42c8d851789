"""The job that ends suspensions and deferrals on their day, without anyone's hand (flow.md 5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from gridcase.cases.book import Rulebook, write
from gridcase.cases.models import Case, HoldRow
from gridcase.cases.requests import release_holds as release_holds_of_case
from gridcase.db import Database, table_of
from gridcase.errors import ChangedMeanwhile

_HOLD, _CASE = table_of(HoldRow).c, table_of(Case).c


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """How many holds were ended in how many cases; `left_count` cases were in other hands and wait for the next run."""

    case_count: int
    released_count: int
    left_count: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name."""
        return asdict(self)


def release_holds(database: Database, book: Rulebook, now: datetime) -> ReleaseSummary:
    """End every hold whose date has come at `now` (aware), each in a transaction of its own.

    The step bears the moment of the date, however late it is written; a second run finds nothing to do.
    """
    with database.reading() as connection:
        numbers = _due_cases(connection, book.district, now)
    released, left = 0, 0
    for number in numbers:
        try:
            released += write(database, book, now, act=partial(release_holds_of_case, number=number))
        except ChangedMeanwhile:
            left += 1
    return ReleaseSummary(len(numbers) - left, released, left)


def _due_cases(connection: Connection, district: str, now: datetime) -> list[str]:
    query = (
        select(_HOLD.number)
        .join(table_of(Case), (_CASE.district == _HOLD.district) & (_CASE.number == _HOLD.number))
        .where(_HOLD.district == district, _HOLD.to_at.is_(None), _HOLD.until_at <= now, _CASE.is_open)
        .distinct()
        .order_by(_HOLD.number)
    )
    return list(connection.execute(query).scalars())
