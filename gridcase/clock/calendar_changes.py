"""What an import does to a working calendar: dates that come in, dates that read otherwise, dates that go."""

from __future__ import annotations

from collections.abc import Iterable

from gridcase.clock.calendars import CalendarRow
from gridcase.tables import Changes, compare


def calendar_changes(before: Iterable[CalendarRow], after: Iterable[CalendarRow]) -> Changes[CalendarRow]:
    """What `after` lists otherwise than `before`, each part by date; of several rows for one date the last counts."""
    return compare(before, after, key=lambda row: row.on)


def with_years_replaced(own: Iterable[CalendarRow], imported: Iterable[CalendarRow]) -> list[CalendarRow]:
    """The rows of an administrator after an import: a file tells the years that it names whole, and no other year."""
    rows = list(imported)
    years = {row.on.year for row in rows}
    kept = [row for row in own if row.on.year not in years]
    return sorted([*kept, *rows], key=lambda row: row.on)
