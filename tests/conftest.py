"""Fixtures for all tests: fresh databases on SQLite and on PostgreSQL.

    def test_something(database_url): ...     runs twice, on an empty SQLite file and an empty PostgreSQL database
    def test_something(sqlite_url): ...       an empty SQLite file
    def test_something(postgres_url): ...     an empty PostgreSQL database

A database with tables in it is cheaper as a copy. On PostgreSQL:

    name = postgres.fill("migrated", upgrade)     # `upgrade(url)` runs once a test process
    url = postgres.create(name)                   # a copy in some 30 ms
    ...
    postgres.drop(url)

The server is one a test process, and is started by the first test that asks for it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from gridcase.demo.district import write_district
from gridcase.resources import shipped_folder

# Helpers assert, too: without this a failure there says `AssertionError` and not what was found. It is heard
# only by what is imported after it.
_HERE = Path(__file__).parent
pytest.register_assert_rewrite(
    *(
        f"tests.{each.stem}"
        for each in _HERE.iterdir()
        if each.is_dir() or (each.suffix == ".py" and each.stem != "conftest")
    )
)

from tests.making import Office, make_office  # noqa: E402
from tests.postgres import PostgresServer  # noqa: E402

# Machines are busy while tests run: how long one example takes says nothing.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'gridcase.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(scope="session")
def quick_geo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The geo folder of the quick synthetic district: about 1,000 cells, default seed; not to be changed."""
    folder = tmp_path_factory.mktemp("quick") / "geo"
    write_district(folder, shipped_folder() / "geo" / "areas.csv", size="quick")
    return folder


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory, quick_geo: Path) -> Path:
    """An SQLite file with the reference data, departments and people of `make_office`; copied, never used."""
    folder = tmp_path_factory.mktemp("filled")
    make_office(f"sqlite:///{folder / 'filled.db'}", folder, geo=quick_geo).database.close()
    return folder / "filled.db"


@pytest.fixture
def sqlite_office(tmp_path: Path, quick_geo: Path, filled_sqlite: Path) -> Iterator[Office]:
    """A ready installation on SQLite; see tests/making.py."""
    shutil.copyfile(filled_sqlite, tmp_path / "gridcase.db")
    office = make_office(f"sqlite:///{tmp_path / 'gridcase.db'}", tmp_path, geo=quick_geo)
    yield office
    office.database.close()


@pytest.fixture
def postgres_office(
    tmp_path: Path, quick_geo: Path, tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[Office]:
    """A ready installation on PostgreSQL; see tests/making.py."""

    def fill(url: str) -> None:
        make_office(url, tmp_path_factory.mktemp("filled"), geo=quick_geo).database.close()

    url = postgres.create(postgres.fill("office", fill))
    office = make_office(url, tmp_path, geo=quick_geo)
    yield office
    office.database.close()
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Office:
    """A ready installation with people in every role and a clock set by hand, on both databases in turn."""
    ready: Office = request.getfixturevalue(
        "sqlite_office" if request.param == "sqlite" else "postgres_office"
    )
    return ready
