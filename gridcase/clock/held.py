"""A scale with the holds of one clock cut out of it: what is used at a moment, and when a total is reached."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from gridcase.clock.tables import Scale
from gridcase.clock.tasks import Stretch


class HeldScale:
    """`scale` from `start` on, without what falls into `holds` (merged and ascending).

    `used_at[i]` is what is used at the beginning of hold i (clock.md 5.2), `lost[i]` what the scale counts
    inside the holds before hold i. Both never fall, so that any total is found by one bisection.
    """

    def __init__(self, scale: Scale, start: int, holds: tuple[Stretch, ...]) -> None:
        self._scale = scale
        self._start = start
        self._origin = scale.origin(start)
        self._holds = holds
        self._lost = [0]
        self._used_at: list[int] = []
        for begin, end in holds:
            at_begin, at_end = self._since(begin), self._since(end)
            self._used_at.append(at_begin - self._lost[-1])
            self._lost.append(self._lost[-1] + at_end - at_begin)

    def _since(self, second: int) -> int:
        return max(0, self._scale.count(second) - self._origin)

    def holds(self, total: int) -> tuple[Stretch, ...]:
        """The holds that begin before `total` is reached: only they matter (clock.md 5.4)."""
        return self._holds[: bisect_left(self._used_at, total)]

    def moment(self, total: int) -> int:
        """The earliest second at which `total` (more than 0) is used; ClockError `bad_limit` after 2299."""
        lost = self._lost[bisect_left(self._used_at, total)]
        return self._scale.moment(self._origin + total + lost)

    def used(self, second: int, total: int) -> int:
        """What is used at `second` by a clock of `total`: holds from its due moment on change nothing."""
        if second <= self._start:
            return 0
        holds = self.holds(total)
        place = bisect_right(holds, second, key=_begin)
        if place and second < holds[place - 1][1]:
            return self._used_at[place - 1]
        return self._since(second) - self._lost[place]


def _begin(hold: Stretch) -> int:
    return hold[0]
