"""When problems are reported: a stream of moments that follows the hours of the day, the weekday and the holidays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from gridcase.clock import CHINA, WorkCalendar
from gridcase.demo.month.plan import Arrivals

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report to come; `is_patrol` when an inspector finds it, else somebody calls, writes or orders."""

    at: datetime
    is_patrol: bool


@dataclass(frozen=True, slots=True)
class Load:
    """How many reports there are, and the part of them (0 to 1) that inspectors find."""

    count: int
    patrol: float


@dataclass(frozen=True, slots=True)
class _Slice:
    """One hour with its weights; `before` is the weight of all hours before it."""

    start: datetime
    before: float
    patrol: float
    public: float

    @property
    def weight(self) -> float:
        return self.patrol + self.public


def arrivals(
    plan: Arrivals, calendar: WorkCalendar, rng: Random, *, span: tuple[datetime, datetime], load: Load
) -> Iterator[Arrival]:
    """Exactly `load.count` arrivals in `[span[0], span[1])`, in order of time and one at a time.

    Given their number, the points of a Poisson process are ordered uniform draws over its total weight; each is
    made from the one before, so that none waits in memory.
    """
    slices = _slices(plan, calendar, span=span, load=load)
    total = slices[-1].before + slices[-1].weight
    left, reached, at = load.count, 0.0, 0
    while left:
        reached = 1 - (1 - reached) * (1 - rng.random()) ** (1 / left)
        left -= 1
        weight = reached * total
        while at + 1 < len(slices) and slices[at + 1].before <= weight:
            at += 1
        yield _arrival(slices[at], weight, rng)


def _arrival(hour: _Slice, weight: float, rng: Random) -> Arrival:
    part = min(max((weight - hour.before) / hour.weight, 0.0), 1.0) if hour.weight else 0.0
    second = min(int(part * 3600), 3599)
    return Arrival(hour.start + timedelta(seconds=second), rng.random() * hour.weight < hour.patrol)


def _slices(
    plan: Arrivals, calendar: WorkCalendar, *, span: tuple[datetime, datetime], load: Load
) -> list[_Slice]:
    """The hours of the span; both kinds of reports get their part of the whole, whatever their hours are."""
    hours = []
    at = span[0]
    while at < span[1]:
        local = at.astimezone(CHINA)
        day = plan.holiday if calendar.holiday_name(local.date()) else 1.0
        weekday = local.weekday()
        patrol = plan.patrol_hours[local.hour] * plan.patrol_week[weekday] * day
        public = plan.public_hours[local.hour] * plan.public_week[weekday] * day
        hours.append((at, patrol, public))
        at += _HOUR
    patrols = sum(patrol for _at, patrol, _public in hours) or 1.0
    publics = sum(public for _at, _patrol, public in hours) or 1.0
    slices, before = [], 0.0
    for start, patrol, public in hours:
        made = _Slice(start, before, load.patrol * patrol / patrols, (1 - load.patrol) * public / publics)
        slices.append(made)
        before += made.weight
    return slices
