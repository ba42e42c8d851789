"""An empty database with all tables, on SQLite and on PostgreSQL, made once a test process and copied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gridcase.db import Database
from gridcase.migrations import upgrade
from tests.postgres import PostgresServer


def _upgrade(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


@contextmanager
def migrated(request: pytest.FixtureRequest, dialect: str) -> Iterator[Database]:
    """A database of the dialect (`sqlite` or `postgresql`) for one test."""
    if dialect == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        _upgrade(url)
        database = Database(url, is_bulk=True)
        yield database
        database.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create(server.fill("migrated", _upgrade))
    database = Database(url)
    yield database
    database.close()
    server.drop(url)
