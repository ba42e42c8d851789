"""The moment from which a clock's lamp is yellow, so that lists can be filtered by lamp in the database."""

from __future__ import annotations

from datetime import datetime

from gridcase.clock.arithmetic import Course, span_of
from gridcase.clock.lamps import passed_outside
from gridcase.clock.moments import moment_of
from gridcase.clock.rules import ClockRules
from gridcase.clock.tasks import Task


def yellow_moment(task: Task, rules: ClockRules, *, yellow: int) -> datetime:
    """The earliest second, in China time, at which `lamp` answers yellow; never after the due moment.

    `yellow` is the percentage of the setting `lamp.yellow`. Raises as `due_moment` (source: clock.md 7).
    """
    course = Course(span_of(task, rules), rules)
    due = course.due()
    scale, start, holds = rules.measure(task.limit), course.span.start, course.holds()
    wanted = passed_outside(scale, (start, due), holds) * yellow
    low, high = start, due
    # The share never falls, so the first second that reaches it is found by halving.
    while low < high:
        middle = (low + high) // 2
        if passed_outside(scale, (start, middle), holds) * 100 >= wanted:
            high = middle
        else:
            low = middle + 1
    return moment_of(low)
