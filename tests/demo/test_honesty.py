"""The ranking of a played month, reproduced from the raw steps by a computation of its own."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gridcase.cli import main
from gridcase.resources import shipped_folder
from tests.demo import recount
from tests.demo.played import Played, play_month

CASES = 320
PERIOD = "2026-10"
MOMENTS = ("2026-11-01T00:00", "2026-10-21T12:00")


@dataclass(frozen=True)
class Ground:
    """A played month with what a recount needs to know of it."""

    month: Played
    days: recount.Days

    def told_at(self, moment: str) -> tuple[list[recount.Told], recount.Month]:
        """The cases as the steps before a moment of China time tell them."""
        at = datetime.fromisoformat(moment).replace(tzinfo=recount.CHINA)
        start = datetime(2026, 9, 30, 16, tzinfo=UTC)
        span = recount.Month(start, datetime(2026, 10, 31, 16, tzinfo=UTC), at)
        return recount.read_cases(self.month.file, span), span

    def ranked(self, of: str, moment: str) -> list[dict[str, Any]]:
        """What `gridcase rank` prints."""
        where = ["--site", str(self.month.folder / "site"), "--db", f"sqlite:///{self.month.file}"]
        asked = ["--period", PERIOD, "--of", of, "--as-of", moment, "--format", "json"]
        run = CliRunner().invoke(main, ["rank", *asked, *where])
        assert run.exit_code == 0, run.stderr
        units: list[dict[str, Any]] = json.loads(run.stdout)["units"]
        return units

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.month.file)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, quick_geo: Path) -> Iterator[Ground]:
    played = play_month(tmp_path_factory.mktemp("honest"), quick_geo, cases=CASES, seed=11)
    yield Ground(played, recount.Days(shipped_folder() / "workflows" / "calendars"))
    played.installation.database.close()


def compare(unit: dict[str, Any], counts: recount.Counts, *, names: tuple[str, ...]) -> None:
    found = {name: unit["counts"][f"{name}_count"] for name in names}

    assert found == {name: counts.get(name, 0) for name in names}, unit["unit"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_ranking_of_departments_follows_from_the_raw_steps(ground: Ground, moment: str) -> None:
    cases, span = ground.told_at(moment)
    counts = recount.count(cases, span, ground.days, lambda told: told.department)
    groups = dict(ground.rows("select code, group_name from department where kind <> 'centre'"))
    scores = {code: recount.department_score(counts.get(code, {})) for code in groups}

    units = {unit["code"]: unit for unit in ground.ranked("departments", moment)}

    assert set(units) == set(groups)
    assert sum(own.get("due", 0) for own in counts.values()) > 0
    by_group: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for code, score in scores.items():
        names = ("handle_due", "on_time_handled", "due", "closed", "reworked")
        compare(units[code], counts.get(code, {}), names=names)
        assert units[code]["score"] == ("—" if score is None else recount.printed(score))
        if score is not None:
            by_group[groups[code]][code] = score
    ranks = {code: rank for group in by_group.values() for code, rank in recount.dense_ranks(group).items()}
    assert {code: unit["rank"] for code, unit in units.items() if "rank" in unit} == ranks


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_ranking_of_streets_follows_from_the_raw_steps(ground: Ground, moment: str) -> None:
    cases, span = ground.told_at(moment)
    counts = recount.count(cases, span, ground.days, lambda told: told.cell[:9])
    filed = recount.count(cases, span, ground.days, lambda told: told.cell)
    cells: dict[str, list[tuple[int, int]]] = defaultdict(list)
    on_last_day = (
        "(valid_from is null or valid_from <= '2026-10-31') and (valid_to is null or valid_to > '2026-10-31')"
    )
    for code, kind in ground.rows(
        f"select code, area_class from area where level = 'cell' and {on_last_day}"
    ):
        cells[code[:9]].append((kind, filed.get(code, {}).get("filed", 0)))
    scores = {street: recount.area_score(counts.get(street, {}), own) for street, own in cells.items()}

    units = {unit["code"]: unit for unit in ground.ranked("streets", moment)}

    assert set(units) == set(cells)
    for code, score in scores.items():
        names = ("filed", "public_filed", "due", "closed", "on_time_closed")
        compare(units[code], counts.get(code, {}), names=names)
        assert units[code]["score"] == recount.printed(score)
    assert {code: unit["rank"] for code, unit in units.items()} == recount.dense_ranks(scores)


def test_the_recount_would_notice_a_step_that_is_missing(ground: Ground) -> None:
    cases, span = ground.told_at(MOMENTS[0])
    whole = recount.count(cases, span, ground.days, lambda told: told.department)
    closed = next(
        at for at, told in enumerate(cases) if recount.columns(told, span, ground.days).get("closed")
    )

    cases[closed].closed_at = None

    assert recount.count(cases, span, ground.days, lambda told: told.department) != whole
