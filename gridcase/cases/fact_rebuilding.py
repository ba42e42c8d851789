"""Makes the fact rows of all cases anew from their steps, or compares them row for row (evaluation.md 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

from sqlalchemy import Connection

from gridcase.cases.book import Rulebook, write
from gridcase.cases.case_check import UNREADABLE
from gridcase.cases.chain import TABLE as STEP
from gridcase.cases.differences import Difference, compare
from gridcase.cases.mirrors import MIRRORS, Row, fact_row
from gridcase.cases.models import StepRow, case_fact
from gridcase.cases.raw_rows import raw_rows
from gridcase.cases.replaying import Replayed, mend
from gridcase.cases.steps import entry_from_row
from gridcase.cases.verifying import all_numbers
from gridcase.db import Database, table_of
from gridcase.errors import GridcaseError

FACTS = next(mirror for mirror in MIRRORS if mirror.table is case_fact)
_STEPS = table_of(StepRow)
_MALFORMED = (GridcaseError, ValueError, TypeError, LookupError, AttributeError)


def compare_facts(database: Database, district: str) -> Iterator[Replayed]:
    """Every case in order of its number, with what its stored fact row does not say as its steps say it.

    Nothing is written. Chunks are read in one view of the database each: cases may be moved meanwhile.
    """
    for chunk in all_numbers(database, district, (_STEPS, case_fact)):
        with database.reading() as connection:
            found = _compared(connection, district, chunk)
        yield from found


def rebuild_facts(database: Database, book: Rulebook, now: datetime) -> Iterator[Replayed]:
    """As `compare_facts`, and fact rows that differ are made anew; of an unsound history they are left alone."""
    for case in compare_facts(database, book.district):
        if not case.differences:
            yield case
            continue
        mended = write(database, book, now, act=partial(mend, number=case.number, only=FACTS.name))
        left = tuple(one for one in case.differences if one not in mended)
        yield Replayed(case.number, left, tuple(mended))


def _compared(connection: Connection, district: str, numbers: Sequence[str]) -> list[Replayed]:
    """The cases of a chunk with their differences."""
    steps = _by_number(raw_rows(connection, _STEPS, district, numbers=numbers))
    stored = _by_number(raw_rows(connection, case_fact, district, numbers=numbers))
    found = []
    for number in numbers:
        own = steps.get(number, [])
        try:
            expected = [fact_row([entry_from_row(row).step for row in own])] if own else []
            differences = tuple(compare(number, FACTS, stored.get(number, []), expected=expected))
        except _MALFORMED:
            differences = (Difference(number, STEP, UNREADABLE, {"no": own[-1]["no"]}),)
        found.append(Replayed(number, differences))
    return found


def _by_number(rows: Sequence[Row]) -> dict[str, list[Row]]:
    return {number: list(own) for number, own in groupby(rows, key=lambda row: row["number"])}
