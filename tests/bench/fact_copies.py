"""Fills a fact table with millions of rows: each made row is copied inside the database, moved by some seconds.

A row that is made in Python costs some 50 µs, one that the database copies some 10. Each copy lies `STEP_S` seconds
before the one before it, with all its moments and the texts made of them, under a number of its own; rows come in
about in the order of their numbers, as the cases of a city do.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, String, Table, insert

from gridcase.cases.models import case_fact
from gridcase.db import Database, UtcDateTime
from tests.bench.fact_rows import ACTS, ROOM, District, made_rows

# Rows made in Python at most, and by how many seconds a copy lies before the one before it.
MADE, STEP_S = 20_000, 3
_LEAST_COPIES = 2
# Rows of one statement.
_SLICE = 200_000
_WRITTEN_AT_ONCE = 2_000
_BASE = "made_fact"
_MOVED_BY = f"copy.no * {STEP_S}"


@dataclass(frozen=True)
class _Language:
    """How a database says what copies need: `{0}` is a moment or a number, `{1}` by how many seconds it moves back."""

    moved: str
    day: str
    iso: str
    serial: str


_SQLITE = _Language(
    moved="strftime('%Y-%m-%d %H:%M:%S.000000', {0}, '-' || ({1}) || ' seconds')",
    day="strftime('%Y%m%d', {0}, '+8 hours', '-' || ({1}) || ' seconds')",
    iso="strftime('%Y-%m-%dT%H:%M:%S+00:00', {0}, '-' || ({1}) || ' seconds')",
    serial="printf('%08d', {0})",
)
_POSTGRESQL = _Language(
    moved="{0} - ({1}) * interval '1 second'",
    day="to_char({0} + interval '8 hours' - ({1}) * interval '1 second', 'YYYYMMDD')",
    iso="to_char({0} - ({1}) * interval '1 second', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+00:00\"')",
    serial="lpad(({0})::text, 8, '0')",
)
_DUCKDB = _Language(
    moved="{0} - ({1}) * interval '1 second'",
    day="strftime({0} + interval '8 hours' - ({1}) * interval '1 second', '%Y%m%d')",
    iso="strftime({0} - ({1}) * interval '1 second', '%Y-%m-%dT%H:%M:%S+00:00')",
    serial="printf('%08d', {0})",
)


class MadeRows:
    """The rows that are copied, of which the first `count` copies are wanted."""

    def __init__(self, district: District, count: int) -> None:
        self.district, self.count = district, count
        self.copies = max(_LEAST_COPIES, -(-count // MADE))
        if self.copies * STEP_S > ROOM.total_seconds():
            raise ValueError(f"there is no room for {count:,} rows")
        made = made_rows(district, -(-count // self.copies))
        self.rows: Sequence[dict[str, Any]] = [{"place": at, **row} for at, row in enumerate(made)]
        self.columns = [name for name in made[0] if name in case_fact.c]

    def copying(self, language: _Language, where: str) -> str:
        """The statement that writes the copies of the made rows of which `where` holds."""
        moments = {name for name in self.columns if isinstance(case_fact.c[name].type, UtcDateTime)}
        own = {name: f"made.{name}" for name in self.columns}
        own |= {name: language.moved.format(f"made.{name}", _MOVED_BY) for name in moments}
        serial = f"made.place * {self.copies} + copy.no"
        day = language.day.format("made.reported_at", _MOVED_BY)
        own["number"] = f"{day} || {language.serial.format(serial)}"
        owed, sent = (language.iso.format(f"made.{name}", _MOVED_BY) for name in ("acts_from", "acts_to"))
        before, between, after = (f"'{part}'" for part in ACTS.split("{}"))
        acts = f"{before} || {owed} || {between} || {sent} || {after}"
        own["acts"] = f"CASE WHEN made.acts_from IS NULL THEN '[]' ELSE {acts} END"
        copies = f"SELECT 0 UNION ALL SELECT no + 1 FROM copy WHERE no < {self.copies - 1}"
        return (
            f"INSERT INTO case_fact ({', '.join(own)}) WITH RECURSIVE copy(no) AS ({copies})"
            f" SELECT {', '.join(own.values())} FROM {_BASE} made CROSS JOIN copy"
            f" WHERE {serial} < {self.count} AND ({where})"
        )


class Filling:
    """Copies rows into the fact table of a database; the made ones lie beside it until `end`."""

    def __init__(self, database: Database, made: MadeRows) -> None:
        self._database, self._made = database, made
        own = [Column(name, case_fact.c[name].type) for name in made.columns]
        self._base = Table(_BASE, MetaData(), Column("place", BigInteger, primary_key=True), *own)
        with database.transaction() as connection:
            self._base.create(connection)
            for first in range(0, len(made.rows), _WRITTEN_AT_ONCE):
                connection.execute(insert(self._base), made.rows[first : first + _WRITTEN_AT_ONCE])

    def write(self, where: str) -> None:
        """Write the copies of the made rows of which `where` holds (SQL), some in each transaction."""
        language = _SQLITE if self._database.is_sqlite else _POSTGRESQL
        step = max(1, _SLICE // self._made.copies)
        for first in range(0, len(self._made.rows), step):
            some = f"made.place >= {first} AND made.place < {first + step}"
            with self._database.transaction() as connection:
                connection.exec_driver_sql(self._made.copying(language, f"{some} AND {where}"))

    def end(self) -> None:
        """Drop the made rows; on PostgreSQL tidy up as the server does by itself a while after a load."""
        with self._database.transaction() as connection:
            self._base.drop(connection)
        if not self._database.is_sqlite:
            with self._database.engine.connect() as plain:
                plain.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def fill_duckdb(connection: duckdb.DuckDBPyConnection, made: MadeRows, scratch: Path) -> None:
    """Make the table `case_fact` with the same copies in DuckDB; moments are UTC without their zone."""
    file = scratch / "made.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, ["place", *made.columns])
        writer.writeheader()
        writer.writerows(made.rows)
    kinds = {"place": "BIGINT", **{name: _duckdb_type(case_fact.c[name]) for name in made.columns}}
    connection.execute(f"CREATE TABLE {_BASE} AS FROM read_csv('{file}', header=true, columns={kinds})")
    file.unlink()
    columns = ", ".join(f"{name} {kind}" for name, kind in {**kinds, "number": "VARCHAR"}.items())
    connection.execute(f"CREATE TABLE case_fact ({columns.partition(', ')[2]})")
    connection.execute(made.copying(_DUCKDB, "TRUE"))
    connection.execute(f"DROP TABLE {_BASE}")


def _duckdb_type(column: Column[Any]) -> str:
    kinds = {UtcDateTime: "TIMESTAMP", Boolean: "BOOLEAN", Integer: "INTEGER", String: "VARCHAR"}
    return next(name for kind, name in kinds.items() if isinstance(column.type, kind))
