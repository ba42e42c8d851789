"""Draws for the played month: all from one seeded generator, in the order of the acts, so that a seed is a month."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from gridcase.demo.month.plan import Delay

T = TypeVar("T")


class Urn(Generic[T]):
    """A bag of things with weights, drawn from with replacement."""

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = [(thing, weight) for thing, weight in weighted if weight > 0]
        if not pairs:
            raise ValueError("an urn needs something with a weight above 0")
        self._things = [thing for thing, _weight in pairs]
        self._sums = list(accumulate(weight for _thing, weight in pairs))

    def draw(self, rng: Random) -> T:
        """One of the things."""
        at = bisect_right(self._sums, rng.random() * self._sums[-1])
        return self._things[min(at, len(self._things) - 1)]


def happens(rng: Random, share: float) -> bool:
    """True in `share` percent of the draws."""
    return rng.random() * 100 < share


def pick(rng: Random, things: Sequence[T]) -> T:
    """One of the things, each as likely as the others."""
    return things[int(rng.random() * len(things))]


def spread_about(rng: Random, median: float, spread: float) -> float:
    """A lognormal draw: half of them below `median`, `spread` the deviation of the logarithm."""
    return median * math.exp(rng.gauss(0.0, spread)) if spread else median


def minutes(rng: Random, delay: Delay) -> float:
    """Minutes until somebody acts; never less than half a minute, never more than twelve times the median."""
    median, spread = delay
    return min(max(spread_about(rng, median, spread), 0.5), 12 * median)
