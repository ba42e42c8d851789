"""Self-handled cases that one inspector reported at one place within minutes: found by moments alone, no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby


@dataclass(frozen=True, slots=True, order=True)
class SelfHandled:
    """A case that an inspector settled on the spot. Ordered by inspector, cell, moment, number."""

    inspector: str
    cell: str
    at: datetime
    number: str


@dataclass(frozen=True, slots=True)
class Burst:
    """Cases of one inspector in one cell, so close together that any window of them is too full."""

    cases: tuple[SelfHandled, ...]

    @property
    def inspector(self) -> str:
        return self.cases[0].inspector

    @property
    def first(self) -> SelfHandled:
        return self.cases[0]

    @property
    def last(self) -> SelfHandled:
        return self.cases[-1]


def bursts(cases: Iterable[SelfHandled], *, at_least: int, minutes: int) -> list[Burst]:
    """The bursts in order: windows of `minutes` (both ends included) with `at_least` cases or more.

    Windows that share a case are one burst. A cell is about a hundred metres wide: one place.
    """
    found = []
    for _key, own in groupby(sorted(cases), key=lambda case: (case.inspector, case.cell)):
        found += [Burst(tuple(part)) for part in _full_parts(list(own), at_least, timedelta(minutes=minutes))]
    return found


def _full_parts(cases: list[SelfHandled], at_least: int, width: timedelta) -> Iterator[list[SelfHandled]]:
    """Runs of cases that lie in a full window each."""
    start, end, first = -1, -1, 0
    for last, case in enumerate(cases):
        while case.at - cases[first].at > width:
            first += 1
        if last - first + 1 < at_least:
            continue
        if first > end:
            if end >= 0:
                yield cases[start : end + 1]
            start = first
        end = last
    if end >= 0:
        yield cases[start : end + 1]
