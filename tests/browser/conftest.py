"""Fixtures for pages in Chromium: one browser a run, one served office a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.breaking import Line, line_to
from tests.browser.driving import FLAGS, chromium, served
from tests.making import Office, make_office


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Machines are busy while tests run: what is to be seen may take its time.
        expect.set_options(timeout=15_000)
        found = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def open_office(
    tmp_path_factory: pytest.TempPathFactory, quick_geo: Path, filled_sqlite: Path
) -> Iterator[Office]:
    """A ready office on SQLite for all tests of a file."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copyfile(filled_sqlite, folder / "gridcase.db")
    office = make_office(f"sqlite:///{folder / 'gridcase.db'}", folder, geo=quick_geo)
    yield office
    office.database.close()


@pytest.fixture(scope="module")
def base(open_office: Office) -> Iterator[str]:
    """The address at which the office is served."""
    with served(open_office) as address:
        yield address


@pytest.fixture
def line(base: str) -> Iterator[Line]:
    """A line to the served office that breaks as a test tells it."""
    with line_to(base) as made:
        yield made
