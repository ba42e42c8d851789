"""The rows that rankings are measured over are whole: the same in every database, and the sums over them are right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import select

from gridcase.app import Installation, open_installation
from gridcase.cases.models import case_fact
from gridcase.config import Settings
from gridcase.evaluation.counting import count_units
from gridcase.evaluation.fact_sums import CountQuery
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.settling import differing_sums, forget, settle
from gridcase.facts import Selection
from gridcase.facts.acts import acts_from_text, count_acts
from gridcase.resources import SiteFolder
from tests.bench.bare_sums import BareSums
from tests.bench.fact_copies import STEP_S, Filling, MadeRows, fill_duckdb
from tests.bench.fact_rows import AT, FIRST_DAY
from tests.bench.rank_cases import SETTLED_AT, made_district
from tests.postgres import PostgresServer

CASES = 599


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeRows:
    return MadeRows(made_district(SiteFolder(tmp_path_factory.mktemp("site"))), CASES)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, made: MadeRows
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("filled")
    url = f"sqlite:///{folder}/rows.db"
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create()
    installation = open_installation(SiteFolder(folder), Settings(), db=url)
    filling = Filling(installation.database, made)
    filling.write(f"made.last_step_at < '{SETTLED_AT:%Y-%m-%d %H:%M:%S}'")
    settle(installation.database, installation.book, SETTLED_AT)
    filling.write(f"made.last_step_at >= '{SETTLED_AT:%Y-%m-%d %H:%M:%S}'")
    filling.end()
    yield installation
    installation.database.close()


def test_the_first_copies_are_the_rows_that_were_made_and_the_next_lie_a_step_before(
    filled: Installation, made: MadeRows
) -> None:
    columns = [case_fact.c[name] for name in made.columns]
    with filled.database.reading() as connection:
        rows = [
            dict(row)
            for row in connection.execute(
                select(case_fact.c.number, *columns).order_by(case_fact.c.number)
            ).mappings()
        ]

    assert len(rows) == CASES
    by_serial = {int(row["number"][8:]): row for row in rows}
    assert len(by_serial) == CASES
    for place, own in enumerate(made.rows):
        assert {name: by_serial[place * made.copies][name] for name in made.columns} == {
            name: own[name] for name in made.columns
        }
    for serial, row in by_serial.items():
        first = by_serial[serial - serial % made.copies]
        assert row["reported_at"] == first["reported_at"] - timedelta(seconds=serial % made.copies * STEP_S)
        assert row["number"][:8] == f"{row['reported_at'] + timedelta(hours=8):%Y%m%d}"
        assert FIRST_DAY <= row["reported_at"] <= row["last_step_at"] < AT
        acts = acts_from_text(row["acts"])
        assert {name: row[name] for name in count_acts([])} == count_acts(acts)
        moments = sorted(act.at for act in acts)
        assert (row["acts_from"], row["acts_to"]) == ((moments[0], moments[-1]) if moments else (None, None))


def test_the_sums_of_these_rows_are_kept_right_and_change_no_count(
    filled: Installation, made: MadeRows, tmp_path: Path
) -> None:
    district, period = filled.book.district, parse_period("2026-10")
    bare = BareSums(tmp_path, made)
    queries = [
        CountQuery(district, (key,), period.span, AT, Selection(mode=mode))
        for key in ("department", "street")
        for mode in ("due", "reported")
    ]
    with filled.database.reading() as connection:
        assert list(differing_sums(connection, district)) == []
        kept = connection.scalars(select(case_fact.c.number).where(case_fact.c.is_settled)).all()
        counted = [count_units(connection, query) for query in queries]
    with filled.database.transaction() as connection:
        forget(connection, district)
        by_row = [count_units(connection, query) for query in queries]

    assert len(kept) > CASES // 2
    for query, with_sums, rows_alone in zip(queries, counted, by_row, strict=True):
        shown = {unit: counts for unit, counts in with_sums.items() if any(counts.values())}
        assert shown == {unit: counts for unit, counts in rows_alone.items() if any(counts.values())}
        assert sum(counts["handled"] for counts in shown.values()) > 10
        bare.compare(query, with_sums)
    bare.close()


def test_sums_that_differ_are_not_taken_for_the_floor(made: MadeRows, tmp_path: Path) -> None:
    district, period = made.district, parse_period("2026-10")
    query = CountQuery(district.code, ("department",), period.span, AT, Selection())
    bare = BareSums(tmp_path, made)
    sums = bare.sums(query)
    bare.compare(query, sums)
    next(counts for counts in sums.values() if counts["handled"])["handled"] += 1

    with pytest.raises(AssertionError):
        bare.compare(query, sums)
    bare.close()


def test_as_many_rows_as_wanted_are_made_and_no_more_than_there_is_room_for(
    made: MadeRows, tmp_path: Path
) -> None:
    connection = duckdb.connect(str(tmp_path / "rows"))
    fill_duckdb(connection, made, tmp_path)

    count = connection.execute("SELECT count(DISTINCT number), count(*) FROM case_fact").fetchone()

    connection.close()
    assert count == (CASES, CASES)
    with pytest.raises(ValueError, match="no room"):
        MadeRows(made.district, 100_000_000)
