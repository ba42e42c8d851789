"""Stories in two parts with something in between that no call of the interface does: an import, an edited table."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from gridcase.app import open_database
from gridcase.cases.live_calendar import LOOK_EVERY_S
from gridcase.cases.models import CategoryCondition
from gridcase.cli import main
from gridcase.config import Settings
from gridcase.db import table_of
from gridcase.demo.stage import Playing
from gridcase.demo.story import read_story
from gridcase.resources import SiteFolder
from tests.stories.serving import ServedStage, served
from tests.stories.telling import FIRST, FOLDER, faults_of, open_at

PARTS = FOLDER / "parts"
_CONDITION = table_of(CategoryCondition)


def run(folder: Path, url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--site", str(folder / "site"), "--db", url, *arguments])


def import_calendar(folder: Path, url: str) -> None:
    result = run(folder, url, "import", "calendar", str(PARTS / "scenario_33_calendar_loaded.csv"))
    assert result.exit_code == 0, result.output
    assert "1 due moments moved in 1" in result.stdout


def edit_limit(folder: Path, url: str) -> None:
    """The limit of the condition goes from 4工作时 to 2工作时."""
    database = open_database(Settings(), SiteFolder(folder / "site"), db=url)
    wanted = {"kind": "event", "main_code": "01", "sub_code": "10", "condition_no": 1}
    matches = [_CONDITION.c[name] == value for name, value in wanted.items()]
    with database.transaction() as connection:
        statement = update(_CONDITION).where(*matches).values(limit_text="2工作时")
        assert connection.execute(statement).rowcount == 1
    database.close()


BETWEEN: dict[str, Callable[[Path, str], None]] = {
    "scenario_28_limit_edited": edit_limit,
    "scenario_33_calendar_loaded": import_calendar,
}


def played(folder: Path, url: str, file: Path) -> list[dict[str, Any]]:
    result = run(folder, url, "play", str(file))
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("name", BETWEEN)
def test_both_parts_played_by_the_command_are_answered_as_expected(
    name: str, tmp_path: Path, quick_geo: Path, sqlite_url: str
) -> None:
    first, second = PARTS / f"{name}.1.jsonl", PARTS / f"{name}.2.jsonl"
    open_at(tmp_path, quick_geo, url=sqlite_url).database.close()

    assert faults_of(first, played(tmp_path, sqlite_url, first)) == []
    BETWEEN[name](tmp_path, sqlite_url)
    assert faults_of(second, played(tmp_path, sqlite_url, second)) == []


def over_http(folder: Path, geo: Path, url: str, file: Path) -> list[dict[str, Any]]:
    story = read_story(file)
    stage = ServedStage(lambda clock: open_at(folder, geo, clock, url=url), story.first_at or FIRST)
    with served(stage):
        return list(Playing(story, stage).answers())


def test_an_edited_limit_is_that_of_new_filings_only(
    tmp_path: Path, quick_geo: Path, empty_postgres: str
) -> None:
    first, second = (PARTS / f"scenario_28_limit_edited.{part}.jsonl" for part in (1, 2))

    assert faults_of(first, over_http(tmp_path, quick_geo, empty_postgres, first)) == []
    edit_limit(tmp_path, empty_postgres)
    assert faults_of(second, over_http(tmp_path, quick_geo, empty_postgres, second)) == []


def test_a_running_server_counts_by_a_calendar_that_is_imported_meanwhile(
    tmp_path: Path, quick_geo: Path, empty_postgres: str
) -> None:
    first, second = (PARTS / f"scenario_33_calendar_loaded.{part}.jsonl" for part in (1, 2))
    begin, end = read_story(first), read_story(second)
    stage = ServedStage(
        lambda clock: open_at(tmp_path, quick_geo, clock, url=empty_postgres), begin.first_at or FIRST
    )

    with served(stage):
        assert faults_of(first, list(Playing(begin, stage).answers())) == []
        import_calendar(tmp_path, empty_postgres)
        time.sleep(LOOK_EVERY_S)
        answers = list(Playing(end, stage).answers())

    assert faults_of(second, answers) == []
