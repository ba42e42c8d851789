"""The ranking of the last of twelve months over many cases, beside the same sums in DuckDB over the same rows."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import duckdb
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql

from gridcase.app import Installation, open_installation
from gridcase.clock import CHINA
from gridcase.config import Settings
from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import add_department
from gridcase.evaluation.fact_sums import CountQuery, parts
from gridcase.evaluation.frozen.freezing import freeze
from gridcase.evaluation.frozen.reading import published_text
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.settling import settle
from gridcase.facts import Selection
from gridcase.resources import SiteFolder, shipped_folder
from tests.bench.fact_rows import AT, District, fill_facts, take_stock
from tests.bench.measuring import Line, Size, figure_at_most, take_turns
from tests.postgres import PostgresServer

PERIOD = parse_period("2026-10")
SCHEME = "department-d1"
DEPARTMENTS, STREETS = 500, 300
UNITS = {"departments": "department", "streets": "street"}
ROUNDS = 5
# Milliseconds of a first call and of a frozen month, and megabytes, that evaluation is to keep with 10,000,000 cases.
FIRST_CALL_MS = {"SQLite": 5_000, "PostgreSQL": 2_000}
FROZEN_MS, MOST_MB = 100, 500
_CHUNK = 5_000
_MOST_OF_CHILD = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def measure(size: Size) -> Iterator[Line]:
    """Milliseconds a ranking on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="gridcase-bench-") as name:
        folder = Path(name)
        with _beside(folder / "rows.csv") as bare:
            yield from _on("SQLite", folder, f"sqlite:///{folder}/rank.db", size=size, bare=bare)
            server = PostgresServer(is_durable=True)
            try:
                yield from _on("PostgreSQL", folder, server.create(), size=size, bare=bare)
            finally:
                server.stop()


class Bare:
    """The same rows in DuckDB, which is made for sums over columns; filled by the first database that has them."""

    def __init__(self, file: Path) -> None:
        self.file, self.is_loaded = file, False
        self._connection = duckdb.connect(
            str(file.with_suffix(".duckdb")), config={"threads": os.cpu_count()}
        )

    def load(self) -> None:
        """Read the rows that lie in the file."""
        self._connection.execute(f"CREATE TABLE case_fact AS FROM read_csv('{self.file}', sample_size=-1)")
        self.file.unlink()
        self.is_loaded = True

    def sums(self, query: CountQuery) -> int:
        """Run the sums of a ranking; answers how many units have any."""
        return max(len(self._connection.execute(sql).fetchall()) for sql in _plain_sums(query))

    def close(self) -> None:
        self._connection.close()


@contextmanager
def _beside(file: Path) -> Iterator[Bare]:
    bare = Bare(file)
    try:
        yield bare
    finally:
        bare.close()


def _plain_sums(query: CountQuery) -> Iterator[str]:
    """The sums that the program itself makes over rows, as SQL with its values in it."""
    for condition, expressions in parts(query):
        sums = (func.sum(value) for value in expressions.values())
        summed = select(*query.keys, *sums).where(query.is_counted, condition).group_by(*query.keys)
        yield str(summed.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))


def _on(database: str, folder: Path, url: str, *, size: Size, bare: Bare) -> Iterator[Line]:
    installation = open_installation(SiteFolder(folder), Settings(), db=url, is_bulk=True)
    try:
        _fill(installation, size.cases, bare)
        what = f"{size.cases:,} cases in 12 months, {database}"
        for of, key in UNITS.items():
            yield from _ranked(installation, of, key, size=size, bare=bare, what=what)
        yield _frozen(installation, size, what)
        yield _memory(installation, folder, what)
    finally:
        installation.database.close()


def _fill(installation: Installation, count: int, bare: Bare) -> None:
    code, database = installation.book.district, installation.database
    departments = [f"D{at:03d}" for at in range(DEPARTMENTS)]
    with database.transaction() as connection:
        for name in departments:
            add_department(connection, code, DepartmentCard(name, f"第{name}局", "handling"))
    cells = list(installation.book.geography.cells(AT.date()))
    streets = [f"{code}{at:03d}" for at in range(STREETS)]
    district = District(code, cells, streets, departments)
    if bare.is_loaded:
        fill_facts(database, district, count)
    else:
        with bare.file.open("w", encoding="utf-8", newline="") as copy:
            fill_facts(database, district, count, copy=copy)
        bare.load()
    settle(database, installation.book, AT, chunk=_CHUNK)
    take_stock(database)


def _request(installation: Installation, of: str) -> tuple[RankRequest, SchemeFolder]:
    schemes = SchemeFolder(shipped_folder() / "workflows" / "schemes")
    scheme = schemes.find(SCHEME, on=PERIOD.first_day)
    return RankRequest(installation.book.district, PERIOD, of, scheme=scheme, now=AT), schemes


def _ranked(
    installation: Installation, of: str, key: str, *, size: Size, bare: Bare, what: str
) -> Iterator[Line]:
    request, schemes = _request(installation, of)
    query = CountQuery(request.district, (key,), PERIOD.span, AT, Selection())

    def ranked() -> None:
        with installation.database.reading() as connection:
            answer = rank(connection, request, schemes)
        if not any(unit.place and unit.place.rank for unit in answer.evaluation.units):
            raise AssertionError(f"nobody has a rank among {of}")

    first = _milliseconds(ranked)
    database = what.rpartition(", ")[2]
    yield Line(
        f"rank {of}, first call, {what}", "", "ms", [first], wanted=(figure_at_most(FIRST_CALL_MS[database]),)
    )
    sides = {"rank": ranked, "bare": lambda: bare.sums(query)}
    found = take_turns(sides, operations=1, size=replace(size, rounds=min(ROUNDS, size.rounds), round_s=0.0))
    yield Line(
        f"rank {of}, {what}",
        "the same sums in DuckDB",
        "ms",
        *([value / 1000 for value in found[side]] for side in sides),
    )


def _frozen(installation: Installation, size: Size, what: str) -> Line:
    request, schemes = _request(installation, "departments")
    freeze(installation.database, request, schemes, by="bench")
    key = RecordKey(request.district, "departments", PERIOD.name)

    def shown() -> None:
        with installation.database.reading() as connection:
            if published_text(connection, key, "json", scheme=None) is None:
                raise AssertionError("the frozen month is not read")

    times = [_milliseconds(shown) for _ in range(min(ROUNDS, size.rounds))]
    return Line(f"rank departments, frozen, {what}", "", "ms", times, wanted=(figure_at_most(FROZEN_MS),))


def _memory(installation: Installation, folder: Path, what: str) -> Line:
    """The most that a process of its own holds while it ranks."""
    program = Path(sys.executable).with_name("gridcase")
    url = installation.database.url.render_as_string(hide_password=False)
    moment = AT.astimezone(CHINA).isoformat()
    command = [program, "--site", folder, "--db", url, "rank", "--period", PERIOD.name, "--of", "streets"]
    asked = [*command, "--scheme", SCHEME, "--as-of", moment]
    # Started from a small process: what a process held before it became another one counts for that one too.
    told = subprocess.run(
        [sys.executable, "-c", _MOST_OF_CHILD, *map(str, asked)], capture_output=True, text=True, check=True
    )
    used = float(told.stdout) / 1024
    return Line(
        f"rank streets by command, {what}: most memory",
        "",
        "MB",
        [used],
        wanted=(figure_at_most(MOST_MB),),
    )


def _milliseconds(work: Callable[[], None]) -> float:
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000
