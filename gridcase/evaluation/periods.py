"""Periods of evaluation: days, weeks, months from the start day, and sums of months (evaluation.md 2)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from gridcase.clock import CHINA
from gridcase.errors import Invalid
from gridcase.facts.selection import Span

_FORMS: dict[str, re.Pattern[str]] = {
    "day": re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    "week": re.compile(r"([0-9]{4})-W([0-9]{2})"),
    "month": re.compile(r"([0-9]{4})-([0-9]{2})"),
    "quarter": re.compile(r"([0-9]{4})-Q([1-4])"),
    "half": re.compile(r"([0-9]{4})-H([12])"),
    "year": re.compile(r"([0-9]{4})"),
}
_MONTHS_IN = {"quarter": 3, "half": 6, "year": 12}
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Period:
    """A period `[start, end)` in China time. `months` holds the months of a quarter or longer, else nothing."""

    name: str
    kind: str
    start: datetime
    end: datetime
    months: tuple[Period, ...] = ()

    @property
    def span(self) -> Span:
        """The half-open interval in UTC."""
        return Span(self.start.astimezone(UTC), self.end.astimezone(UTC))

    @property
    def first_day(self) -> date:
        """The China date on which the period begins."""
        return self.start.date()

    @property
    def last_day(self) -> date:
        """The last China date of the period."""
        return (self.end - timedelta(days=1)).date()


def parse_period(text: str, *, start_day: int = 1) -> Period:
    """`2026-10-05`, `2026-W43`, `2026-10`, `2026-Q4`, `2026-H2` or `2026`.

    A month is named after the calendar month of its last day: with `start_day` (1 to 28) 26, `2026-10` is
    `[2026-09-26, 2026-10-26)`. Weeks are those of ISO 8601. Raises Invalid `bad_period`.
    """
    for kind, form in _FORMS.items():
        match = form.fullmatch(text)
        if match:
            try:
                return _make(kind, text, [int(part) for part in match.groups()], start_day=start_day)
            except ValueError:
                break
    raise Invalid(
        "bad_period", f"{text!r} is no period such as 2026-10, 2026-10-05, 2026-W43, 2026-Q4", text=text
    )


def period_of(moment: datetime, *, start_day: int = 1) -> Period:
    """The month that holds the moment."""
    day = moment.astimezone(CHINA).date()
    year, month = day.year, day.month
    if start_day > 1 and day.day >= start_day:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return _month(f"{year:04}-{month:02}", [year, month], start_day)


def last_month(today: date, start_day: int) -> str:
    """The name of the month before the one that `today` lies in; a month is named after its last day."""
    months = today.year * 12 + today.month - 1
    if start_day > 1 and today.day >= start_day:
        months += 1
    year, month = divmod(months - 1, 12)
    return f"{year:04d}-{month + 1:02d}"


def as_of_moment(period: Period, *, now: datetime, delay_hours: int = 0) -> datetime:
    """T when nobody gives one: the end of the period and the delay, but never after `now`."""
    return min(now, period.end + timedelta(hours=delay_hours)).astimezone(UTC)


def parse_moment(text: str) -> datetime:
    """A moment of ISO 8601, China time without offset; whole seconds. Raises Invalid `bad_time`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("bad_time", f"{text!r} is no moment such as 2026-11-01T00:00", text=text) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA)
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise Invalid("bad_time", f"{text!r} lies outside the calendar", text=text) from None


def moment_text(moment: datetime) -> str:
    """A moment in answers: ISO 8601 in `+08:00`."""
    return moment.astimezone(CHINA).isoformat()


def _midnight(day: date) -> datetime:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR + 1:
        raise ValueError(day)
    return datetime.combine(day, time(), CHINA)


def _make(kind: str, name: str, parts: list[int], *, start_day: int) -> Period:
    if kind == "day":
        return _days(kind, name, date(*parts), length=1)
    if kind == "week":
        return _days(kind, name, date.fromisocalendar(parts[0], parts[1], 1), length=7)
    if kind == "month":
        return _month(name, parts, start_day)
    return _sum_of_months(kind, name, parts, start_day=start_day)


def _days(kind: str, name: str, first: date, *, length: int) -> Period:
    return Period(name, kind, _midnight(first), _midnight(first + timedelta(days=length)))


def _month(name: str, parts: list[int], start_day: int) -> Period:
    year, month = parts
    if start_day == 1:
        last = date(year, month, monthrange(year, month)[1])
        return Period(name, "month", _midnight(date(year, month, 1)), _midnight(last + timedelta(days=1)))
    before = date(year, month, 1) - timedelta(days=1)
    return Period(
        name, "month", _midnight(before.replace(day=start_day)), _midnight(date(year, month, start_day))
    )


def _sum_of_months(kind: str, name: str, parts: list[int], *, start_day: int) -> Period:
    year, number = parts[0], parts[1] if len(parts) > 1 else 1
    size = _MONTHS_IN[kind]
    first = (number - 1) * size + 1
    months = tuple(
        _month(f"{year:04}-{month:02}", [year, month], start_day) for month in range(first, first + size)
    )
    return Period(name, kind, months[0].start, months[-1].end, months)
