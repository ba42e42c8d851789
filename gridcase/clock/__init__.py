"""The clock (时限): limits, calendars, holds and extensions, the due moment and why it is so."""

from gridcase.clock.arithmetic import counted, due_moment, is_on_time, overdue_seconds
from gridcase.clock.calendars import CalendarRow, WorkCalendar, load_calendar, parse_calendar
from gridcase.clock.lamps import lamp
from gridcase.clock.limits import Limit, Unit, parse_limit
from gridcase.clock.moments import CHINA
from gridcase.clock.refusals import ClockError
from gridcase.clock.rules import ClockRules, make_rules
from gridcase.clock.tasks import Extension, Hold, Task

__all__ = [
    "CHINA",
    "CalendarRow",
    "ClockError",
    "ClockRules",
    "Extension",
    "Hold",
    "Limit",
    "Task",
    "Unit",
    "WorkCalendar",
    "counted",
    "due_moment",
    "is_on_time",
    "lamp",
    "load_calendar",
    "make_rules",
    "overdue_seconds",
    "parse_calendar",
    "parse_limit",
]
