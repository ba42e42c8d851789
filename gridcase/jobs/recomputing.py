"""The job that brings the due moments of all open clocks to the calendar in force, once for each calendar."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from gridcase.cases.book import Desk, Rulebook, write
from gridcase.cases.models import Case, ClockRun
from gridcase.cases.recomputing import recompute
from gridcase.clock import ClockError, parse_limit
from gridcase.clock.limits import ROUND_THE_CLOCK_UNITS
from gridcase.db import Database, table_of
from gridcase.directory.calendar import CALENDAR_COUNTED
from gridcase.directory.service import set_site_fact, site_fact
from gridcase.errors import ChangedMeanwhile

_RUN, _CASE = table_of(ClockRun).c, table_of(Case).c
# Cases of one transaction: few, so that nobody waits long for them.
_CHUNK = 20


@dataclass(frozen=True, slots=True)
class RecomputeSummary:
    """Cases looked at, cases with a due moment that moved, clocks that moved; `left_count` wait for the next run."""

    case_count: int
    changed_count: int
    clock_count: int
    left_count: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name."""
        return asdict(self)


def recompute_due(
    database: Database, book: Rulebook, now: datetime, *, settle_s: float = 0
) -> RecomputeSummary:
    """Compute the due moments of all open clocks anew, if that was not done yet under the calendar in force.

    Each move of a due moment is a step of its case, with the old value. A second run finds nothing to do. `settle_s`
    is waited before anything is computed, so that other processes no longer write by the calendar before.
    """
    fingerprint = book.calendar.fingerprint
    with database.reading() as connection:
        if site_fact(connection, book.district, CALENDAR_COUNTED) == fingerprint:
            return RecomputeSummary(0, 0, 0, 0)
        numbers = list(_counting_cases(connection, book.district))
    if numbers and settle_s:
        time.sleep(settle_s)
        with database.reading() as connection:
            numbers = list(_counting_cases(connection, book.district))
    changed, clocks, left = 0, 0, 0
    for chunk in _chunks(numbers):
        moved = _recompute_all(database, book, now, numbers=chunk)
        if moved is None:
            left += len(chunk)
        else:
            changed += sum(count > 0 for count in moved)
            clocks += sum(moved)
    if not left:
        with database.transaction() as connection:
            set_site_fact(connection, book.district, CALENDAR_COUNTED, value=fingerprint)
    return RecomputeSummary(len(numbers) - left, changed, clocks, left)


def _recompute_all(
    database: Database, book: Rulebook, now: datetime, *, numbers: tuple[str, ...]
) -> list[int] | None:
    """How many clocks of each case moved, or None when others were faster time and again."""

    def act(desk: Desk) -> list[int]:
        return [recompute(desk, number) for number in numbers]

    try:
        return write(database, book, now, act=act)
    except ChangedMeanwhile:
        return None


def _chunks(numbers: list[str]) -> Iterator[tuple[str, ...]]:
    rest = iter(numbers)
    while chunk := tuple(islice(rest, _CHUNK)):
        yield chunk


def _counting_cases(connection: Connection, district: str) -> Iterator[str]:
    """The open cases with an open clock that the calendar bears on, by number."""
    query = (
        select(_CASE.number, _RUN.limit_text)
        .join(table_of(ClockRun), (_CASE.district == _RUN.district) & (_CASE.number == _RUN.number))
        .where(_CASE.district == district, _CASE.is_open, _RUN.is_open)
        .order_by(_CASE.number)
    )
    last = ""
    for number, limit in connection.execute(query):
        if number != last and _is_by_calendar(limit):
            last = number
            yield number


@lru_cache(maxsize=1024)
def _is_by_calendar(limit: str) -> bool:
    try:
        return parse_limit(limit).unit not in ROUND_THE_CLOCK_UNITS
    except ClockError:
        # A same-time window has no limit text; its end is a moment that no calendar moves.
        return False
