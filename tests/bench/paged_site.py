"""A site on SQLite with a year of cases, its people at their browsers, and what they ask of every page.

Pages, people and queries are those of the authorisation table, which names every route of the site
(tests/web_pages/authorisation.toml): a new page is measured without a further word.
"""

from __future__ import annotations

import gc
import gzip
import io
import posixpath
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import quote

from flask import Flask

from gridcase.app import Installation, create_app, open_installation
from gridcase.cli.serving import spare_collector
from gridcase.config import Settings
from gridcase.demo.month.filling import Ground, Order, Watch, fill, read_plan
from gridcase.directory.credentials import open_session
from gridcase.evaluation.settling import settle
from gridcase.resources import SiteFolder
from gridcase.web.context import SESSION_COOKIE
from gridcase.web.pages.public_follow import follow_code
from tests.bench.copied_cases import Copying
from tests.web_pages.authorising import Route, read_table

# The first working day after the played month, while everybody works; the job that sums what has ended ran at night.
AT = datetime(2026, 11, 2, 1, 7, tzinfo=UTC)
_NIGHT = AT - timedelta(hours=6)
_PERIOD, _SEED = "2026-10", 3
_MOST_PLAYED = 2_000
# Whose pages are opened: for each role the person with the most to do.
_BUSIEST = {
    "inspector": "SELECT inspector FROM cases WHERE is_open GROUP BY 1 ORDER BY inspector IS NULL, count(*) DESC LIMIT 1",
    "handler": "SELECT handler FROM cases WHERE is_open GROUP BY 1 ORDER BY handler IS NULL, count(*) DESC LIMIT 1",
    "department_officer": (
        "SELECT name FROM user_account WHERE roles LIKE '%department_officer%' AND department = ("
        "SELECT department FROM cases WHERE is_open GROUP BY 1 ORDER BY department IS NULL, count(*) DESC LIMIT 1)"
    ),
}
_DESKS = ("intake_operator", "shift_supervisor", "dispatcher", "leader", "administrator")
# Of a case that its asker sees: numbers and places for queries and paths.
_SEEN = {
    "inspector": "inspector = :who",
    "handler": "handler = :who",
    "department_officer": "department = (SELECT department FROM user_account WHERE name = :who)",
}
# Of those that were played: the case file of a copy tells of all the links that do not fit.
_PLAYED = "substr(number, 9, 1) = '0'"
_CASES = 100


@dataclass(frozen=True)
class Asked:
    """One request: the route's line, who asks, the address with its query."""

    line: str
    role: str
    path: str
    query: str


@dataclass
class PagedSite:
    """The site in this process. `ask` answers milliseconds of the server, status and body."""

    app: Flask
    installation: Installation
    file: Path
    sessions: dict[str, str]
    people: dict[str, str]

    def ask(self, asked: Asked, **headers: str) -> tuple[float, int, dict[str, str], bytes]:
        """Run one request through the whole application, without a line between."""
        environ = self._environ(asked.path, asked.query, self.sessions[asked.role], headers)
        answered: list[Any] = []

        def start(status: str, sent: list[tuple[str, str]], _error: object = None) -> Any:
            answered[:] = [int(status[:3]), dict(sent)]
            return lambda _bytes: None

        begun = perf_counter()
        parts = self.app.wsgi_app(environ, start)
        body = b"".join(parts)
        took = (perf_counter() - begun) * 1000
        if hasattr(parts, "close"):
            parts.close()
        return took, answered[0], answered[1], body

    def _environ(self, path: str, query: str, secret: str, headers: Mapping[str, str]) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "bench",
            "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
            "HTTP_COOKIE": f"{SESSION_COOKIE}={secret}" if secret else "", "HTTP_HOST": "bench",
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }  # fmt: skip

    def requests(self, rng: Random, *, most_roles: int = len(_DESKS) + len(_BUSIEST)) -> Iterator[Asked]:
        """What is asked in a round: of every page by every role that it is for, each query of the table."""
        table = read_table()
        cases = {role: list(self._cases(role)) for role in self.people}
        for route in table.routes.values():
            if route.is_write or not _is_page(route):
                continue
            roles = [role for role in cases if route.lets_in(frozenset({role}))]
            for role in roles[: 1 if route.is_open else most_roles]:
                yield from self._queries(route, role, {**table.values, **rng.choice(cases[role])})

    def _queries(self, route: Route, role: str, values: Mapping[str, Any]) -> Iterator[Asked]:
        path = route.path(values)
        for query in (*route.more.get("ask", [""]), *route.more.get("pry", [])):
            yield Asked(route.line, role, path, quote(query.format_map(values), safe="=&%:/@,"))

    def _cases(self, role: str) -> Iterator[dict[str, Any]]:
        """Some open cases, each with a telephone number that reported, and all that queries name."""
        where = _SEEN.get(role, "TRUE")
        with closing(sqlite3.connect(self.file)) as plain:
            plain.row_factory = sqlite3.Row
            phones = [
                row[0]
                for row in plain.execute(
                    "SELECT reporter_phone FROM cases WHERE reporter_phone > '' LIMIT 500"
                )
            ]
            units = [
                row[0]
                for row in plain.execute("SELECT department FROM cases GROUP BY 1 ORDER BY count(*) DESC")
                if row[0]
            ]
            query = f"""
                SELECT number, address, cell, lon, lat, street AS south, cell AS south_cell,
                  (SELECT id FROM photo WHERE photo.number = cases.number LIMIT 1) AS photo_id
                FROM cases WHERE is_open AND {_PLAYED} AND {where} LIMIT {_CASES}
            """
            rows = [dict(row) for row in plain.execute(query, {"who": self.people[role]})]
            # Of a small site somebody sees none: then of any.
            rows = rows or [dict(row) for row in plain.execute(query.replace(where, "TRUE"))]
        with self.app.app_context():
            for at, row in enumerate(rows):
                own = {
                    "phone": phones[at % len(phones)] if phones else "13800000000",
                    "mine": units[0],
                    "other": units[-1],
                    "word": "路",
                }
                yield {**row, **own, "follow_code": follow_code(row["number"])}


