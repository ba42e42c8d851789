"""The bench of pages opens pages of whole cases, copies too, and the phone needs nothing at its second visit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.bench.paged_site import Asked, PagedSite, first_load, paged_site

CASES = 90


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagedSite]:
    with paged_site(tmp_path_factory.mktemp("pages"), CASES) as made:
        yield made


def test_a_copy_is_a_whole_case_of_another_time_or_place(site: PagedSite) -> None:
    with closing(sqlite3.connect(site.file)) as plain:
        numbers = [
            row[0] for row in plain.execute("SELECT number FROM cases WHERE number LIKE '________1_____'")
        ]
        steps = dict(plain.execute("SELECT number, count(*) FROM step GROUP BY 1").fetchall())
        versions = dict(plain.execute("SELECT number, version FROM cases").fetchall())

    assert len(versions) == CASES
    assert len(numbers) >= CASES // 2
    assert steps == versions
    for number in numbers[:5]:
        _took, status, _headers, body = site.ask(Asked("", "leader", f"/cases/{number}", ""))
        assert status == 200
        assert number in body.decode()


def test_the_phone_keeps_all_files_of_its_pages(site: PagedSite) -> None:
    worker = site.ask(Asked("", "inspector", "/phone/worker.js", ""))[3].decode()

    weight, files = first_load(site, Asked("", "inspector", "/phone/", ""))

    assert len(files) > 3
    assert [path for path in sorted(files) if path not in worker] == []
    assert 0 < weight <= 120 * 1024
