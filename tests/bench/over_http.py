"""Reports and moves over HTTP beside a bare Flask handler with one INSERT: same requests, server and database.

Site and floor run in processes of their own, the clients in a third; site and floor take turns under load.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from gridcase.db import Database
from tests.bench.loading import Load, drive
from tests.bench.measuring import Line, Size, ratio_at_least, ratio_at_most
from tests.bench.sent_requests import MOVES, Pen, shares
from tests.bench.sites import floor_served, furnish, served, written
from tests.postgres import PostgresServer

CLIENTS = 8
Address = tuple[str, int]
LOADS = ("report, 8 clients", "report, 1 client", "move, 8 clients", "move, 1 client")
WITH_PHOTO = "report with a photo, 8 clients"


@dataclass
class Found:
    """The loads of each kind of one side, round by round."""

    loads: dict[str, list[Load]] = field(default_factory=dict)

    def keep(self, name: str, load: Load) -> None:
        self.loads.setdefault(name, []).append(load)

    def rates(self, name: str) -> list[float]:
        """Answers a second."""
        return [load.rate for load in self.loads[name]]

    def percentiles(self, name: str, percent: int) -> list[float]:
        """The latency in milliseconds below which so many of a hundred answers of a round lie."""
        return [
            statistics.quantiles(load.latencies, n=100, method="inclusive")[percent - 1] * 1000
            for load in self.loads[name]
        ]


@dataclass
class Round:
    """One round of load on one side."""

    executor: Executor
    address: Address
    found: Found

    def drive(self, name: str, requests: Sequence[bytes], clients: int, *, hand: int = 1) -> Load:
        scripts = list(shares(requests, clients, hand=hand))
        load = self.executor.submit(drive, *self.address, scripts).result()
        self.found.keep(name, load)
        return load


def measure(size: Size) -> Iterator[Line]:
    """Answers a second and latencies on SQLite and on PostgreSQL, both synced at every commit."""
    with tempfile.TemporaryDirectory(prefix="gridcase-bench-") as name:
        folder = Path(name) / "sqlite"
        urls = f"sqlite:///{folder}/site.db", f"sqlite:///{folder}/floor.db"
        yield from _lines("SQLite", *_loaded(folder, urls, size))
        server = PostgresServer(is_durable=True)
        try:
            urls = server.create(), server.create()
            yield from _lines("PostgreSQL", *_loaded(Path(name) / "postgresql", urls, size))
        finally:
            server.stop()


def _loaded(folder: Path, urls: tuple[str, str], size: Size) -> tuple[Found, Found]:
    pen = furnish(folder, urls[0])
    site, floor = Found(), Found()
    with ExitStack() as stack:
        executor = stack.enter_context(
            ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        )
        serving = stack.enter_context(served(folder, urls[0]))
        shapes = written(urls[0], _first_case(executor, serving, pen))
        addresses = serving, stack.enter_context(floor_served(folder, urls[1], shapes))
        for number in range(size.load_rounds + 1):
            # What is found in the first round, when nothing is warm yet, is thrown away.
            kept = (site, floor) if number else (Found(), Found())
            sides = [Round(executor, address, found) for address, found in zip(addresses, kept, strict=True)]
            _one_round(pen, sides, size, is_turned=number % 2 == 1)
            if number == 0:
                _analyze(*urls)
    return site, floor


def _first_case(executor: Executor, address: Address, pen: Pen) -> str:
    """The number of a case that was reported and moved once."""
    made = executor.submit(drive, *address, [pen.reports(1)]).result()
    number = str(json.loads(made.bodies[0][0])["number"])
    executor.submit(drive, *address, [pen.moves([number])[:1]]).result()
    return number


def _analyze(*urls: str) -> None:
    """Count the rows of the young tables, as PostgreSQL does by itself within a minute; until then it plans blindly."""
    for url in urls:
        database = Database(url)
        if not database.is_sqlite:
            with database.transaction() as connection:
                connection.execute(text("ANALYZE"))
        database.close()


def _one_round(pen: Pen, sides: list[Round], size: Size, *, is_turned: bool) -> None:
    """Both sides get the same kinds of requests, one kind after the other; who goes first is turned around."""
    order = list(reversed(sides)) if is_turned else sides
    numbers = {clients: [str(at) for at in range(size.requests // 2)] for clients in (CLIENTS, 1)}
    for name, clients, count in ((LOADS[0], CLIENTS, size.requests), (LOADS[1], 1, size.requests // 4)):
        for side in order:
            load = side.drive(name, pen.reports(count), clients)
            if side is sides[0]:
                numbers[clients] = [json.loads(body)["number"] for bodies in load.bodies for body in bodies]
    for name, clients in ((LOADS[2], CLIENTS), (LOADS[3], 1)):
        count = len(numbers[clients]) // len(MOVES)
        for side in order:
            moves = pen.moves(numbers[clients][: count // clients * clients])
            side.drive(name, moves, clients, hand=len(MOVES))
    sides[0].drive(WITH_PHOTO, pen.reports(size.requests // 4, has_photo=True), CLIENTS)


def _lines(database: str, site: Found, floor: Found) -> Iterator[Line]:
    bare = "bare insert of the same size"
    for name in LOADS:
        wanted = (ratio_at_least(0.5),) if name == LOADS[0] else ()
        yield Line(f"{name}, {database}", bare, "/s", site.rates(name), floor.rates(name), wanted)
    yield Line(
        f"{WITH_PHOTO}, {database}", f"{bare}, no photo", "/s", site.rates(WITH_PHOTO), floor.rates(LOADS[0])
    )
    for name in (LOADS[0], LOADS[2]):
        bound = (ratio_at_most(6),) if database == "SQLite" and name == LOADS[0] else ()
        p50, p99 = site.percentiles(name, 50), site.percentiles(name, 99)
        yield Line(f"{name}, {database}: p99", "its p50", "ms", p99, p50, bound)
    p50, p99 = floor.percentiles(LOADS[0], 50), floor.percentiles(LOADS[0], 99)
    yield Line(f"{bare}, 8 clients, {database}: p99", "its p50", "ms", p99, p50)
