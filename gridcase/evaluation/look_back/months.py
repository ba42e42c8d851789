"""Which months stand side by side, and from when on there is anything to look back on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select

from gridcase.cases.models import case_fact
from gridcase.db import table_of
from gridcase.errors import Invalid
from gridcase.evaluation.bulletin.earlier import before
from gridcase.evaluation.frozen.models import FrozenRecord
from gridcase.evaluation.frozen.store import last_in_chain
from gridcase.evaluation.periods import Period, parse_period

_FACT = case_fact.c
_RECORD = table_of(FrozenRecord).c


def month(text: str, *, start_day: int) -> Period:
    """A month such as `2026-10`. Raises Invalid `bad_period` for a day, a week, a quarter."""
    period = parse_period(text, start_day=start_day)
    if period.kind != "month":
        raise Invalid("bad_period", f"{text!r} is no month such as 2026-10", text=text)
    return period


def months_between(first: str, last: str, *, start_day: int) -> tuple[Period, ...]:
    """All months from the first to the last, both included. Raises Invalid `bad_period`, also for a range backwards."""
    start, end = month(first, start_day=start_day), month(last, start_day=start_day)
    if start.start > end.start:
        text = f"{first} lies after {last}"
        raise Invalid("bad_period", text, text=f"{first} … {last}")
    found = [end]
    for name in _backwards(end.name):
        if found[-1].name == start.name:
            break
        found.append(parse_period(name, start_day=start_day))
    return tuple(reversed(found))


def months_until(last: Period, count: int, *, first: datetime | None, start_day: int) -> tuple[Period, ...]:
    """At most `count` months that end with this one; none that ended before `first`, the earliest first."""
    found = [last]
    for name in _backwards(last.name):
        period = parse_period(name, start_day=start_day)
        if len(found) >= count or first is None or period.end <= first:
            break
        found.append(period)
    return tuple(reversed(found))


def _backwards(name: str) -> Iterator[str]:
    earlier = before(name)
    while earlier is not None:
        yield earlier
        earlier = before(earlier)


def first_moment(connection: Connection, district: str, of: str, *, start_day: int) -> datetime | None:
    """When the look-back begins: the first case, or the first frozen month of these units; None with neither.

    Of cases the one with the lowest number is asked, which is found by its key.
    """
    number = select(func.min(_FACT.number)).where(_FACT.district == district).scalar_subquery()
    reported = connection.scalar(
        select(_FACT.reported_at).where(_FACT.district == district, _FACT.number == number)
    )
    moments = [] if reported is None else [reported]
    names = connection.scalars(
        select(_RECORD.period).where(_RECORD.district == district, _RECORD.unit_kind == of).distinct()
    )
    for name in names:
        period = parse_period(name, start_day=start_day)
        if period.kind == "month":
            moments.append(period.start)
    return min(moments, default=None)


def last_frozen(connection: Connection, district: str, of: str) -> int:
    """The number of what was frozen or amended last of these units; 0 before the first."""
    return last_in_chain(connection, district, of)[0]
