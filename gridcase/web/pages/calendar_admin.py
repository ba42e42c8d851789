"""The working calendar in force, for administrators: a year drawn as months, with its days off and make-up days."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, request

from gridcase.cases.book import Desk
from gridcase.clock import CHINA, CalendarRow, WorkCalendar, load_calendar_rows
from gridcase.directory.calendar import CALENDAR_COUNTED, own_calendar
from gridcase.directory.service import site_fact
from gridcase.web.context import looking, premises
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.frame import render
from gridcase.web.pages.sending import told_once

CALENDAR_ADMIN = Blueprint("calendar_admin", __name__)

_FIRST_YEAR, _LAST_YEAR = 1900, 2299
_WEEKS = Calendar()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month: `kind` is holiday or workday when it is listed, else weekday or weekend."""

    on: date
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday, None outside of it, and its number of working days."""

    number: int
    weeks: list[list[Day | None]]
    working_count: int


@CALENDAR_ADMIN.get("/admin/calendar")
def show() -> str:
    """A year, this one unless another is asked for with `year`."""
    with looking() as (desk, actor):
        check_administrator(actor)
        shipped, own = _rows(desk)
        calendar, listed = WorkCalendar([*shipped, *own]), {row.on: row for row in [*shipped, *own]}
        year = _year(desk)
        months = [_month(calendar, listed, year=year, number=number) for number in range(1, 13)]
        imported = {row.on for row in own}
        return render(
            desk, actor, "pages/calendar.html",
            year=year, months=months, working_count=sum(month.working_count for month in months),
            listed=[(row, on in imported) for on, row in sorted(listed.items()) if on.year == year],
            years=sorted({*calendar.loaded_years, desk.now.astimezone(CHINA).year, year}),
            is_loaded=year in calendar.loaded_years,
            is_counted=not own or site_fact(desk.connection, desk.district, CALENDAR_COUNTED) == calendar.fingerprint,
            previous=year - 1 if year > _FIRST_YEAR else None, following=year + 1 if year < _LAST_YEAR else None,
            told=told_once(),
        )  # fmt: skip


def _rows(desk: Desk) -> tuple[list[CalendarRow], list[CalendarRow]]:
    """The rows of the files of the site, and those that were imported over them."""
    shipped = load_calendar_rows(premises().site.path("workflows/calendars"))
    return shipped, own_calendar(desk.connection, desk.district)


def _year(desk: Desk) -> int:
    text = request.args.get("year", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return wanted if _FIRST_YEAR <= wanted <= _LAST_YEAR else desk.now.astimezone(CHINA).year


def _month(calendar: WorkCalendar, listed: dict[date, CalendarRow], *, year: int, number: int) -> Month:
    weeks: list[list[Day | None]] = [
        [_day(on, listed) if on.month == number else None for on in week]
        for week in _WEEKS.monthdatescalendar(year, number)
    ]
    days = [day.on for week in weeks for day in week if day is not None]
    return Month(number, weeks, sum(calendar.is_working(on) for on in days))


def _day(on: date, listed: dict[date, CalendarRow]) -> Day:
    row = listed.get(on)
    if row is not None:
        return Day(on, row.kind, row.name)
    return Day(on, "weekday" if on.weekday() < 5 else "weekend", "")
