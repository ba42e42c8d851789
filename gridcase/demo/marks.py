"""What makes a database a demo: its mark, its own clock, whether it holds cases, and how it is emptied."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from gridcase.cases.models import Case
from gridcase.db import Database, table_of
from gridcase.directory.service import CLOCK_OFFSET, DEMO_MARK, set_site_fact, site_fact
from gridcase.errors import Reason, Refused
from gridcase.migrations import downgrade


def has_tables(connection: Connection) -> bool:
    """Whether the database holds any table of ours."""
    return inspect(connection).has_table(table_of(Case).name)


def holds_cases(connection: Connection, district: str) -> bool:
    """Whether a case was ever reported here."""
    cases = table_of(Case)
    return (
        connection.execute(select(cases.c.number).where(cases.c.district == district).limit(1)).first()
        is not None
    )


def is_demo(connection: Connection, district: str) -> bool:
    """Whether the database was marked as a demo."""
    return site_fact(connection, district, DEMO_MARK) is not None


def mark_as_demo(connection: Connection, district: str) -> None:
    """Mark the database: pages say so from now on, and it may be emptied by `gridcase demo --reset`."""
    set_site_fact(connection, district, DEMO_MARK, value="yes")


def demo_clock(connection: Connection, district: str, *, machine: datetime) -> datetime | None:
    """What the demo's own clock says when the machine says `machine`, or None without a clock of its own."""
    offset = site_fact(connection, district, CLOCK_OFFSET)
    if offset is None:
        return None
    return datetime.fromtimestamp(machine.timestamp() + int(offset), UTC)


def set_demo_clock(connection: Connection, district: str, *, stands: datetime, machine: datetime) -> None:
    """Let the demo's clock stand at `stands` when the machine says `machine`; it runs on in real time."""
    offset = ceil((stands - machine).total_seconds())
    set_site_fact(connection, district, CLOCK_OFFSET, value=str(offset))


def check_playable(connection: Connection, district: str) -> None:
    """Raises Refused `holds_cases` for a database with real cases: nothing made up enters it."""
    if holds_cases(connection, district) and not is_demo(connection, district):
        raise Refused(
            [Reason("holds_cases")], code="holds_cases", message="the database holds cases and is no demo"
        )


def check_fillable(connection: Connection, district: str, *, may_reset: bool) -> bool:
    """Whether the database must be emptied before a demo is made in it.

    Raises Refused `holds_cases` when it holds cases, unless it is a demo and `may_reset` is given.
    """
    if not has_tables(connection):
        return False
    is_marked = is_demo(connection, district)
    if holds_cases(connection, district):
        check_playable(connection, district)
        if not may_reset:
            text = "the database holds a demo already: `gridcase serve` opens it again, --reset makes it anew"
            raise Refused([Reason("holds_cases")], code="holds_cases", message=text)
    return is_marked and may_reset


def empty(database: Database) -> None:
    """Take everything out of a demo database; the caller has asked `check_fillable`. Leaves no table behind."""
    file = database.url.database if database.is_sqlite else None
    if file is None or file == ":memory:":
        downgrade(database)
        return
    database.close()
    # A new file is made in no time; dropping the tables of a large one takes minutes and never gives the disk back.
    for name in (file, f"{file}-wal", f"{file}-shm"):
        Path(name).unlink(missing_ok=True)
