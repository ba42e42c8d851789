"""Lines of thirteen months as pages draw them: places in the picture, marks, breaks where the rules changed; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from gridcase.evaluation.bulletin.earlier import before

# This month, the twelve before it: the first slot is the same month of the year before.
SLOTS = 13
NOW, LAST, YEAR = "now", "last", "year"


@dataclass(frozen=True, slots=True)
class Box:
    """The picture in its own units: where the lines may lie, and the least span and step of what they measure."""

    left: float
    top: float
    right: float
    bottom: float
    step: int = 5

    def x(self, slot: int) -> float:
        """The place of a month."""
        return round(self.left + (self.right - self.left) * slot / (SLOTS - 1), 1)

    def y(self, value: Fraction, low: Fraction, high: Fraction) -> float:
        """The place of a value between the lowest and the highest one."""
        return round(float(self.bottom - (self.bottom - self.top) * float((value - low) / (high - low))), 1)


@dataclass(frozen=True, slots=True)
class Dot:
    """One month of a line; `mark` tells what a leader compares: now, last, year."""

    period: str
    x: float
    y: float
    is_frozen: bool
    mark: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its months, and the pieces between breaks and gaps as the `points` of polylines."""

    dots: tuple[Dot, ...]
    runs: tuple[str, ...]

    @property
    def marked(self) -> tuple[Dot, ...]:
        """The months that are compared, this month last so that it lies on top."""
        order = (YEAR, LAST, NOW)
        return tuple(sorted((dot for dot in self.dots if dot.mark), key=lambda dot: order.index(dot.mark)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One or more lines on the same ground; `low`, `high` are the values at its edges, `ticks` the places of the months,
    `breaks` those where the rules changed."""

    lines: tuple[Line, ...]
    low: Fraction
    high: Fraction
    ticks: tuple[tuple[float, str], ...]
    breaks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Months:
    """The names of the slots, the frozen ones among them, and those after which other rules began."""

    names: tuple[str, ...]
    frozen: frozenset[str]
    broken_after: frozenset[str]


def months_to(period: str) -> tuple[str, ...]:
    """The names of the thirteen months that end with this one."""
    found = [period]
    while len(found) < SLOTS and (earlier := before(found[-1])) is not None:
        found.append(earlier)
    return tuple(reversed(found))


def draw(lines: Sequence[Mapping[str, Fraction]], months: Months, box: Box) -> Drawn | None:
    """The lines, each as values by month; None when there is no value at all."""
    values = [value for line in lines for value in line.values()]
    if not values:
        return None
    low, high = _edges(values, box.step)
    first = SLOTS - len(months.names)
    places = {name: box.x(first + at) for at, name in enumerate(months.names)}

    def height(value: Fraction) -> float:
        return box.y(value, low, high)

    drawn = tuple(_line(line, months, places, height=height) for line in lines)
    breaks = tuple(
        round((places[one] + places[other]) / 2, 1)
        for one, other in pairwise(months.names)
        if one in months.broken_after
    )
    ticks = tuple((place, name) for name, place in places.items())
    return Drawn(drawn, low, high, ticks, breaks)


def _edges(values: Sequence[Fraction], step: int) -> tuple[Fraction, Fraction]:
    """Whole steps around the values, at least two: what hardly moves must not look as if it leapt."""
    low, high = floor(min(values) / step) * step, ceil(max(values) / step) * step
    while high - low < 2 * step:
        if low > 0:
            low -= step
        else:
            high += step
    return Fraction(low), Fraction(high)


def _line(
    line: Mapping[str, Fraction],
    months: Months,
    places: Mapping[str, float],
    *,
    height: Callable[[Fraction], float],
) -> Line:
    dots = {
        name: Dot(name, places[name], height(line[name]), name in months.frozen, _mark(name, months))
        for name in months.names
        if name in line
    }
    runs = [" ".join(f"{dot.x},{dot.y}" for dot in run) for run in _runs(dots, months) if len(run) > 1]
    return Line(tuple(dots.values()), tuple(runs))


def _runs(dots: Mapping[str, Dot], months: Months) -> Iterator[list[Dot]]:
    """What is joined: neighbours that were published, and the month at the end with the one before it.

    A past month that nobody has published stands alone: no line leads to what nothing is compared with.
    """
    run: list[Dot] = []
    for name in months.names:
        is_joined = name in dots and _is_compared(name, months)
        if is_joined:
            run.append(dots[name])
        if not is_joined or name in months.broken_after:
            yield run
            run = []
    yield run


def _is_compared(name: str, months: Months) -> bool:
    return name in months.frozen or name == months.names[-1]


def _mark(name: str, months: Months) -> str:
    if not _is_compared(name, months):
        return ""
    at = len(months.names) - 1 - months.names.index(name)
    return {0: NOW, 1: LAST, SLOTS - 1: YEAR}.get(at, "")
