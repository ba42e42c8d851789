"""What an import does to a working calendar: dates that come in, dates that read otherwise, dates that go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gridcase.clock.calendars import CalendarRow


@dataclass(frozen=True, slots=True)
class CalendarChanges:
    """The difference of two calendars, each part by date; `changed` holds pairs of before and after."""

    added: tuple[CalendarRow, ...]
    changed: tuple[tuple[CalendarRow, CalendarRow], ...]
    removed: tuple[CalendarRow, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def calendar_changes(before: Iterable[CalendarRow], after: Iterable[CalendarRow]) -> CalendarChanges:
    """What `after` lists otherwise than `before`; of several rows for one date the last counts in each."""
    old, new = ({row.on: row for row in rows} for rows in (before, after))
    return CalendarChanges(
        added=tuple(new[on] for on in sorted(new.keys() - old.keys())),
        changed=tuple((old[on], new[on]) for on in sorted(old.keys() & new.keys()) if old[on] != new[on]),
        removed=tuple(old[on] for on in sorted(old.keys() - new.keys())),
    )


def with_years_replaced(own: Iterable[CalendarRow], imported: Iterable[CalendarRow]) -> list[CalendarRow]:
    """The rows of an administrator after an import: a file tells the years that it names whole, and no other year."""
    rows = list(imported)
    years = {row.on.year for row in rows}
    kept = [row for row in own if row.on.year not in years]
    return sorted([*kept, *rows], key=lambda row: row.on)
