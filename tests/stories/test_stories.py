"""Plays every story of this folder and compares statuses, refusals and due moments with what is expected beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gridcase.cli.playing import SiteStage
from gridcase.demo.stage import Playing
from gridcase.demo.story import Story, read_story
from tests.stories.telling import FIRST, FOLDER, STORIES, faults_of, open_at


def play(
    story: Story, folder: Path, *, geo: Path, database: Path, url: str | None = None
) -> Iterator[dict[str, Any]]:
    """Play on a copy of `database`, or on the empty database `url`."""
    shutil.copyfile(database, folder / "story.db")
    stage = SiteStage(lambda clock: open_at(folder, geo, clock, url=url), story.first_at or FIRST)
    yield from Playing(story, stage).answers()
    stage.installation.database.close()


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
