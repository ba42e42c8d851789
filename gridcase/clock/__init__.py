"""The clock (时限): limits, calendars, holds and extensions, the due moment and why it is so."""

from gridcase.clock.arithmetic import counted, due_moment, is_on_time, overdue_seconds
from gridcase.clock.batch import answer, answer_line, answers, refusal
from gridcase.clock.calendar_changes import calendar_changes, with_years_replaced
from gridcase.clock.calendars import (
    CalendarRow,
    WorkCalendar,
    load_calendar,
    load_calendar_rows,
    parse_calendar,
)
from gridcase.clock.explanation import Explanation, explain
from gridcase.clock.lamps import due_and_yellow, lamp
from gridcase.clock.limits import Limit, Unit, parse_limit
from gridcase.clock.moments import CHINA
from gridcase.clock.printing import readable
from gridcase.clock.refusals import ClockError
from gridcase.clock.rules import ClockRules, make_rules
from gridcase.clock.tasks import Extension, Hold, Task

__all__ = [
    "CHINA",
    "CalendarRow",
    "ClockError",
    "ClockRules",
    "Explanation",
    "Extension",
    "Hold",
    "Limit",
    "Task",
    "Unit",
    "WorkCalendar",
    "answer",
    "answer_line",
    "answers",
    "calendar_changes",
    "counted",
    "due_and_yellow",
    "due_moment",
    "explain",
    "is_on_time",
    "lamp",
    "load_calendar",
    "load_calendar_rows",
    "make_rules",
    "overdue_seconds",
    "parse_calendar",
    "parse_limit",
    "readable",
    "refusal",
    "with_years_replaced",
]
