"""The lamp of a clock: green, yellow or red by the share of its time that has passed."""

from __future__ import annotations

from datetime import datetime

from gridcase.clock.arithmetic import Course, due_moment, span_of
from gridcase.clock.held import HeldScale
from gridcase.clock.moments import HORIZON, moment_of, second_of
from gridcase.clock.rules import ClockRules
from gridcase.clock.tasks import Task

GREEN = "green"
YELLOW = "yellow"
RED = "red"


def lamp(task: Task, rules: ClockRules, *, now: datetime, yellow: int) -> str:
    """`green`, `yellow` or `red` at `now`; for a finished clock pass its finish as `now`.

    Yellow begins when exactly `yellow` percent of the time from start to due have passed outside holds,
    measured as working time (round-the-clock units: time), and lasts through the due second. Whether a hold is
    open is the caller's business. Raises as `due_moment` (source: clock.md 7).
    """
    course = Course(span_of(task, rules), rules)
    due, second = course.due(), second_of(now)
    if second > due:
        return RED
    measure, whole = _measured(course, due)
    return YELLOW if measure.used(second, whole) * 100 >= yellow * whole else GREEN


def due_and_yellow(task: Task, rules: ClockRules, *, yellow: int) -> tuple[datetime, datetime]:
    """The due moment, and the earliest second at which `lamp` answers yellow, never after it; both in China time.

    `yellow` is the percentage of the setting `lamp.yellow`. Raises as `due_moment` (source: clock.md 7).
    """
    if task.holds or task.extensions:
        course = Course(span_of(task, rules), rules)
        due, start = course.due(), course.span.start
        measure, whole = _measured(course, due)
        share = _yellow_share(whole, yellow)
        return moment_of(due), moment_of(measure.moment(share) if share > 0 else start)
    # Nearly every clock that starts: without holds the scale itself is the measure.
    due_at, scale = due_moment(task, rules), rules.measure(task.limit)
    start = second_of(task.start)
    origin = scale.origin(start)
    share = _yellow_share(scale.count(second_of(due_at)) - origin, yellow)
    return due_at, moment_of(scale.moment(origin + share) if share > 0 else start)


def _yellow_share(whole: int, yellow: int) -> int:
    """From how much on of the whole it is yellow."""
    return min(whole, -(-yellow * whole // 100))


def _measured(course: Course, due: int) -> tuple[HeldScale, int]:
    """The scale of the lamp without the holds that matter, and what it counts from the start to `due`."""
    scale = course.rules.measure(course.span.limit)
    measure = HeldScale(scale, course.span.start, course.holds())
    return measure, measure.used(due, HORIZON)
