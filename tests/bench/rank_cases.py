"""The ranking of a month over many cases beside the bare SQL sum of one column over the same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from gridcase.app import Installation, open_installation
from gridcase.cases.models import case_fact
from gridcase.config import Settings
from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import add_department
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import SiteFolder, shipped_folder
from tests.bench.fact_rows import AT, District, fill_facts
from tests.bench.measuring import Line, Size, take_turns
from tests.postgres import PostgresServer

PERIOD = "2026-10"
DEPARTMENTS = 30
ROUNDS = 7
SCHEMES = (("departments", "department-d1"), ("streets", "area"))


def measure(size: Size) -> Iterator[Line]:
    """Milliseconds a ranking on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="gridcase-bench-") as name:
        yield from _on("SQLite", Path(name), f"sqlite:///{name}/rank.db", size)
        server = PostgresServer(is_durable=True)
        try:
            yield from _on("PostgreSQL", Path(name), server.create(), size)
        finally:
            server.stop()


def _on(database: str, folder: Path, url: str, size: Size) -> Iterator[Line]:
    installation = open_installation(SiteFolder(folder), Settings(), db=url, is_bulk=True)
    try:
        _fill(installation, size.cases)
        found = _timed(installation, replace(size, rounds=min(ROUNDS, size.rounds), round_s=0.0))
        for of, scheme in SCHEMES:
            what = f"rank {of} by `{scheme}`, {size.cases:,} cases, {database}"
            yield Line(what, "SQL sum of one column", "ms", found[of], found["sum"])
    finally:
        installation.database.close()


def _fill(installation: Installation, count: int) -> None:
    code = installation.book.district
    departments = [f"D{at:02d}" for at in range(DEPARTMENTS)]
    with installation.database.transaction() as connection:
        for name in departments:
            add_department(connection, code, DepartmentCard(name, f"第{name}局", "handling"))
    cells = list(installation.book.geography.cells(AT.date()))
    fill_facts(installation.database, District(code, cells, departments), count)


def _timed(installation: Installation, size: Size) -> dict[str, list[float]]:
    schemes = SchemeFolder(shipped_folder() / "workflows" / "schemes")
    period = parse_period(PERIOD)
    code = installation.book.district
    with installation.database.reading() as connection:

        def ranked(of: str, name: str) -> None:
            scheme = schemes.find(name, on=period.first_day)
            request = RankRequest(code, period, of, scheme=scheme, now=AT + timedelta(days=30))
            answer = rank(connection, request, schemes)
            if not any(unit.place and unit.place.rank for unit in answer.evaluation.units):
                raise AssertionError(f"nobody has a rank among {of}")

        sides = {of: (lambda of=of, name=name: ranked(of, name)) for of, name in SCHEMES}
        found = take_turns({**sides, "sum": lambda: _sum(connection, code)}, operations=1, size=size)
    return {name: [value / 1000 for value in values] for name, values in found.items()}


def _sum(connection: Connection, code: str) -> int:
    query = select(func.sum(case_fact.c.reported)).where(case_fact.c.district == code)
    return int(connection.execute(query).scalar_one())
