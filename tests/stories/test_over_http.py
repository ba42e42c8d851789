"""The same stories over HTTP, sent to a server on PostgreSQL: every answer is that of `gridcase play`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridcase.demo.stage import Playing
from gridcase.demo.story import read_story
from tests.stories.serving import ServedStage, served
from tests.stories.telling import FIRST, FOLDER, STORIES, faults_of, open_at
from tests.stories.test_stories import play


@pytest.mark.parametrize("file", STORIES, ids=lambda path: path.stem)
def test_every_line_sent_over_http_is_answered_as_expected(
    file: Path, tmp_path: Path, quick_geo: Path, *, empty_postgres: str
) -> None:
    story = read_story(file)
    stage = ServedStage(
        lambda clock: open_at(tmp_path, quick_geo, clock, url=empty_postgres), story.first_at or FIRST
    )

    with served(stage):
        answers = list(Playing(story, stage).answers())

    assert [answer["line"] for answer in answers] == [line.number for line in story.lines]
    assert faults_of(file, answers) == []


@pytest.mark.parametrize("name", ["whole_case", "scenario_30_appeal", "scenario_17_after_a_hand_back"])
def test_playing_and_serving_give_the_same_bodies_hashes_included(
    name: str, tmp_path: Path, quick_geo: Path, *, empty_postgres: str, empty_database: Path
) -> None:
    story = read_story(FOLDER / f"{name}.jsonl")
    folders = [tmp_path / "played", tmp_path / "served"]
    for folder in folders:
        folder.mkdir()
    stage = ServedStage(
        lambda clock: open_at(folders[1], quick_geo, clock, url=empty_postgres), story.first_at or FIRST
    )

    played = list(play(story, folders[0], geo=quick_geo, database=empty_database))
    with served(stage):
        over_http = list(Playing(story, stage).answers())

    assert over_http == played
