"""Databases with tables and reference data and no case, copied for each story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.stories.telling import open_at


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, quick_geo: Path) -> Path:
    """An SQLite file; copied, never used."""
    folder = tmp_path_factory.mktemp("empty")
    open_at(folder, quick_geo).database.close()
    return folder / "story.db"


@pytest.fixture
def empty_postgres(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory, quick_geo: Path
) -> Iterator[str]:
    """The address of a PostgreSQL database of one's own."""

    def fill(url: str) -> None:
        open_at(tmp_path_factory.mktemp("empty"), quick_geo, url=url).database.close()

    url = postgres.create(postgres.fill("story", fill))
    yield url
    postgres.drop(url)
