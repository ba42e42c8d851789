"""Scales: how much each family of units has counted up to a second, and the second at which a count is full."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

from gridcase.clock.calendars import WorkCalendar
from gridcase.clock.moments import DAY, HORIZON
from gridcase.clock.refusals import ClockError


class Scale(Protocol):
    """A never-falling count over the seconds of China time from 1900 to 2299."""

    def origin(self, start: int) -> int:
        """The count from which a clock that starts in second `start` begins."""

    def count(self, second: int) -> int:
        """The count that is reached at `second`."""

    def moment(self, count: int) -> int:
        """The earliest second at which `count` is reached; raises ClockError `bad_limit` after 2299."""


def beyond_horizon() -> ClockError:
    """The refusal of a due moment after the year 2299 (clock.md 9, fault 11)."""
    return ClockError("bad_limit", "the due moment would lie after the year 2299")


class WallScale:
    """Round the clock: every second counts."""

    def origin(self, start: int) -> int:
        return start

    def count(self, second: int) -> int:
        return second

    def moment(self, count: int) -> int:
        if count >= HORIZON:
            raise beyond_horizon()
        return count


class SlotScale:
    """Slot time: seconds inside the slots of working days, from two tables of the calendar and one of the day."""

    def __init__(self, calendar: WorkCalendar, slots: Sequence[tuple[int, int]]) -> None:
        self._flags = calendar.flags
        self._days_before = calendar.days_before
        self._working_days = calendar.working_days
        self._starts = [start for start, _ in slots]
        self._lengths = [end - start for start, end in slots]
        self._full_at = list(accumulate(self._lengths))
        self._before = [0, *self._full_at[:-1]]
        self.day_seconds = self._full_at[-1]

    def origin(self, start: int) -> int:
        return self.count(start)

    def count(self, second: int) -> int:
        day, rest = divmod(second, DAY)
        counted = self._days_before[day] * self.day_seconds
        if self._flags[day]:
            slot = bisect_right(self._starts, rest) - 1
            if slot >= 0:
                inside = rest - self._starts[slot]
                length = self._lengths[slot]
                counted += self._before[slot] + (inside if inside < length else length)
        return counted

    def moment(self, count: int) -> int:
        number, rest = divmod(count - 1, self.day_seconds)
        try:
            day = self._working_days[number]
        except IndexError:
            raise beyond_horizon() from None
        slot = bisect_right(self._full_at, rest)
        second = day * DAY + self._starts[slot] + rest + 1 - self._before[slot]
        if second >= HORIZON:
            raise beyond_horizon()
        return second


class ClosingScale:
    """Closings: the number of closing moments (end of the last slot of a working day) reached (clock.md 4)."""

    def __init__(self, calendar: WorkCalendar, closing: int) -> None:
        self._days_before = calendar.days_before
        self._working_days = calendar.working_days
        self._closing = closing

    def origin(self, start: int) -> int:
        """All closings up to the end of the day of the start: that day never counts."""
        return self._days_before[start // DAY + 1]

    def count(self, second: int) -> int:
        day, rest = divmod(second, DAY)
        return self._days_before[day + (rest >= self._closing)]

    def moment(self, count: int) -> int:
        if count > len(self._working_days):
            raise beyond_horizon()
        second = self._working_days[count - 1] * DAY + self._closing
        if second >= HORIZON:
            raise beyond_horizon()
        return second
