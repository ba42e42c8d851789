"""Verifies all histories case by case, in chunks of flat memory, and that no case number was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from sqlalchemy import Connection, Table, func, select

from gridcase.cases.book import Rulebook
from gridcase.cases.case_check import CASES, HeldCase, check_case, check_pictures
from gridcase.cases.differences import ABSENT, UNUSED, Difference
from gridcase.cases.mirrors import MIRRORS, Row
from gridcase.cases.models import Case, CaseSerial, Photo, StepRow
from gridcase.cases.raw_rows import raw_rows
from gridcase.db import Database, table_of

_STEP, _PHOTO, _CASE, _SERIAL = table_of(StepRow), table_of(Photo), table_of(Case), table_of(CaseSerial)
_EVERY_TABLE = (_STEP, _PHOTO, *(mirror.table for mirror in MIRRORS))
_CHUNK = 100
# A case number is a China day and a serial of six digits (gridcase/cases/numbering.py).
_DAY = 8
_SERIAL_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Checked:
    """One case that was looked at, and what was found."""

    number: str
    differences: tuple[Difference, ...]


def case_count(database: Database, district: str) -> int:
    """How many cases there are to look at, for showing how far a check is."""
    with database.reading() as connection:
        query = select(func.count()).select_from(_CASE).where(_CASE.c.district == district)
        return int(connection.execute(query).scalar_one())


def verify(
    database: Database, book: Rulebook, *, numbers: Sequence[str] = (), with_pictures: bool = False
) -> Iterator[Checked]:
    """All cases in order of their numbers, or only these; each with what differs.

    A chunk of cases is read in one view of the database: cases may be moved meanwhile. `with_pictures` also reads
    every picture and compares its hash. Of all cases it is told which number was given and belongs to none: on SQLite
    its case was removed; on PostgreSQL it may as well be that of a report that broke off (docs/adr/0003), UNUSED.
    """
    if numbers:
        for number in sorted(set(numbers)):
            yield from _verify_chunk(database, book, [number], with_pictures=with_pictures)
        return
    given = _serials(database, book.district)
    code = ABSENT if database.is_sqlite else UNUSED
    met: dict[str, int] = {}
    for chunk in all_numbers(database, book.district):
        for number in chunk:
            yield from _lost_before(number, given, met, code=code)
        yield from _verify_chunk(database, book, chunk, with_pictures=with_pictures)
    for day, last in sorted(given.items()):
        if met.get(day, 0) < last:
            yield _lost(day, met.get(day, 0) + 1, code)


def _verify_chunk(
    database: Database, book: Rulebook, numbers: Sequence[str], *, with_pictures: bool
) -> Iterator[Checked]:
    with database.reading() as connection:
        for held in held_cases(connection, book.district, numbers):
            found = list(check_case(connection, book, held))
            if with_pictures:
                found += check_pictures(book, held)
            yield Checked(held.number, tuple(found))


def held_cases(connection: Connection, district: str, numbers: Sequence[str]) -> Iterator[HeldCase]:
    """What the database holds of each of these cases (ascending; all there are from the first to the last)."""
    read = partial(_by_number, connection, district, numbers=numbers)
    steps, photos = read(_STEP), read(_PHOTO)
    mirrors = {mirror.name: read(mirror.table) for mirror in MIRRORS}
    for number in numbers:
        own = {name: rows.get(number, []) for name, rows in mirrors.items()}
        yield HeldCase(number, steps.get(number, []), own, photos.get(number, []))


def _by_number(
    connection: Connection, district: str, table: Table, *, numbers: Sequence[str]
) -> dict[str, list[Row]]:
    rows = raw_rows(connection, table, district, numbers=numbers)
    return {number: list(own) for number, own in groupby(rows, key=lambda row: row["number"])}


# --- which cases there are -----------------------------------------------------------------------------------


def all_numbers(
    database: Database, district: str, tables: Sequence[Table] = _EVERY_TABLE
) -> Iterator[list[str]]:
    """All numbers that stand in any of these tables, ascending, in chunks: also of rows whose case is gone."""
    after = ""
    while chunk := _next_numbers(database, district, after, tables=tables):
        yield chunk
        after = chunk[-1]


def never_given(database: Database, district: str, numbers: Sequence[str]) -> list[str]:
    """Those of these numbers that no case ever had: no row anywhere, and not within what its day has given."""
    held: set[str] = set()
    with database.reading() as connection:
        for table in _EVERY_TABLE:
            number = table.c.number
            query = select(number).where(table.c.district == district, number.in_(sorted(set(numbers))))
            held.update(connection.execute(query.distinct()).scalars())
    given = _serials(database, district)
    return [
        number for number in dict.fromkeys(numbers) if number not in held and not _was_given(number, given)
    ]


def _was_given(number: str, given: Mapping[str, int]) -> bool:
    day, serial = number[:_DAY], number[_DAY:]
    is_number = len(serial) == _SERIAL_DIGITS and serial.isascii() and serial.isdigit()
    return is_number and 0 < int(serial) <= given.get(day, 0)


def _next_numbers(database: Database, district: str, after: str, *, tables: Sequence[Table]) -> list[str]:
    found: set[str] = set()
    with database.reading() as connection:
        for table in tables:
            number = table.c.number
            query = select(number).where(table.c.district == district, number > after).distinct()
            found.update(connection.execute(query.order_by(number).limit(_CHUNK)).scalars())
    return sorted(found)[:_CHUNK]


def _serials(database: Database, district: str) -> dict[str, int]:
    """The last serial given on each day; other series are numbered in the same table."""
    query = select(_SERIAL.c.on_day, _SERIAL.c.last).where(_SERIAL.c.district == district)
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return {day: last for day, last in rows if len(day) == _DAY and day.isdigit()}


def _lost_before(
    number: str, given: Mapping[str, int], met: dict[str, int], *, code: str
) -> Iterator[Checked]:
    """The first number that is missing between this one and the one before it on its day."""
    day, serial = number[:_DAY], number[_DAY:]
    if day not in given or not serial.isdigit():
        return
    before, met[day] = met.get(day, 0), int(serial)
    if int(serial) > before + 1:
        yield _lost(day, before + 1, code)


def _lost(day: str, serial: int, code: str) -> Checked:
    number = f"{day}{serial:06d}"
    return Checked(number, (Difference(number, CASES, code, {}),))
