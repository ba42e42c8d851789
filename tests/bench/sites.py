"""Starts a site with people and tokens in a process of its own, and the bare floor beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from gridcase.app import Installation, open_installation
from gridcase.config import Settings
from gridcase.db import Base, Database
from gridcase.directory.credentials import make_token
from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import NewUser, add_department, add_user
from gridcase.resources import SiteFolder
from tests.bench.sent_requests import DEPARTMENT, OFFICER, ROLES, Pen

_STOP_S = 20
_WRITTEN = ("cases", "step", "clock_run", "case_fact", "receipt")

Rows = dict[str, dict[str, Any]]
_CATEGORIES = 12
_POINTS = 2_000


def furnish(folder: Path, url: str) -> Pen:
    """Fill an empty database with the reference data, a department and people; answers the pen of their clients."""
    folder.mkdir(parents=True, exist_ok=True)
    installation = open_installation(SiteFolder(folder), Settings(), db=url)
    now, district = datetime.now(UTC), installation.book.district
    tokens = {}
    with installation.database.transaction() as connection:
        add_department(connection, district, DepartmentCard(DEPARTMENT, "甲局", "handling"))
        for role in ROLES:
            new = NewUser(role, (role,), DEPARTMENT if role == OFFICER else None)
            add_user(connection, district, new, rules=installation.roles, now=now)
            tokens[role] = make_token(connection, district, role, now=now)
    pen = Pen(tokens, _points(installation), _categories(installation))
    installation.database.close()
    return pen


def _points(installation: Installation) -> list[tuple[float, float]]:
    cells = list(installation.book.geography.cells(datetime.now(UTC).date()))
    middles = [cell.shape.representative_point() for cell in cells[:: max(1, len(cells) // _POINTS)]]
    return [(middle.x, middle.y) for middle in middles]


def _categories(installation: Installation) -> list[tuple[str, str, str]]:
    found = [
        (category.kind, category.main_code, category.sub_code)
        for category in installation.book.catalogue.categories.values()
        if category.kind == "event" and 1 in category.conditions
    ]
    return found[:: max(1, len(found) // _CATEGORIES)]


@contextmanager
def served(folder: Path, url: str, *, workers: int = 1) -> Iterator[tuple[str, int]]:
    """The site on a free port: host and port."""
    program = str(Path(sys.executable).with_name("gridcase"))
    command = [program, "serve", "--site", str(folder), "--db", url, "--port", "0", "--workers", str(workers)]
    with _running(command, folder / "site.log") as address:
        yield address


@contextmanager
def floor_served(folder: Path, url: str, shapes: dict[str, Rows]) -> Iterator[tuple[str, int]]:
    """The bare floor on a free port: host and port. `shapes` as `written` gives them."""
    file = folder / "shapes.json"
    file.write_text(json.dumps(shapes, default=_plain), encoding="utf-8")
    command = [sys.executable, "-m", "tests.bench.floor_site", url, str(file)]
    with _running(command, folder / "floor.log") as address:
        yield address


def _plain(value: datetime | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else value.isoformat()


def written(url: str, number: str) -> dict[str, Rows]:
    """The rows that a report and the move after it wrote, by table and column; moments as text, bytes in hex.

    Columns that no statement of theirs names are left out: those of the fact row that are empty, and of what the
    move brought up to date all that it left as it was.
    """
    database = Database(url)
    with database.reading() as connection:
        found = {name: _rows_of(connection, name, number) for name in _WRITTEN}
    database.close()
    fact = {name: value for name, value in found["case_fact"][-1].items() if value}
    kept = {"step": found["step"][0], "clock_run": found["clock_run"][0], "receipt": found["receipt"][0]}
    updated = {
        name: found["cases"][0][name]
        for name in ("version", "state", "stage", "due_at", "yellow_at", "last_hash")
    }
    return {
        "report": {"cases": found["cases"][0], **kept, "case_fact": fact},
        "move": {
            "cases": updated,
            **kept,
            "case_fact": {"last_step_no": 2, "last_step_at": fact["last_step_at"]},
        },
    }


def _rows_of(connection: Connection, name: str, number: str) -> list[dict[str, Any]]:
    table = Base.metadata.tables[name]
    query = select(table)
    if "number" in table.c:
        query = query.where(table.c.number == number)
    return [dict(row) for row in connection.execute(query.limit(2)).mappings()]


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[tuple[str, int]]:
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("the server's output was not taken")
        parts = urlsplit(process.stdout.readline().strip())
        if parts.hostname is None or parts.port is None:
            raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')}")
        yield parts.hostname, parts.port
    finally:
        process.terminate()
        process.communicate(timeout=_STOP_S)
