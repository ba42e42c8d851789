"""The lamp of a clock: green, yellow or red by the share of its time that has passed."""

from __future__ import annotations

from datetime import datetime

from gridcase.clock.arithmetic import Course, span_of
from gridcase.clock.moments import second_of
from gridcase.clock.rules import ClockRules
from gridcase.clock.tables import Scale
from gridcase.clock.tasks import Stretch, Task

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
    scale = rules.measure(task.limit)
    start, holds = course.span.start, course.holds()
    passed = passed_outside(scale, (start, max(start, second)), holds)
    whole = passed_outside(scale, (start, due), holds)
    return YELLOW if passed * 100 >= yellow * whole else GREEN


def passed_outside(scale: Scale, stretch: Stretch, holds: tuple[Stretch, ...]) -> int:
    """Seconds of the scale in `stretch` that lie outside the holds."""
    start, end = stretch
    held = sum(scale.count(min(to, end)) - scale.count(begin) for begin, to in holds if begin < end)
    return scale.count(end) - scale.count(start) - held
