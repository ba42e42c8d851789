"""The working calendar: rows of holidays and make-up days over plain weekdays, as tables of day numbers."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate, compress
from pathlib import Path

from gridcase.clock.moments import FIRST_DAY, HORIZON_DAYS
from gridcase.clock.refusals import shortened
from gridcase.errors import DefinitionError, Fault, nearest_name
from gridcase.tables import read_table

HOLIDAY = "holiday"
WORKDAY = "workday"
COLUMNS = ("date", "kind", "name")

# What a database keeps of a name.
LONGEST_NAME = 100

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WEEK = bytes((1, 1, 1, 1, 1, 0, 0))


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One dated row: `kind` is `holiday` or `workday` (a make-up day, 调休); `name` is the festival."""

    on: date
    kind: str
    name: str


class WorkCalendar:
    """Which days are working days from 1900 to 2299; a listed date wins over its weekday (clock.md 3).

    Of several rows for one date the last counts. `days_before[d]` is the number of working days before day
    number d, `working_days[k]` the day number of working day k (both from 0, day 0 is 1900-01-01);
    `holidays` gives the name of a listed holiday by its day number.
    """

    def __init__(self, rows: Iterable[CalendarRow] = ()) -> None:
        listed = {row.on: row for row in rows}
        self.loaded_years: frozenset[int] = frozenset(on.year for on in listed)
        self.holidays: dict[int, str] = {}
        flags = bytearray(_WEEK * (HORIZON_DAYS // 7 + 1))[:HORIZON_DAYS]
        for on, row in listed.items():
            day = on.toordinal() - FIRST_DAY
            if 0 <= day < HORIZON_DAYS:
                flags[day] = row.kind == WORKDAY
                if row.kind == HOLIDAY:
                    self.holidays[day] = row.name
        self.flags: bytes = bytes(flags)
        self.days_before: array[int] = array("l", accumulate(self.flags, initial=0))
        self.working_days: array[int] = array("l", compress(range(HORIZON_DAYS), self.flags))

    @cached_property
    def fingerprint(self) -> str:
        """Hex digest of what is counted by: two calendars with the same working days have the same."""
        return hashlib.sha256(self.flags).hexdigest()

    def is_working(self, on: date) -> bool:
        """Whether `on` (years 1900 to 2299) is a working day."""
        return self.flags[on.toordinal() - FIRST_DAY] == 1

    def holiday_name(self, on: date) -> str | None:
        """The name of the holiday listed for `on`, or None when it is none."""
        return self.holidays.get(on.toordinal() - FIRST_DAY)


def parse_calendar(text: str, file: str) -> list[CalendarRow]:
    """Reads a calendar file: CSV with the columns `date` (YYYY-MM-DD), `kind` (holiday, workday) and `name`.

    A byte-order mark, blank lines and blanks around a field do not count. Raises DefinitionError with all
    faults: `bad_file`, `missing_key`, `unknown_key`, `bad_value`, `duplicate_name` (source: geo.md 9, `import`).
    """
    faults: list[Fault] = []
    rows: dict[date, CalendarRow] = {}
    for number, fields in read_table(text, file, needed=COLUMNS, faults=faults):
        row = _row(fields, place=_Place(file, number), faults=faults)
        if row and row.on in rows:
            faults.append(Fault(file, f"line {number}", "duplicate_name", f"{row.on} is listed twice"))
        elif row:
            rows[row.on] = row
    if faults:
        raise DefinitionError(faults)
    return list(rows.values())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row stands."""

    file: str
    line: int

    def fault(self, code: str, text: str) -> Fault:
        return Fault(self.file, f"line {self.line}", code, text)


def _row(fields: Mapping[str, str], *, place: _Place, faults: list[Fault]) -> CalendarRow | None:
    on = _date(fields["date"])
    if on is None:
        faults.append(
            place.fault("bad_value", f"date = {fields['date']!r} is no date YYYY-MM-DD of 1900 to 2299")
        )
    if fields["kind"] not in (HOLIDAY, WORKDAY):
        near = nearest_name(fields["kind"], (HOLIDAY, WORKDAY))
        hint = f", nearest is {near}" if near else ""
        faults.append(place.fault("bad_value", f"kind = {fields['kind']!r} is not holiday or workday{hint}"))
        return None
    name = fields["name"]
    if len(name) > LONGEST_NAME or not name.isprintable():
        text = (
            f"name = {shortened(name)} is longer than {LONGEST_NAME} characters or holds one that is no text"
        )
        faults.append(place.fault("bad_value", text))
        return None
    return CalendarRow(on, fields["kind"], name) if on else None


def _date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None or not 1900 <= int(match[1]) <= 2299:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def load_calendar(folder: Path) -> WorkCalendar:
    """The calendar of every `*.csv` in `folder`, as `load_calendar_rows` reads them."""
    return WorkCalendar(load_calendar_rows(folder))


def load_calendar_rows(folder: Path) -> list[CalendarRow]:
    """The rows of every `*.csv` in `folder`, read in the order of the names; later ones win in a calendar.

    A folder that does not exist has no rows. Raises DefinitionError with the faults of all files (`bad_file` for
    one that cannot be read).
    """
    rows: list[CalendarRow] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.csv")):
        try:
            rows.extend(parse_calendar(path.read_bytes().decode("utf-8"), str(path)))
        except UnicodeDecodeError:
            faults.append(Fault(str(path), "", "bad_file", "not UTF-8"))
        except OSError as error:
            faults.append(Fault(str(path), "", "bad_file", error.strerror or str(error)))
        except DefinitionError as error:
            faults.extend(error.faults)
    if faults:
        raise DefinitionError(faults)
    return rows
