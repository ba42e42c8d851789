"""Plays every story of this folder and compares statuses, refusals and due moments with what is expected beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gridcase.app import open_installation
from gridcase.cli.playing import SiteStage
from gridcase.config import Settings
from gridcase.demo.stage import Playing
from gridcase.demo.story import Call, SetUp, Story, read_story
from gridcase.resources import SiteFolder

FOLDER = Path(__file__).parent
STORIES = sorted(FOLDER.glob("*.jsonl"))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, quick_geo: Path) -> Path:
    """An SQLite file with tables and reference data; copied, never used."""
    folder = tmp_path_factory.mktemp("empty")
    open_at(folder, quick_geo).database.close()
    return folder / "story.db"


def open_at(folder: Path, geo: Path, clock: Any = None, *, url: str | None = None) -> Any:
    site = folder / "site"
    site.mkdir(exist_ok=True)
    if not (site / "geo").exists():
        (site / "geo").symlink_to(geo, target_is_directory=True)
    url = url or f"sqlite:///{folder / 'story.db'}"
    clock = clock or (lambda: datetime(2026, 10, 1, tzinfo=UTC))
    return open_installation(SiteFolder(site), Settings(), db=url, clock=clock, is_bulk=True)


def play(
    story: Story, folder: Path, *, geo: Path, database: Path, url: str | None = None
) -> Iterator[dict[str, Any]]:
    """Play on a copy of `database`, or on the empty database `url`."""
    shutil.copyfile(database, folder / "story.db")
    first = story.first_at or datetime(2026, 10, 1, tzinfo=UTC)
    stage = SiteStage(lambda clock: open_at(folder, geo, clock, url=url), first)
    yield from Playing(story, stage).answers()
    stage.installation.database.close()


def usual_status(story: Story, number: int) -> int:
    """201 for writes and set-up lines, 200 for reads and jobs."""
    act = next(line.act for line in story.lines if line.number == number)
    return 201 if isinstance(act, SetUp) or (isinstance(act, Call) and act.method == "POST") else 200


def lacks(expected: Any, found: Any, place: str = "") -> list[str]:
    """Where `found` differs from `expected`; of objects only the keys named there are compared."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            fault
            for key, value in expected.items()
            for fault in lacks(value, found.get(key, "(absent)"), f"{place}.{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            fault
            for at, (one, other) in enumerate(zip(expected, found, strict=True))
            for fault in lacks(one, other, f"{place}[{at}]")
        ]
    return [] if expected == found else [f"{place}: {found!r} instead of {expected!r}"]


def faults_of(file: Path, answers: list[dict[str, Any]]) -> list[str]:
    """Every line whose answer is not the expected one."""
    story = read_story(file)
    told = json.loads(file.with_suffix(".expected.json").read_text(encoding="utf-8"))
    expected = {entry["line"]: entry for entry in told}
    faults = []
    for answer in answers:
        number = answer["line"]
        entry = expected.pop(number, {})
        wanted = {"status": entry.get("status", usual_status(story, number)), "body": entry.get("has", {})}
        faults += [f"line {number}{fault} ({answer['body']})" for fault in lacks(wanted, answer)]
    return faults + [f"line {number} was not played" for number in expected]


@pytest.mark.parametrize("file", STORIES, ids=lambda path: path.stem)
def test_every_line_of_a_story_is_answered_as_expected(
    file: Path, tmp_path: Path, quick_geo: Path, empty_database: Path
) -> None:
    story = read_story(file)

    answers = list(play(story, tmp_path, geo=quick_geo, database=empty_database))

    assert [answer["line"] for answer in answers] == [line.number for line in story.lines]
    assert faults_of(file, answers) == []


def test_a_wrong_answer_is_noticed() -> None:
    file = FOLDER / "scenario_16_hand_back.jsonl"
    answers = [{"line": line.number, "status": 200, "body": {}} for line in read_story(file).lines]

    assert len(faults_of(file, answers)) > len(answers) // 2


def test_a_story_gives_the_same_answers_on_two_fresh_databases(
    tmp_path: Path, quick_geo: Path, empty_database: Path
) -> None:
    story = read_story(FOLDER / "whole_case.jsonl")
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()

    first, second = (
        [json.dumps(answer) for answer in play(story, folder, geo=quick_geo, database=empty_database)]
        for folder in folders
    )

    assert first == second
    assert any('"hash"' in line for line in first)


@pytest.mark.parametrize("name", ["scenario_23_refused_extensions", "two_level", "joint_handling"])
def test_both_databases_give_the_same_answers(
    name: str, tmp_path: Path, quick_geo: Path, *, empty_database: Path, postgres_url: str
) -> None:
    story = read_story(FOLDER / f"{name}.jsonl")
    folders = [tmp_path / "sqlite", tmp_path / "postgresql"]
    for folder in folders:
        folder.mkdir()

    on_sqlite, on_postgresql = (
        list(play(story, folder, geo=quick_geo, database=empty_database, url=url))
        for folder, url in zip(folders, (None, postgres_url), strict=True)
    )

    assert on_sqlite == on_postgresql
