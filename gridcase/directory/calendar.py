"""The working calendar of an administrator: rows that override the files of the site, and how far they are counted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert

from gridcase.clock import CalendarRow, with_years_replaced
from gridcase.db import table_of
from gridcase.directory.models import CalendarDay
from gridcase.directory.queries import calendar_rows
from gridcase.directory.service import set_site_fact, site_fact

# Which rows are in force, and by which calendar all open clocks were last computed.
CALENDAR_IN_FORCE = "calendar_in_force"
CALENDAR_COUNTED = "calendar_counted"

_DAY = table_of(CalendarDay)


def own_calendar(connection: Connection, district: str) -> list[CalendarRow]:
    """An administrator's rows by date."""
    return [CalendarRow(on, kind, name) for on, kind, name in calendar_rows(connection, district)]


def calendar_mark(connection: Connection, district: str) -> str | None:
    """A mark that differs whenever other rows are in force; None as long as none were imported."""
    return site_fact(connection, district, CALENDAR_IN_FORCE)


def import_calendar(connection: Connection, district: str, imported: Sequence[CalendarRow]) -> bool:
    """Let the imported rows tell the years that they name; answers whether the stored rows changed.

    Rows of other years stay. Running processes see by the mark that they count by another calendar.
    """
    # Written before it is read: on PostgreSQL a second import waits here until this one is committed.
    set_site_fact(connection, district, CALENDAR_IN_FORCE, value="")
    known = own_calendar(connection, district)
    rows = with_years_replaced(known, imported)
    if rows != known:
        connection.execute(delete(_DAY).where(_DAY.c.district == district))
        values = [
            {"district": district, "on_day": row.on, "kind": row.kind, "name": row.name} for row in rows
        ]
        connection.execute(insert(_DAY), values)
    set_site_fact(connection, district, CALENDAR_IN_FORCE, value=_mark(rows))
    return rows != known


def _mark(rows: Sequence[CalendarRow]) -> str:
    text = "\n".join(f"{row.on} {row.kind} {row.name}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()
