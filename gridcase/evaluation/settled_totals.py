"""Adds up what many settled cases add to the kept sums: alike cases are judged once, and added by one addition.

What a settled case adds to months depends on its counts, and on its moments only by the month in which each lies
(`month_shares.py`: the moment of judging does not matter any more). A city has millions of cases, and some thousand
sorts of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, type_coerce
from sqlalchemy.types import NullType

from gridcase.cases.models import case_fact
from gridcase.evaluation.month_shares import FAMILIES, MOMENTS, SumKey, month_of_day, shares, unit_named
from gridcase.facts import FactRow
from gridcase.facts.blocks import COLUMN_NAMES

_KINDS = {field.name: str(field.type) for field in fields(FactRow)}
_UNITS = tuple(name for names in FAMILIES.values() for name in names)
_COUNTS = tuple(name for name, kind in _KINDS.items() if kind in ("int", "bool"))
# How a row is read: who it belongs to, when what happened, how much it counts, and its acts.
_WHO = slice(0, len(_UNITS))
_WHEN = slice(_WHO.stop, _WHO.stop + len(MOMENTS))
_HOW_MUCH = slice(_WHEN.stop, _WHEN.stop + len(_COUNTS))
_ACTS = _HOW_MUCH.stop
_ACTS_FROM, _ACTS_TO = MOMENTS.index("acts_from"), MOMENTS.index("acts_to")
_EMPTY: dict[str, Any] = dict.fromkeys(_KINDS)
_FIRST_DAY, _LAST_YEAR = date(1970, 1, 15), 2200
# Of a moment as text, `YYYY-MM-DD HH:MM:SS` in UTC: a month begins with a whole hour.
_HOUR, _SECOND = 13, 19
# Counts stand side by side in one number, each in so many bits, of which no sum of a month needs half.
_BITS = 40
_PLACES = {name: at * _BITS for at, name in enumerate(COLUMN_NAMES)}
_LOWEST = (1 << _BITS) - 1
# Sorts of cases that are kept in mind.
_MOST_SORTS = 50_000

# mode, month, counts in one number
_Share = tuple[str, str, int]


def columns_read() -> list[ColumnElement[Any]]:
    """The columns of `case_fact` that `SettledTotals.take` wants, moments as texts, in its order."""
    table = case_fact.c
    return [
        *(table[name] for name in _UNITS),
        *(cast(table[name], Text) for name in MOMENTS),
        *(type_coerce(table[name], NullType()) for name in _COUNTS),
        table.acts,
    ]


class SettledTotals:
    """The sums over the cases taken so far: exactly what `shares` of each of them add up to."""

    def __init__(self, start_day: int) -> None:
        self.start_day = start_day
        self._month_of = _MonthsOfHours(start_day)
        self._known: dict[tuple[Any, ...], tuple[_Share, ...]] = {}
        self._sums: dict[SumKey, int] = {}

    def take(self, values: Sequence[Any]) -> None:
        """Add one settled row, read as `columns_read` says."""
        month_of = self._month_of
        months = [None if moment is None else month_of[moment[:_HOUR]] for moment in values[_WHEN]]
        sort = (*months, *values[_HOW_MUCH])
        found = self._known.get(sort)
        if found is None:
            found = tuple(self._judged(values))
            # Acts in two months count each by its own moment: such a case is like no other.
            if months[_ACTS_FROM] == months[_ACTS_TO]:
                self._keep_in_mind(sort, found)
        units, sums = _units(*values[_WHO]), self._sums
        for mode, month, packed in found:
            for family, unit in units:
                key = (mode, family, month, unit)
                sums[key] = sums.get(key, 0) + packed

    def sums(self) -> dict[SumKey, dict[str, int]]:
        """The counts by key, without zeros."""
        return {key: _unpacked(packed) for key, packed in self._sums.items()}

    def clear(self) -> None:
        """Begin again at nothing; what sorts of cases add stays known."""
        self._sums.clear()

    def _keep_in_mind(self, sort: tuple[Any, ...], found: tuple[_Share, ...]) -> None:
        if len(self._known) >= _MOST_SORTS:
            self._known.clear()
        self._known[sort] = found

    def _judged(self, values: Sequence[Any]) -> Iterator[_Share]:
        """What the case adds to the months, judged as every other reader of its row judges it."""
        moments = {name: _moment(text) for name, text in zip(MOMENTS, values[_WHEN], strict=True)}
        counts = dict(zip(_COUNTS, values[_HOW_MUCH], strict=True))
        # For any one unit: it adds the same to each that it belongs to.
        row = FactRow(**{**_EMPTY, **moments, **counts, "acts": values[_ACTS], "department": "any"})
        for (mode, _family, month, _unit), columns in shares(row, self.start_day):
            yield mode, month, sum(value << _PLACES[name] for name, value in columns.items())


class _MonthsOfHours(dict[str, int]):
    """The place of the month that holds an hour, `YYYY-MM-DD HH` in UTC; each hour is looked up once."""

    def __init__(self, start_day: int) -> None:
        self._starts = _month_starts(start_day)

    def __missing__(self, hour: str) -> int:
        place = self[hour] = bisect_right(self._starts, hour)
        return place


@lru_cache(maxsize=28)
def _month_starts(start_day: int) -> list[str]:
    """The hours in which months begin, ascending."""
    month = month_of_day(_FIRST_DAY, start_day)
    found = []
    while month.start.year < _LAST_YEAR:
        found.append(str(month.start.astimezone(UTC))[:_HOUR])
        month = month_of_day(month.end.date(), start_day)
    return found


@lru_cache(maxsize=65_536)
def _units(*codes: str | None) -> tuple[tuple[str, str], ...]:
    """Family and name of each unit that a case belongs to; `codes` in the order of `_UNITS`."""
    own = dict(zip(_UNITS, codes, strict=True))
    named = ((family, unit_named(family, [own[key] for key in keys])) for family, keys in FAMILIES.items())
    return tuple((family, unit) for family, unit in named if unit is not None)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text[:_SECOND]).replace(tzinfo=UTC)


def _unpacked(packed: int) -> dict[str, int]:
    found = ((name, (packed >> place) & _LOWEST) for name, place in _PLACES.items())
    return {name: value for name, value in found if value}
