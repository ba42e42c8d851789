"""Fixtures for the pages: a site with its office, fresh for each test or shared by a file that changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.making import NOW, Office, make_office
from tests.web_pages.visiting import Site


@pytest.fixture
def site(sqlite_office: Office) -> Site:
    """A fresh site on SQLite."""
    return Site(sqlite_office)


@pytest.fixture
def both_sites(office: Office) -> Site:
    """A fresh site on SQLite and on PostgreSQL in turn."""
    return Site(office)


@pytest.fixture(scope="module")
def shared_site(
    tmp_path_factory: pytest.TempPathFactory, quick_geo: Path, filled_sqlite: Path
) -> Iterator[Site]:
    """One site for all tests of a file, which look and change nothing that others look at."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copyfile(filled_sqlite, folder / "gridcase.db")
    office = make_office(f"sqlite:///{folder / 'gridcase.db'}", folder, geo=quick_geo)
    yield Site(office)
    office.database.close()


@pytest.fixture
def kept_site(shared_site: Site, request: pytest.FixtureRequest) -> Site:
    """The shared site with its clock set back, and a place where no earlier test has reported anything."""
    office = shared_site.office
    office.now = NOW
    cells = list(office.book.geography.cells(NOW.date()))
    place = sum(map(ord, request.node.name)) % len(cells)
    used: set[int] = shared_site.places
    while place in used:
        place = (place + 1) % len(cells)
    used.add(place)
    middle = cells[place].shape.representative_point()
    office.point = (middle.x, middle.y)
    return shared_site
