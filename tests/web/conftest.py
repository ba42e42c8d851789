"""Fixtures for the interface: a ready office behind HTTP, on one database or on both in turn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.making import Office, make_office
from tests.web.calling import Caller


@pytest.fixture
def caller(office: Office) -> Caller:
    """The interface on SQLite and on PostgreSQL in turn."""
    return Caller(office)


@pytest.fixture
def lone_caller(sqlite_office: Office) -> Caller:
    """The interface on SQLite alone, for what does not depend on the database."""
    return Caller(sqlite_office)


@pytest.fixture(scope="module")
def shared_caller(
    tmp_path_factory: pytest.TempPathFactory, quick_geo: Path, filled_sqlite: Path
) -> Iterator[Caller]:
    """The interface on one SQLite database for all tests of a file: for tests after which nothing has changed."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copyfile(filled_sqlite, folder / "gridcase.db")
    office = make_office(f"sqlite:///{folder / 'gridcase.db'}", folder, geo=quick_geo)
    yield Caller(office)
    office.database.close()
