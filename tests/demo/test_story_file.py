"""Reading and playing story files: what is refused with its line, words that are kept, client ids that are made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gridcase.demo.stage import Answer, Playing
from gridcase.demo.story import Call, JobRun, SetUp, Story, filled, read_story
from gridcase.errors import Invalid

CALL = {"at": "2026-10-09T09:00", "as": "i1", "call": "POST /cases", "body": {}}


class RecordingStage:
    """Keeps what it is asked, and answers a fixed body."""

    def __init__(self, body: Any = None) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.body = body
        self.asked: list[tuple[datetime, Any]] = []

    def call(self, call: Call) -> Answer:
        return self._answer(call)

    def set_up(self, set_up: SetUp) -> Answer:
        return self._answer(set_up)

    def run_job(self, job: JobRun) -> Answer:
        return self._answer(job)

    def _answer(self, act: Any) -> Answer:
        self.asked.append((self.now, act))
        return Answer(201, self.body)


def story_of(folder: Path, *lines: Any) -> Story:
    file = folder / "story.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    file.write_text("\n".join(texts), encoding="utf-8")
    return read_story(file)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "no JSON object"),
        ("[]", "no JSON object"),
        ('{"at": 1e999999, "as": "x"', "no JSON object"),
        ('{"at": "2026-10-09T09:00", "body": ' + "[" * 700 + "]" * 700 + "}", "nested too deeply"),
        ('{"body": ' + "[" * 99_999, "no JSON object"),
        ({**CALL, "photo": []}, "unknown key 'photo'"),
        ({**CALL, "at": "tomorrow"}, "no moment"),
        ({**CALL, "at": "2026-02-30T09:00"}, "no moment"),
        ({**CALL, "at": "2026-10-09"}, "no moment"),
        ({"as": "i1", "call": "GET /work"}, "no moment `at`"),
        ({"at": "2026-10-09T09:00", "call": "GET /work"}, "'as' must be a text"),
        ({"at": "2026-10-09T09:00", "as": "i1"}, "'call' must be a text"),
        ({**CALL, "call": "cases"}, "a method and a path"),
        ({**CALL, "call": "post /cases"}, "a method and a path"),
        ({**CALL, "call": "POST /ca\ud800ses"}, "'call' must be a text"),
        ({**CALL, "body": []}, "'body' must be an object"),
        ({**CALL, "photos": "a.jpg"}, "'photos' must be a list"),
        ({**CALL, "photos": ["missing.jpg"]}, "the picture 'missing.jpg' cannot be read"),
        ({**CALL, "save": "two words"}, "'save' must be a word"),
        ({**CALL, "job": "remind"}, "unknown key"),
        ({"department": "A"}, "'department' must be an object"),
        ({"department": {}, "user": {}}, "unknown key 'user'"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: Any, told: str) -> None:
    text = json.dumps(line) if isinstance(line, dict) else line

    with pytest.raises(Invalid, match="bad_story") as refusal:
        story_of(tmp_path, {"department": {}}, "", text)

    assert refusal.value.data["line"] == 3
    assert refusal.value.message.startswith("line 3: ")
    assert told in refusal.value.message


def test_moments_that_go_back_are_refused_and_equal_ones_are_not(tmp_path: Path) -> None:
    later = {**CALL, "at": "2026-10-09T09:00:01"}

    assert len(story_of(tmp_path, CALL, CALL, later).lines) == 3
    with pytest.raises(Invalid, match="line 2: its moment lies before"):
        story_of(tmp_path, later, CALL)


def test_a_moment_without_offset_is_china_time(tmp_path: Path) -> None:
    story = story_of(
        tmp_path, CALL, {**CALL, "at": "2026-10-09T01:00:00Z"}, {**CALL, "at": "2026-10-09T10:00+09:00"}
    )

    assert {line.at for line in story.lines} == {datetime(2026, 10, 9, 1, tzinfo=UTC)}


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="bad_story"):
        read_story(tmp_path / "missing.jsonl")


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "story.jsonl"
    file.write_bytes(b"\xef\xbb\xbf\r\n" + json.dumps(CALL).encode() + b"\r\n\r\n")

    assert [line.number for line in read_story(file).lines] == [2]


def test_the_clock_stands_at_the_moment_of_each_act(tmp_path: Path) -> None:
    stage = RecordingStage()
    story = story_of(tmp_path, {"user": {"name": "i1"}}, CALL, {"at": "2026-10-10T08:05", "job": "remind"})

    answers = list(Playing(story, stage).answers())

    assert [answer["line"] for answer in answers] == [1, 2, 3]
    moments = [now.isoformat() for now, _act in stage.asked]
    assert moments == ["2026-10-09T01:00:00+00:00", "2026-10-09T01:00:00+00:00", "2026-10-10T00:05:00+00:00"]


def test_a_saved_word_stands_in_later_paths_and_bodies(tmp_path: Path) -> None:
    stage = RecordingStage({"number": "20261009000001"})
    move = {
        **CALL,
        "call": "POST /cases/{c1}/moves/merge",
        "body": {"main_case": "{c1}", "note": ["{c1}{x}"]},
    }

    list(Playing(story_of(tmp_path, {**CALL, "save": "c1"}, move), stage).answers())

    call = stage.asked[1][1]
    assert call.path == "/cases/20261009000001/moves/merge"
    assert call.body["main_case"] == "20261009000001"
    assert call.body["note"] == ["20261009000001{x}"]


def test_save_keeps_the_id_of_an_answer_before_its_number(tmp_path: Path) -> None:
    playing = Playing(
        story_of(tmp_path, {**CALL, "save": "r"}), RecordingStage({"id": "R1", "number": "2026"})
    )

    list(playing.answers())

    assert playing.words == {"r": "R1"}


def test_a_refused_line_saves_nothing(tmp_path: Path) -> None:
    playing = Playing(story_of(tmp_path, {**CALL, "save": "r"}), RecordingStage({"code": "wrong_state"}))

    list(playing.answers())

    assert playing.words == {}


def test_a_missing_client_id_is_the_same_for_the_same_line_of_the_same_file_only(tmp_path: Path) -> None:
    own = {**CALL, "body": {"client_id": "0198c0de-0000-7000-8000-000000000000"}}
    look = {**CALL, "call": "GET /work"}
    del look["body"]

    def ids(*lines: Any) -> list[str | None]:
        stage = RecordingStage()
        list(Playing(story_of(tmp_path, *lines), stage).answers())
        return [(act.body or {}).get("client_id") for _now, act in stage.asked]

    first, again, other = ids(CALL, CALL, own, look), ids(CALL, CALL, own, look), ids(CALL, CALL)

    assert first == again
    assert first[2:] == ["0198c0de-0000-7000-8000-000000000000", None]
    assert len({*first[:2], *other}) == 4
    assert all(UUID(str(made)).version == 5 for made in first[:2])


def test_only_texts_are_filled() -> None:
    assert filled({"a": 1, "b": [True, None, "{w}"]}, {"w": "x"}) == {"a": 1, "b": [True, None, "x"]}
