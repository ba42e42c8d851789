"""The ranking of the last of twelve months over many cases, beside the same sums in DuckDB over the same rows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from gridcase.app import Installation, open_installation
from gridcase.clock import CHINA
from gridcase.config import Settings
from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import add_department
from gridcase.evaluation.counting import count_units
from gridcase.evaluation.fact_sums import CountQuery
from gridcase.evaluation.frozen.freezing import freeze
from gridcase.evaluation.frozen.reading import published_text
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.settling import settle
from gridcase.facts import Selection
from gridcase.resources import SiteFolder, shipped_folder
from gridcase.spatial import load_geography
from tests.bench.bare_sums import BareSums, beside
from tests.bench.fact_copies import Filling, MadeRows
from tests.bench.fact_rows import AT, District
from tests.bench.measuring import Line, Size, figure_at_most, take_turns
from tests.postgres import PostgresServer

PERIOD = parse_period("2026-10")
SCHEME = "department-d1"
DEPARTMENTS, STREETS, LEAST_RATES = 500, 300, 14
UNITS = {"departments": "department", "streets": "street"}
ROUNDS = 5
# What evaluation is to keep with 10,000,000 cases: milliseconds of a first call and of a frozen month, megabytes.
FIRST_CALL_MS = {"SQLite": 5_000, "PostgreSQL": 2_000}
FROZEN_MS, MOST_MB = 100, 500
# The job that sums settled cases ran last in the night before (`schedule.settle`): what ended since counts by its row.
SETTLED_AT = AT - timedelta(hours=20, minutes=20)
_CHUNK = 20_000
# Bytes of disk that a case may take for a while: a database with its journal, and the rows in DuckDB.
_DISK_OF_CASE = 3_500
# Started from a small process: what a process held before it became another one counts for that one too.
_WATCHED = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
answer = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True).stdout
took = time.perf_counter() - started
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"ms": took * 1000, "mb": most / 1024, "answer": json.loads(answer)}))
"""


@dataclass(frozen=True)
class _Side:
    """One database with the rows, its site folder, and the same rows in DuckDB beside it."""

    name: str
    folder: Path
    url: str
    size: Size
    bare: BareSums

    @property
    def what(self) -> str:
        return f"{self.size.cases:,} cases in 12 months, {self.name}"

    @contextmanager
    def opened(self) -> Iterator[Installation]:
        """The installation, newly opened."""
        installation = open_installation(SiteFolder(self.folder), Settings(), db=self.url, is_bulk=True)
        try:
            yield installation
        finally:
            installation.database.close()


def measure(size: Size) -> Iterator[Line]:
    """Milliseconds a ranking on SQLite and on PostgreSQL. Raises RuntimeError without enough room on the disk."""
    with tempfile.TemporaryDirectory(prefix="gridcase-bench-") as name:
        folder, needed = Path(name), size.cases * _DISK_OF_CASE
        if shutil.disk_usage(folder).free < needed:
            raise RuntimeError(f"{size.cases:,} cases need {needed / 1e9:.0f} GB of disk for a while")
        made = MadeRows(made_district(SiteFolder(folder)), size.cases)
        with beside(folder, made) as bare:
            own = folder / "sqlite"
            own.mkdir()
            yield from _on(_Side("SQLite", own, f"sqlite:///{own}/rank.db", size, bare), made)
            shutil.rmtree(own)
            server = PostgresServer(is_durable=True)
            try:
                yield from _on(_Side("PostgreSQL", folder, server.create(), size, bare), made)
            finally:
                server.stop()


def made_district(site: SiteFolder) -> District:
    """The shipped district with as many made-up streets and departments as rankings are measured with."""
    settings = Settings()
    code, snap_m = settings.site.district, float(settings.geo.snap_m)
    geography = load_geography(site.geo, code_scheme=settings.geo.code_scheme, snap_m=snap_m)
    streets = [f"{code}{at:03d}" for at in range(STREETS)]
    return District(
        code, list(geography.cells(AT.date())), streets, [f"D{at:03d}" for at in range(DEPARTMENTS)]
    )


def _on(side: _Side, made: MadeRows) -> Iterator[Line]:
    with side.opened() as installation:
        yield from _filled(side, installation, made)
    # Nobody asked anything yet: the first two calls are those of processes that have just been started.
    first = {of: _by_command(side, of, "--as-of", AT.astimezone(CHINA).isoformat()) for of in UNITS}
    wanted = (figure_at_most(FIRST_CALL_MS[side.name]),)
    for of, told in first.items():
        yield Line(f"rank {of} by command, first call, {side.what}", "", "ms", [told.ms], wanted=wanted)
    most = max(told.mb for told in first.values())
    yield Line(
        f"rank by command, {side.what}: most memory", "", "MB", [most], wanted=(figure_at_most(MOST_MB),)
    )
    with side.opened() as installation:
        for of, key in UNITS.items():
            yield _ranked(side, installation, of, key)
        yield _frozen(side, installation)
    with side.opened() as installation:
        yield _shown(side, installation)


