"""Which stretch of a clock counts and why: the pieces from the start to the due moment, as plain numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from gridcase.clock.arithmetic import Course
from gridcase.clock.calendars import WorkCalendar
from gridcase.clock.moments import DAY
from gridcase.clock.rules import ROUND_THE_CLOCK
from gridcase.clock.tasks import Stretch

SLOT = "slot"
CLOSING = "closing"
HOLD = "hold"
HOLIDAY = "holiday"
WEEKEND = "weekend"
OUTSIDE = "outside_slots"
START_DAY = "start_day"
COUNTED = frozenset({SLOT, ROUND_THE_CLOCK, CLOSING})
WHOLE_DAY = "whole_day"
"""Stands for all pieces of one working day from the first slot to the last, see `day_changes`."""

Piece = tuple[int, int, str, str]
"""A stretch (begin, end), its `why` and, for a holiday, its name (else empty)."""
Change = tuple[int, str, str]
"""From this second of the day on: `why` and name."""


def day_changes(slots: tuple[Stretch, ...]) -> list[Change]:
    """Where the verdict changes on a working day; slots that touch are one."""
    changes: list[Change] = [(0, OUTSIDE, "")]
    for begin, end in slots:
        if changes[-1][0] == begin:
            changes.pop()
        if not changes or changes[-1][1] != SLOT:
            changes.append((begin, SLOT, ""))
        changes.append((end, OUTSIDE, ""))
    return changes if changes[-1][0] < DAY else changes[:-1]


def whole_day_changes(slots: tuple[Stretch, ...]) -> list[Change]:
    """As `day_changes`, with everything from the first slot to the last as one `WHOLE_DAY`.

    Slots that reach midnight are left as they are: the next day may go on with them.
    """
    begin, end = slots[0][0], slots[-1][1]
    if end == DAY:
        return day_changes(slots)
    night: list[Change] = [(0, OUTSIDE, "")] if begin else []
    return [*night, (begin, WHOLE_DAY, ""), (end, OUTSIDE, "")]


def pieces(course: Course, due: int) -> Iterator[Piece]:
    """The pieces of a clock that counts seconds, without gap or overlap, each as long as can be.

    A working day without a hold comes as one `WHOLE_DAY`: limits of decades have tens of thousands of pieces.
    """
    is_wall = course.rules.family(course.span.limit) == ROUND_THE_CLOCK
    cursor = course.span.start
    for begin, end in (*course.holds(), (due, due)):
        if cursor < begin:
            if is_wall:
                yield cursor, begin, ROUND_THE_CLOCK, ""
            else:
                yield from _slot_pieces(course, (cursor, begin))
        if begin < end:
            yield begin, end, HOLD, ""
        cursor = end


def _slot_pieces(course: Course, stretch: Stretch) -> Iterator[Piece]:
    begin, end = stretch
    calendar, slots = course.rules.calendar, course.rules.slots
    part_of_day, whole_day = day_changes(slots), whole_day_changes(slots)
    why = name = ""
    for day in range(begin // DAY, (end - 1) // DAY + 1):
        midnight = day * DAY
        if calendar.flags[day]:
            is_whole = stretch[0] <= midnight and midnight + DAY <= end
            changes = whole_day if is_whole else part_of_day
        else:
            changes = [(0, *_day_off(calendar, day))]
        for offset, next_why, next_name in changes:
            moment = midnight + offset
            if moment >= end or (next_why == why and next_name == name):
                continue
            if moment > begin:
                yield begin, moment, why, name
                begin = moment
            why, name = next_why, next_name
    yield begin, end, why, name


def _day_off(calendar: WorkCalendar, day: int) -> tuple[str, str]:
    name = calendar.holidays.get(day)
    return (WEEKEND, "") if name is None else (HOLIDAY, name)


def days(course: Course, due: int) -> Iterator[Piece]:
    """One piece a calendar day of a closings clock, up to the closing moment `due`."""
    calendar, closing = course.rules.calendar, course.rules.closing
    first, begin = course.span.start // DAY, course.span.start
    for day in range(first, (due - 1) // DAY + 1):
        end = min(due, (day + 1) * DAY)
        why, name = CLOSING, ""
        if day == first:
            why = START_DAY
        elif not calendar.flags[day]:
            why, name = _day_off(calendar, day)
        elif _is_lost(day * DAY + closing, course.span.holds):
            why = HOLD
        yield begin, end, why, name
        begin = end


def _is_lost(moment: int, holds: tuple[Stretch, ...]) -> bool:
    """Whether a hold takes the closing moment: from < moment <= to (clock.md 4)."""
    place = bisect_left(holds, moment, key=_begin) - 1
    return place >= 0 and moment <= holds[place][1]


def _begin(hold: Stretch) -> int:
    return hold[0]
