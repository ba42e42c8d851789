"""A due moment beside a bare bisect over a ready table of slot seconds: the least that any such clock must do."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from gridcase.clock import (
    CHINA,
    ClockRules,
    Extension,
    Hold,
    Task,
    due_moment,
    explain,
    load_calendar,
    make_rules,
    parse_limit,
)
from gridcase.config import Settings
from gridcase.resources import shipped_folder
from tests.bench.measuring import Line, Size, figure_at_most, ratio_at_most, take_turns

LIMITS = ("2紧急工作时", "4工作时", "12工作时", "1工作日", "3工作日", "7工作日", "15工作日")
TASKS = 70
FAR_STARTS = ((1900, 1, 2), (2026, 9, 30), (2199, 12, 30))
FAR_LIMITS = ("4工作时", "15工作日", "9999工作日", "2紧急工作时")
_SLOT_LIMITS = [text for text in LIMITS if "紧急" not in text]


def slot_table(rules: ClockRules) -> list[int]:
    """The counted second at the end of each slot of each working day from 1900 to 2299."""
    ends, total = [], 0
    for _ in rules.calendar.working_days:
        for start, end in rules.slots:
            total += end - start
            ends.append(total)
    return ends


def tasks(rng: Random, limits: list[str]) -> list[Task]:
    """Clocks that start at any second of 2026."""
    first = datetime(2026, 1, 1, tzinfo=CHINA)
    return [
        Task(first + timedelta(seconds=rng.randrange(365 * 86_400)), parse_limit(limits[at % len(limits)]))
        for at in range(TASKS)
    ]


def far_tasks() -> list[Task]:
    """Clocks at both ends of the calendar and in between, with short limits and the longest one."""
    starts = [datetime(year, month, day, 16, 30, tzinfo=CHINA) for year, month, day in FAR_STARTS]
    limits = [parse_limit(text) for text in FAR_LIMITS]
    kinds = [(start, limit) for start in starts for limit in limits]
    return [Task(*kinds[at % len(kinds)]) for at in range(TASKS)]


def with_holds(task: Task) -> Task:
    """The task held twice, and extended by its own limit when half an hour old."""
    minute = timedelta(minutes=1)
    holds = (
        Hold(task.start + 40 * minute, task.start + 50 * minute),
        Hold(task.start + 60 * minute, task.start + 3000 * minute),
    )
    return Task(task.start, task.limit, holds, (Extension(task.start + 30 * minute, task.limit),))


def measure(size: Size) -> Iterator[Line]:
    """Microseconds a due moment: plain, with holds and an extension, and with the lines that explain it."""
    clock = Settings().clock
    calendar = load_calendar(shipped_folder() / "workflows" / "calendars")
    rules = make_rules(calendar, clock.slots, clock.workday)
    rng = Random(9)
    plain, working = tasks(rng, list(LIMITS)), tasks(rng, _SLOT_LIMITS)
    held = [with_holds(task) for task in working]
    table = slot_table(rules)
    wanted = [rng.randrange(table[len(table) // 4], table[len(table) // 2]) for _ in range(TASKS)]

    def bare() -> None:
        for second in wanted:
            bisect_left(table, second)

    def due() -> None:
        for task in plain:
            due_moment(task, rules)

    far, to_the_end_of_day = far_tasks(), make_rules(calendar, clock.slots, "close_of_business")

    def due_far() -> None:
        for task in far:
            due_moment(task, rules)

    def due_far_by_days() -> None:
        for task in far:
            due_moment(task, to_the_end_of_day)

    def due_held() -> None:
        for task in held:
            due_moment(task, rules)

    def explained() -> None:
        for task in working:
            explain(task, rules)

    found = take_turns(
        {
            "due": due,
            "bare": bare,
            "far": due_far,
            "far by days": due_far_by_days,
            "held": due_held,
            "explained": explained,
        },
        operations=TASKS,
        size=size,
    )
    bounds = (figure_at_most(20), ratio_at_most(15))
    floor = "bisect over a ready table"
    yield Line("due moment without lines", floor, "µs", found["due"], found["bare"], bounds)
    yield Line("from 1900 to 2199, up to 9999 days", floor, "µs", found["far"], found["bare"], bounds)
    name = "the same, days ending at the close of business"
    yield Line(name, floor, "µs", found["far by days"], found["bare"], bounds)
    yield Line("with two holds and an extension", floor, "µs", found["held"], found["bare"])
    yield Line("explained line by line", floor, "µs", found["explained"], found["bare"])
