"""Databases for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gridcase.db import Database
from tests.migrated import migrated


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with all tables, on both databases in turn."""
    with migrated(request, request.param) as made:
        yield made
