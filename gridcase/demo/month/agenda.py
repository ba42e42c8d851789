"""What is going to happen: acts by moment, each on one case, in a heap that never holds more than the open work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from gridcase.demo.month.course import Act, Course


@dataclass(order=True, slots=True)
class Entry:
    """An act at a moment; acts of one moment happen in the order in which they were planned."""

    at: datetime
    order: int
    act: Act = field(compare=False)
    course: Course = field(compare=False)
    turn: int | None = field(compare=False)

    @property
    def is_off(self) -> bool:
        """Whether the plan changed since: the case is over, or another turn of it began."""
        return self.course.is_over or (self.turn is not None and self.turn != self.course.turn)


class Agenda:
    """A heap of entries."""

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._order = 0

    def __len__(self) -> int:
        return len(self._heap)

    def plan(self, at: datetime, act: Act, course: Course, *, is_lasting: bool = False) -> None:
        """Put an act on the agenda, at a whole second as the register stores moments.

        A lasting one happens also when the plan of the case has changed meanwhile.
        """
        at = at.replace(microsecond=0)
        self._order += 1
        heappush(self._heap, Entry(at, self._order, act, course, None if is_lasting else course.turn))

    def next_before(self, end: datetime) -> Entry | None:
        """Take the next entry before `end` that is still on, or answer None."""
        while self._heap and self._heap[0].at < end:
            entry = heappop(self._heap)
            if not entry.is_off:
                return entry
        return None
