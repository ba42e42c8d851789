"""`gridcase rank` on a real register, and fact rows that equal the replay of their steps."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gridcase.cli import main
from gridcase.demo.marks import set_demo_clock
from gridcase.facts import FactRow, facts
from tests.making import Office


def run(office: Office, *options: str) -> Result:
    url = office.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(main, ["rank", "--db", url, *options])


def answer(office: Office, *options: str) -> dict[str, Any]:
    ended = run(office, "--format", "json", *options)
    assert ended.exit_code == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def play_a_month(office: Office) -> None:
    """Closed at once; late with rework; handed back to another department; suspended; declined; forced."""
    office.walk(office.report(), "closed")
    late = office.walk(office.report(), "handling")
    office.tick(days=20)
    office.walk(late, "verification_failed", "closed")
    office.walk(office.report(), "handed_back", "handling", department="A")
    office.walk(office.report(), "rejected")
    office.walk(office.report(), "handled", "force_closed", department="B")
    held = office.walk(office.report(), "handling", department="S")
    asked = office.ask(
        "officer_s", held, "suspension", photos=1, until=(office.now + timedelta(days=90)).date()
    )
    office.grant("shift_supervisor", held, asked.id)


def test_stored_fact_rows_equal_the_replay_of_their_steps(office: Office) -> None:
    play_a_month(office)

    names = [field.name for field in dataclasses.fields(FactRow) if field.name != "district"]
    for row in office.rows("case_fact"):
        steps = [entry.step for entry in office.case(row["number"]).entries]
        made = facts(steps)
        assert made is not None
        assert {name: row[name] for name in names} == {name: getattr(made, name) for name in names}
        assert row["last_step_at"] == max(step.at for step in steps)


def test_departments_are_ranked_from_the_register(office: Office) -> None:
    play_a_month(office)
    office.tick(days=30)

    found = answer(office, "--period", "2026-10", "--of", "departments", "--as-of", office.now.isoformat())

    by_code = {unit["code"]: unit for unit in found["units"]}
    assert list(by_code) == ["A", "B", "S"]
    counts = by_code["A"]["counts"]
    assert (counts["handled_count"], counts["closed_count"], counts["rework_rounds_count"]) == (2, 2, 1)
    assert by_code["B"]["counts"]["force_closed_count"] == 1
    assert by_code["S"]["counts"]["held_count"] == 1
    assert found["scheme"] == "department-d1"


def test_streets_and_cells_take_the_schemes_of_the_settings(office: Office) -> None:
    play_a_month(office)
    options = ("--period", "2026-10", "--as-of", "2026-12-01")

    streets, cells = answer(office, "--of", "streets", *options), answer(office, "--of", "cells", *options)

    assert (streets["scheme"], cells["scheme"]) == ("area", "area-cell-1")
    assert sum(unit["counts"]["filed_count"] for unit in streets["units"]) == 5
    assert sum(unit["counts"]["filed_count"] for unit in cells["units"]) == 5
    assert len(streets["units"]) == 12


@pytest.mark.parametrize("answer_format", ["csv", "table"])
def test_the_other_formats_answer_too(sqlite_office: Office, answer_format: str) -> None:
    ended = run(sqlite_office, "--period", "2026-10", "--of", "departments", "--format", answer_format)

    assert ended.exit_code == 0
    assert "甲局" in ended.stdout


def test_a_demo_database_is_judged_by_its_own_clock(sqlite_office: Office) -> None:
    stands = sqlite_office.set("2026-10-20T09:00")
    machine = stands + timedelta(days=4000)
    with sqlite_office.database.transaction() as connection:
        set_demo_clock(
            connection, sqlite_office.district, stands=stands - timedelta(days=3000), machine=machine
        )

    found = answer(sqlite_office, "--period", "2026-10", "--of", "streets")

    assert found["as_of"] < "2026-10-01"


@pytest.mark.parametrize(
    "options",
    [
        ["--period", "2026-13", "--of", "streets"],
        ["--period", "2026-10", "--of", "offices"],
        ["--period", "2026-10", "--of", "streets", "--as-of", "soon"],
        ["--period", "2026-10", "--of", "streets", "--scheme", "areaa"],
        ["--period", "2026-10", "--of", "streets", "--scheme", "post-dispatcher"],
        ["--period", "2025-10", "--of", "streets", "--scheme", "area"],
        ["--of", "streets"],
    ],
)
def test_what_cannot_be_understood_ends_with_exit_2(sqlite_office: Office, options: list[str]) -> None:
    ended = run(sqlite_office, *options)

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"

    ended = CliRunner().invoke(
        main, ["rank", "--db", f"sqlite:///{file}", "--period", "2026-10", "--of", "streets"]
    )

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "no_database" in ended.stderr
    assert not file.exists()
