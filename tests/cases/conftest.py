"""Installations that a whole module of tests shares, for tests that only add cases of their own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.making import NOW, Office, make_office
from tests.postgres import PostgresServer


@pytest.fixture(scope="module")
def _standing_sqlite(
    tmp_path_factory: pytest.TempPathFactory, quick_geo: Path, filled_sqlite: Path
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("standing")
    shutil.copyfile(filled_sqlite, folder / "gridcase.db")
    office = make_office(f"sqlite:///{folder / 'gridcase.db'}", folder, geo=quick_geo)
    yield office
    office.database.close()


@pytest.fixture(scope="module")
def _standing_postgres(
    tmp_path_factory: pytest.TempPathFactory, quick_geo: Path, postgres: PostgresServer
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("standing")

    def fill(url: str) -> None:
        make_office(url, folder, geo=quick_geo).database.close()

    url = postgres.create(postgres.fill("office", fill))
    office = make_office(url, folder, geo=quick_geo)
    yield office
    office.database.close()
    postgres.drop(url)


@pytest.fixture
def standing(_standing_sqlite: Office) -> Office:
    """An installation on SQLite that all tests of a module share; its clock begins at the same moment in each."""
    _standing_sqlite.set(NOW)
    return _standing_sqlite


@pytest.fixture(params=["sqlite", "postgresql"])
def standing_both(request: pytest.FixtureRequest) -> Office:
    """As `standing`, on both databases in turn."""
    name = "_standing_sqlite" if request.param == "sqlite" else "_standing_postgres"
    office: Office = request.getfixturevalue(name)
    office.set(NOW)
    return office
