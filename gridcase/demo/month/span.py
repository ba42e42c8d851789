"""The days of a played month: when reports begin, the period itself, and where the clock of the demo stands after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from gridcase.clock import CHINA, WorkCalendar
from gridcase.errors import Invalid
from gridcase.evaluation.periods import parse_period

_DESKS_OPEN = time(9)


@dataclass(frozen=True, slots=True)
class Span:
    """Moments in UTC: the first report, the period `[start, end)`, and where the clock stands afterwards."""

    opens: datetime
    start: datetime
    end: datetime
    stands: datetime

    def days(self) -> list[date]:
        """The China dates from the first report to the last act, in order."""
        first, last = self.opens.astimezone(CHINA).date(), self.stands.astimezone(CHINA).date()
        return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def span_of(text: str, calendar: WorkCalendar, *, start_day: int, warm_up_days: int) -> Span:
    """The span of a month such as `2026-10` (evaluation.md 2).

    The clock stands at 09:00 of the first working day after the period (api.md 3). Raises Invalid `bad_period`.
    """
    period = parse_period(text, start_day=start_day)
    if period.kind != "month":
        raise Invalid("bad_period", f"{text!r} is no month such as 2026-10", text=text)
    stands = period.end.date()
    while not calendar.is_working(stands):
        stands += timedelta(days=1)
    return Span(
        opens=midnight(period.first_day - timedelta(days=warm_up_days)),
        start=period.span.start,
        end=period.span.end,
        stands=datetime.combine(stands, _DESKS_OPEN, CHINA).astimezone(UTC),
    )


def midnight(on: date) -> datetime:
    """00:00 China time of a date, in UTC."""
    return datetime.combine(on, time(), CHINA).astimezone(UTC)