def _filled(side: _Side, installation: Installation, made: MadeRows) -> Iterator[Line]:
    """The rows come in, and the job sums up what had ended in the last night but one."""
    database, book = installation.database, installation.book
    with database.transaction() as connection:
        for code in made.district.departments:
            add_department(connection, book.district, DepartmentCard(code, f"第{code}局", "handling"))
    filling = Filling(database, made)
    night = f"'{SETTLED_AT:%Y-%m-%d %H:%M:%S}'"
    filled = _milliseconds(lambda: filling.write(f"made.last_step_at < {night}"))
    settled = _milliseconds(lambda: settle(database, book, SETTLED_AT, chunk=_CHUNK))
    filled += _milliseconds(lambda: filling.write(f"made.last_step_at >= {night}"))
    filling.end()
    for what, ms in (("write rows", filled), ("settle", settled)):
        yield Line(f"{what}, {side.what} (a case)", "", "µs", [ms * 1000 / made.count])


@dataclass(frozen=True, slots=True)
class _Told:
    """What a command cost from its start to its end."""

    ms: float
    mb: float


def _by_command(side: _Side, of: str, *options: str) -> _Told:
    """`gridcase rank` in a process of its own: from its start to its end, with all that it held."""
    program = Path(sys.executable).with_name("gridcase")
    asked = ["--period", PERIOD.name, "--of", of, "--scheme", SCHEME, "--format", "json", *options]
    command = [program, "--site", side.folder, "--db", side.url, "rank", *asked]
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, *map(str, command)], stdout=subprocess.PIPE, text=True, check=True
    )
    told = json.loads(done.stdout)
    units = told["answer"]["units"]
    if not any(unit.get("rank") for unit in units) or any(len(unit["rates"]) < LEAST_RATES for unit in units):
        raise AssertionError(f"this is no ranking of {of} with {LEAST_RATES} rates")
    return _Told(told["ms"], told["mb"])


def _request(installation: Installation, of: str) -> tuple[RankRequest, SchemeFolder]:
    schemes = SchemeFolder(shipped_folder() / "workflows" / "schemes")
    scheme = schemes.find(SCHEME, on=PERIOD.first_day)
    return RankRequest(installation.book.district, PERIOD, of, scheme=scheme, now=AT), schemes


def _ranked(side: _Side, installation: Installation, of: str, key: str) -> Line:
    """In a process that is there already, as a site answers; the counts are those of the other side."""
    request, schemes = _request(installation, of)
    query = CountQuery(request.district, (key,), PERIOD.span, AT, Selection())
    with installation.database.reading() as connection:
        side.bare.compare(query, count_units(connection, query))

    def ranked() -> None:
        with installation.database.reading() as connection:
            rank(connection, request, schemes)

    sides = {"rank": ranked, "bare": lambda: side.bare.sums(query)}
    rounds = replace(side.size, rounds=min(ROUNDS, side.size.rounds), round_s=0.0)
    found = take_turns(sides, operations=1, size=rounds)
    figures, floors = ([value / 1000 for value in found[name]] for name in sides)
    return Line(f"rank {of}, {side.what}", "the same sums in DuckDB", "ms", figures, floors)


def _frozen(side: _Side, installation: Installation) -> Line:
    request, schemes = _request(installation, "departments")
    started = perf_counter()
    head = freeze(installation.database, request, schemes, by="bench")
    took = perf_counter() - started
    return Line(f"freeze departments, {head.fact_rows:,} rows, {side.name}", "", "s", [took])


def _shown(side: _Side, installation: Installation) -> Line:
    """The frozen month, asked of an installation that answered nothing before."""
    key = RecordKey(installation.book.district, "departments", PERIOD.name)

    def shown() -> None:
        with installation.database.reading() as connection:
            if published_text(connection, key, "json", scheme=None) is None:
                raise AssertionError("the frozen month is not read")

    first = _milliseconds(shown)
    return Line(
        f"rank departments, frozen, first call, {side.what}",
        "",
        "ms",
        [first],
        wanted=(figure_at_most(FROZEN_MS),),
    )


def _milliseconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000
