"""The days of a played month, and where its clock stands afterwards."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from gridcase.clock import CHINA, CalendarRow, WorkCalendar, load_calendar
from gridcase.demo.month.span import Span, span_of
from gridcase.errors import Invalid
from gridcase.resources import shipped_folder

CALENDAR = load_calendar(shipped_folder() / "workflows" / "calendars")


def local(moment: datetime) -> str:
    return moment.astimezone(CHINA).isoformat()[:16]


def october(calendar: WorkCalendar = CALENDAR, start_day: int = 1) -> Span:
    return span_of("2026-10", calendar, start_day=start_day, warm_up_days=5)


def test_the_clock_stands_at_nine_on_the_first_working_day_after_the_period() -> None:
    assert local(october().stands) == "2026-11-02T09:00"
    # A make-up day on the Sunday after the period is a working day like any other.
    made_up = WorkCalendar([CalendarRow(date(2026, 11, 1), "workday", "")])
    assert local(october(made_up).stands) == "2026-11-01T09:00"
    # The long holiday: September ends, and work begins again on the eighth of October.
    assert local(span_of("2026-09", CALENDAR, start_day=1, warm_up_days=0).stands) == "2026-10-08T09:00"


def test_reports_begin_some_days_before_the_period() -> None:
    span = october()

    assert (local(span.opens), local(span.start), local(span.end)) == (
        "2026-09-26T00:00",
        "2026-10-01T00:00",
        "2026-11-01T00:00",
    )
    assert (span.days()[0], span.days()[-1]) == (date(2026, 9, 26), date(2026, 11, 2))


def test_a_month_that_starts_on_another_day_is_named_after_its_last_day() -> None:
    span = october(start_day=26)

    assert (local(span.start), local(span.end)) == ("2026-09-26T00:00", "2026-10-26T00:00")
    assert local(span.stands) == "2026-10-26T09:00"


@pytest.mark.parametrize("text", ["2026", "2026-W40", "2026-Q4", "2026-10-05", "2026-13", "October", ""])
def test_only_months_are_played(text: str) -> None:
    with pytest.raises(Invalid, match="bad_period"):
        span_of(text, CALENDAR, start_day=1, warm_up_days=5)
