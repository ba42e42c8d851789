"""A slow second opinion on the clock: it walks from cell to cell, or from day to day, and does no arithmetic.

A cell is one step of time (a second, a minute, …) that lies wholly inside or outside every slot and hold. Nothing
of `gridcase.clock` is used here but its plain data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

WALL = {"紧急工作时": 1, "紧急工作日": 24, "自然日": 24}
Verdict = tuple[bool, str, str]


@dataclass(frozen=True)
class World:
    """What is in force: slots as minutes of the day, rows by date (kind, name), the reading, and the step."""

    slots: tuple[tuple[int, int], ...]
    rows: Mapping[date, tuple[str, str]]
    workday: str
    step: timedelta


@dataclass(frozen=True)
class Question:
    """A clock; amounts as (number of steps of an hour unit or days of a day unit, unit)."""

    start: datetime
    limit: tuple[int, str]
    holds: tuple[tuple[datetime, datetime], ...] = ()
    extensions: tuple[tuple[datetime, tuple[int, str]], ...] = ()


@dataclass(frozen=True)
class Walked:
    """Where the walk ended and what it passed: intervals as (from, to, counted, why, name, used)."""

    due: datetime
    intervals: list[tuple[datetime, datetime, bool, str, str, int]] = field(default_factory=list)


def is_working(world: World, on: date) -> bool:
    kind = world.rows.get(on, ("", ""))[0]
    return kind == "workday" or (kind != "holiday" and on.weekday() < 5)


def is_held(question: Question, moment: datetime) -> bool:
    return any(begin <= moment < end for begin, end in question.holds)


def in_slot(world: World, moment: datetime) -> bool:
    minute = moment.hour * 60 + moment.minute
    return is_working(world, moment.date()) and any(begin <= minute < end for begin, end in world.slots)


def verdict(world: World, question: Question, moment: datetime) -> Verdict:
    """Whether the cell that begins at `moment` counts, why, and the name of the holiday."""
    if is_held(question, moment):
        return False, "hold", ""
    if question.limit[1] in WALL:
        return True, "round_the_clock", ""
    if not is_working(world, moment.date()):
        kind, name = world.rows.get(moment.date(), ("", ""))
        return (False, "holiday", name) if kind == "holiday" else (False, "weekend", "")
    return (True, "slot", "") if in_slot(world, moment) else (False, "outside_slots", "")


def cells_in(world: World, amount: tuple[int, str]) -> int:
    """How many counted cells an amount is, in a clock that counts time."""
    number, unit = amount
    if unit.endswith("时"):
        return number
    if unit in WALL:
        return number * int(timedelta(hours=24) / world.step)
    return number * sum(int(timedelta(minutes=end - begin) / world.step) for begin, end in world.slots)


def is_closings(world: World, question: Question) -> bool:
    return world.workday == "close_of_business" and question.limit[1] == "工作日"


def walk(world: World, question: Question, amounts: list[tuple[int, str]]) -> Walked:
    """The due moment and the intervals for the sum of `amounts`."""
    if is_closings(world, question):
        return _walk_days(world, question, sum(number for number, _ in amounts))
    total = sum(cells_in(world, amount) for amount in amounts)
    cells: list[tuple[datetime, Verdict]] = []
    moment, used = question.start, 0
    while used < total:
        found = verdict(world, question, moment)
        cells.append((moment, found))
        used += found[0]
        moment += world.step
    return Walked(moment, list(_joined(cells, world.step)))


def _joined(cells: list[tuple[datetime, Verdict]], step: timedelta) -> Iterator[Any]:
    used = 0
    for found, group in groupby(cells, key=lambda cell: cell[1]):
        moments = [moment for moment, _ in group]
        used += len(moments) * int(step.total_seconds()) * found[0]
        yield moments[0], moments[-1] + step, *found, used


def closing_of(world: World, day: date, zone: datetime) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone.tzinfo)
    return midnight + timedelta(minutes=world.slots[-1][1])


def _walk_days(world: World, question: Question, total: int) -> Walked:
    day, used = question.start.date(), 0
    intervals: list[tuple[datetime, datetime, bool, str, str, int]] = []
    begin = question.start
    while True:
        closing = closing_of(world, day, question.start)
        counts, why, name = False, "start_day", ""
        if day > question.start.date():
            kind, row_name = world.rows.get(day, ("", ""))
            if not is_working(world, day):
                why, name = ("holiday", row_name) if kind == "holiday" else ("weekend", "")
            elif any(hold_begin < closing <= hold_end for hold_begin, hold_end in question.holds):
                why = "hold"
            else:
                counts, why = True, "closing"
        used += counts
        day += timedelta(days=1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=question.start.tzinfo)
        end = closing if used == total else midnight
        intervals.append((begin, end, counts, why, name, used))
        if used == total:
            return Walked(closing, intervals)
        begin = midnight


def answer(world: World, question: Question) -> Walked | str:
    """The walk for limit and extensions, or the code with which an extension is refused."""
    family = _family(world, question.limit[1])
    for asked_at, (_, unit) in question.extensions:
        if _family(world, unit) != family:
            return "extension_unit"
        if asked_at < question.start:
            return "extension_before_start"
        if is_held(question, asked_at):
            return "extension_during_hold"
    amounts = [question.limit]
    for asked_at, amount in sorted(question.extensions, key=lambda one: one[0]):
        if asked_at > walk(world, question, amounts).due:
            return "extension_after_due"
        amounts.append(amount)
    return walk(world, question, amounts)


def _family(world: World, unit: str) -> str:
    if unit in WALL:
        return "round the clock"
    return "closings" if unit == "工作日" and world.workday == "close_of_business" else "slots"


def used_at(world: World, question: Question, moment: datetime, due: datetime) -> int:
    """Counted seconds, or days, from the start to `moment`; holds that begin at or after `due` do not count."""
    holds = tuple(hold for hold in question.holds if hold[0] < due)
    early = Question(question.start, question.limit, holds)
    if not is_closings(world, question):
        return _seconds(world, early, moment, is_wall=question.limit[1] in WALL)
    days = (moment.date() - question.start.date()).days
    closings = [
        closing_of(world, question.start.date() + timedelta(days=ahead + 1), moment) for ahead in range(days)
    ]
    return sum(
        closing <= moment
        and is_working(world, (closing - timedelta(seconds=1)).date())
        and not any(begin < closing <= end for begin, end in holds)
        for closing in closings
    )


def _seconds(world: World, question: Question, moment: datetime, *, is_wall: bool) -> int:
    used, cell = 0, question.start
    while cell < moment:
        used += not is_held(question, cell) and (is_wall or in_slot(world, cell))
        cell += world.step
    return used * int(world.step.total_seconds())


def lamp_at(world: World, question: Question, moment: datetime, due: datetime) -> str:
    """The lamp with yellow from 80 percent."""
    if moment > due:
        return "red"
    is_wall = question.limit[1] in WALL
    passed = _seconds(world, question, moment, is_wall=is_wall)
    whole = _seconds(world, question, due, is_wall=is_wall)
    return "yellow" if passed * 100 >= 80 * whole else "green"
