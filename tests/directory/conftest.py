"""Migrated databases for the directory: copies of one, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from gridcase.db import Database
from gridcase.migrations import upgrade
from tests.postgres import PostgresServer


def _migrate(url: str) -> None:
    database = Database(url, is_bulk=True)
    upgrade(database)
    database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "migrated.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def _sqlite_directory(tmp_path: Path, migrated_sqlite: Path) -> str:
    shutil.copyfile(migrated_sqlite, tmp_path / "directory.db")
    return f"sqlite:///{tmp_path / 'directory.db'}"


@pytest.fixture
def _postgres_directory(postgres: PostgresServer) -> Iterator[str]:
    url = postgres.create(postgres.fill("migrated", _migrate))
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A transaction on an empty, migrated database, on both in turn."""
    database = Database(request.getfixturevalue(f"_{request.param}_directory"), is_bulk=True)
    with database.transaction() as connection:
        yield connection
    database.close()
