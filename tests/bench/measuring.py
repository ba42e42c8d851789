"""Measures a figure and its floor in turns, round by round, so that a busy machine slows both alike."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

Work = Callable[[], object]


@dataclass(frozen=True)
class Size:
    """How much is measured. `round_s` is how long one round of one side lasts at least, in seconds.

    `requests` is how many the clients send together in one round of load.
    Many short rounds: most of them are over before the machine turns to something else, and the median is of those.
    """

    name: str
    rounds: int
    round_s: float
    cold_rounds: int
    cases: int
    load_rounds: int
    requests: int


SIZES = {
    "normal": Size(
        "normal", rounds=301, round_s=0.002, cold_rounds=5, cases=1_000_000, load_rounds=7, requests=800
    ),
    "big": Size(
        "big", rounds=301, round_s=0.002, cold_rounds=5, cases=10_000_000, load_rounds=7, requests=800
    ),
    "tiny": Size("tiny", rounds=3, round_s=0.0, cold_rounds=1, cases=200, load_rounds=1, requests=64),
}


@dataclass(frozen=True)
class Wanted:
    """A bound that the figure itself or its ratio to the floor is to keep."""

    bound: float
    is_ratio: bool = True
    is_least: bool = False

    def is_kept(self, figure: float, ratio: float | None) -> bool:
        value = ratio if self.is_ratio else figure
        if value is None:
            raise ValueError("a bound on a ratio needs a floor")
        return value >= self.bound if self.is_least else value <= self.bound


@dataclass(frozen=True)
class Line:
    """One row of the answer: figure and floor in `unit`, one value a round, and what is wanted of them."""

    what: str
    beside: str
    unit: str
    figures: Sequence[float]
    floors: Sequence[float] = ()
    wanted: tuple[Wanted, ...] = ()

    @property
    def figure(self) -> float:
        """The median over the rounds."""
        return statistics.median(self.figures)

    @property
    def floor(self) -> float | None:
        """The median over the rounds, None when there is nothing to compare with."""
        return statistics.median(self.floors) if self.floors else None

    @property
    def ratios(self) -> list[float]:
        """Figure by floor, round by round: both sides of a round had the same machine."""
        return [figure / floor for figure, floor in zip(self.figures, self.floors, strict=bool(self.floors))]

    @property
    def ratio(self) -> float | None:
        """The median of `ratios`; on a busy machine steadier than the ratio of the medians."""
        return statistics.median(self.ratios) if self.floors else None

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of the ratios; of the figures when there is no floor."""
        values = self.ratios if self.floors else self.figures
        if len(values) < 2:
            return values[0], values[0]
        first, _, third = statistics.quantiles(values, n=4, method="inclusive")
        return first, third

    def is_kept(self) -> bool:
        """Whether everything wanted is so."""
        return all(wanted.is_kept(self.figure, self.ratio) for wanted in self.wanted)


def ratio_at_most(bound: float) -> Wanted:
    """Figure by floor is at most `bound`."""
    return Wanted(bound)


def ratio_at_least(bound: float) -> Wanted:
    """Figure by floor is at least `bound`."""
    return Wanted(bound, is_least=True)


def figure_at_most(bound: float) -> Wanted:
    """The figure itself, in the unit of its line, is at most `bound`."""
    return Wanted(bound, is_ratio=False)


def take_turns(sides: Mapping[str, Work], *, operations: int, size: Size) -> dict[str, list[float]]:
    """Microseconds an operation of each side, one value a round; `operations` is how many one call does.

    The order of the sides turns around from round to round, and collection of garbage is off while they run.
    """
    with _no_garbage():
        counts = {name: _calls_in(work, size.round_s) for name, work in sides.items()}
        found: dict[str, list[float]] = {name: [] for name in sides}
        order = list(sides)
        for _ in range(size.rounds):
            for name in order:
                seconds = _timed(sides[name], counts[name])
                found[name].append(seconds / counts[name] / operations * 1e6)
            order.reverse()
            gc.collect()
    return found


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Collection only when asked for, and then only of what came since."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _calls_in(work: Work, seconds: float) -> int:
    """How many calls last `seconds`, after one to warm up."""
    work()
    calls = 1
    while (took := _timed(work, calls)) < seconds:
        calls = max(calls + 1, round(calls * min(8.0, 1.1 * seconds / max(took, 1e-9))))
    return calls


def _timed(work: Work, calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        work()
    return perf_counter() - start
