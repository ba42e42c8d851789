"""Stories in two parts with something in between that no call of the interface does: an import."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gridcase.cases import following
from gridcase.cli import main
from gridcase.demo.stage import Playing
from gridcase.demo.story import read_story
from gridcase.resources import shipped_folder
from tests.stories.serving import ServedStage, served
from tests.stories.telling import FIRST, FOLDER, faults_of, open_at

PARTS = FOLDER / "parts"
SHIPPED = shipped_folder() / "workflows" / "catalogue" / "catalogue.csv"


def run(folder: Path, url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--site", str(folder / "site"), "--db", url, *arguments])


def import_calendar(folder: Path, url: str) -> None:
    result = run(folder, url, "import", "calendar", str(PARTS / "scenario_33_calendar_loaded.csv"))
    assert result.exit_code == 0, result.output
    assert "1 due moments moved in 1" in result.stdout


def import_rows(folder: Path, url: str) -> None:
    """Four limits: by mapping with a note, only if mapped, and two that no mapping helps."""
    rows = PARTS / "scenario_27_import_rows.csv"
    mapping = [("--unit", "紧急工作时制止=紧急工作时"), ("--unit", "小时=工作时")]
    for mapped, lines in ((0, "2345"), (1, "345"), (2, "45")):
        options = [option for pair in mapping[:mapped] for option in pair]
        refused = run(folder, url, "import", "categories", str(rows), *options)
        assert (refused.exit_code, refused.stdout) == (2, "")
        told = [line.split(": ")[1] for line in refused.stderr.splitlines()]
        assert told == [f"line {line}, column limit" for line in lines]
    readable = folder / "readable.csv"
    readable.write_text(
        "".join(rows.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8"
    )
    options = [option for pair in mapping for option in pair]
    done = run(folder, url, "import", "categories", str(readable), *options)
    assert done.exit_code == 0, done.output
    assert "1 added, 1 changed, 518 removed" in done.stdout


def edit_limit(folder: Path, url: str) -> None:
    """The limit of the condition goes from 4工作时 to 2工作时."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines(keepends=True)
    (waste,) = (line for line in lines if line.startswith("yuncheng-2026,event,01,市容环境,10,"))
    edited = folder / "edited.csv"
    edited.write_text(
        "".join(lines).replace(waste, waste.replace(",4工作时,", ",2工作时,")), encoding="utf-8"
    )
    result = run(folder, url, "import", "categories", str(edited))
    assert result.exit_code == 0, result.output
    assert "0 added, 1 changed, 0 removed" in result.stdout


BETWEEN: dict[str, Callable[[Path, str], None]] = {
    "scenario_27_import_rows": import_rows,
    "scenario_28_limit_edited": edit_limit,
    "scenario_33_calendar_loaded": import_calendar,
}


@pytest.fixture(autouse=True)
def _a_short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    # One look of the running server, which is not busy with anything else.
    monkeypatch.setattr(following, "SETTLE_S", following.LOOK_EVERY_S)


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


@pytest.mark.parametrize("name", BETWEEN)
def test_a_running_server_goes_by_what_is_imported_meanwhile(
    name: str, tmp_path: Path, quick_geo: Path, empty_postgres: str
) -> None:
    first, second = (PARTS / f"{name}.{part}.jsonl" for part in (1, 2))
    begin, end = read_story(first), read_story(second)
    stage = ServedStage(
        lambda clock: open_at(tmp_path, quick_geo, clock, url=empty_postgres), begin.first_at or FIRST
    )

    with served(stage):
        assert faults_of(first, list(Playing(begin, stage).answers())) == []
        BETWEEN[name](tmp_path, empty_postgres)
        answers = list(Playing(end, stage).answers())

    assert faults_of(second, answers) == []