def _is_page(route: Route) -> bool:
    """Whether a route belongs to the pages, and is no paper: that is made by a browser of its own."""
    return not route.rule.startswith(("/api/", "/static/", "/healthz"))


@contextmanager
def paged_site(folder: Path, count: int) -> Iterator[PagedSite]:
    """A site of `count` cases: a month is played, the rest are copies of it over a year. Collected as it is served."""
    file = folder / "pages.db"
    installation = open_installation(
        SiteFolder(folder), Settings(), db=f"sqlite:///{file}", clock=lambda: AT, is_bulk=True
    )
    database, book = installation.database, installation.book
    ground = Ground(database, book, installation.roles, read_plan(SiteFolder(folder).workflows, book))
    fill(ground, Order(_PERIOD, min(_MOST_PLAYED, count // 2), _SEED), Watch())
    with closing(sqlite3.connect(file)) as plain:
        Copying(plain).fill(count)
        people = {role: role for role in _DESKS}
        # Where nobody has anything to do, whoever is named by the role.
        busiest = {role: plain.execute(query).fetchone() for role, query in _BUSIEST.items()}
        people |= {role: row[0] if row and row[0] else role for role, row in busiest.items()}
    settle(database, book, _NIGHT)
    sessions = {}
    with database.transaction() as connection:
        for role, name in people.items():
            sessions[role] = open_session(connection, book.district, name, now=AT)
    app = create_app(installation)
    with _collected_as_served():
        yield PagedSite(app, installation, file, sessions, people)
    database.close()


@contextmanager
def _collected_as_served() -> Iterator[None]:
    """The garbage collector as `gridcase serve` sets it."""
    before = gc.get_threshold()
    spare_collector()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def first_load(site: PagedSite, asked: Asked) -> tuple[int, set[str]]:
    """Bytes that a browser fetches to show a page for the first time, packed as they are served, and its files."""
    body = site.ask(asked, accept_encoding="gzip")[3]
    total, found = len(body), set()
    waiting: list[str] = re.findall(r'(?:src|href)="(/static/[^"#?]+)', _unpacked(body))
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        content = site.ask(Asked("", asked.role, path, ""), accept_encoding="gzip")[3]
        total += len(content)
        if path.endswith(".js"):
            further = re.findall(r'(?:from|import)\s*\(?"(\.{1,2}/[^"]+)"', _unpacked(content))
            waiting += [posixpath.normpath(posixpath.join(posixpath.dirname(path), each)) for each in further]
    return total, found


def _unpacked(body: bytes) -> str:
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode("utf-8", "replace")
