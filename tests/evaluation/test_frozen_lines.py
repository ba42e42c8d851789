"""The hashed lines and how they are packed: what is read is what was written, and a changed byte is named by its row."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gridcase.evaluation.frozen import chunks
from gridcase.evaluation.frozen.chunks import Chunk, Damaged, Line, packed, unpacked
from gridcase.evaluation.frozen.lines import UsedRow, fact_line, score_line, score_row, used_row
from gridcase.evaluation.score_values import ScoreRow
from gridcase.facts import facts
from tests.facts.story import START
from tests.facts.walks import random_plan, walk

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
SCORE = ScoreRow(
    "city_score", "120104001", "区城管委", "870.5", "1000", 3, "鼓楼街道", "市局", "通报", date(2026, 11, 3),
    2, datetime(2026, 11, 4, 1, tzinfo=UTC),
)  # fmt: skip


def random_rows(count: int) -> list[UsedRow]:
    rows = []
    for seed in range(count):
        row = facts(walk(random_plan(seed, 30), start=START + timedelta(seconds=seed)).steps)
        assert row is not None
        rows.append(UsedRow(f"{seed:06}", "2026-10", seed % 3 == 0, row, on_duty=("i1", "i2")[: seed % 3]))
    return rows


def test_a_fact_row_is_read_back_from_its_line() -> None:
    rows = random_rows(150)

    assert [used_row(fact_line(row)) for row in rows] == rows
    assert sum(row.row.acts != "[]" for row in rows) > 20
    assert sum(row.row.supervision_open != "" for row in rows) > 5


def test_every_moment_of_a_line_is_utc_with_a_z_and_what_is_absent_is_null() -> None:
    for used in random_rows(40):
        line = fact_line(used)
        told: dict[str, Any] = json.loads(line)
        texts = [
            *(value for name, value in told.items() if name.endswith("_at") and value is not None),
            *(act[1] for act in told["acts"]),
            *told["supervision_open"],
        ]

        assert "+00:00" not in line
        assert all(MOMENT.fullmatch(text) for text in texts)
        assert list(told) == sorted(told)
        assert set(told) == {field.name for field in dataclasses.fields(used.row)} | {
            "number",
            "period",
            "judged_before",
            "on_duty",
        }
        assert all(told[name] in (True, False) for name in told if name.startswith("is_"))


def test_a_line_without_a_column_of_today_is_read_as_if_nothing_was_there() -> None:
    (used,) = random_rows(1)
    told = json.loads(fact_line(used))
    for name in ("rejecter", "held_until", "satisfied"):
        del told[name]

    row = used_row(json.dumps(told)).row

    assert (row.rejecter, row.held_until, row.satisfied) == (None, None, 0)


def test_a_score_is_read_back_from_its_line() -> None:
    blank = dataclasses.replace(SCORE, given=None, issued_on=None, rater="")

    assert [score_row(score_line(row)) for row in (SCORE, blank)] == [SCORE, blank]
    assert '"issued_on":"2026-11-03"' in score_line(SCORE)


# --- packing ----------------------------------------------------------------------------------------------------


def some_lines(count: int) -> list[Line]:
    source = random.Random(4)
    return [
        Line(f"{number:06} 2026-10", f'{{"number":"{number:06}","value":{source.random()}}}'.encode())
        for number in range(count)
    ]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    monkeypatch.setattr(chunks, "LINES", 40)
    return some_lines(100)


def test_lines_are_unpacked_as_they_were_packed(lines: list[Line]) -> None:
    found = list(packed(lines))

    assert [chunk.row_count for chunk in found] == [40, 40, 20]
    assert [line for chunk in found for line in unpacked(chunk, chunk.sha256)] == lines
    assert (found[1].first_key, found[1].last_key) == (lines[40].key, lines[79].key)
    assert list(packed([])) == []


def test_every_changed_byte_is_found_and_the_rows_before_it_are_not_accused(lines: list[Line]) -> None:
    (chunk, *_more) = packed(lines)
    keys = [line.key for line in lines[:40]]
    places: list[int] = []
    for at in range(0, len(chunk.content), 7):
        content = bytearray(chunk.content)
        content[at] ^= 1
        changed = dataclasses.replace(chunk, content=bytes(content))
        with pytest.raises(Damaged) as damage:
            unpacked(changed, chunk.sha256)
        places.append(keys.index(damage.value.key))

    # Bytes further on belong to later rows.
    assert places[0] == 0
    assert max(places) > 35
    assert len(set(places)) > 20


def test_one_row_that_was_exchanged_is_the_one_that_is_named(lines: list[Line]) -> None:
    (chunk, *_more) = packed(lines)
    for at in (0, 17, 39):
        other = [*lines[:40]]
        other[at] = Line(lines[at].key, lines[at].content.replace(b"0.", b"1."))
        (exchanged, *_more) = packed(other)

        with pytest.raises(Damaged) as damage:
            unpacked(dataclasses.replace(chunk, content=exchanged.content), chunk.sha256)
        assert damage.value.key == lines[at].key


@pytest.mark.parametrize(
    "change",
    [
        {"first_key": "000001 2026-10"},
        {"last_key": "000001 2026-10"},
        {"row_count": 39},
        {"row_index": b""},
        {"content": b""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_else_is_kept_of_a_chunk_is_sealed_too(lines: list[Line], change: dict[str, Any]) -> None:
    (chunk, *_more) = packed(lines)

    with pytest.raises(Damaged) as damage:
        unpacked(dataclasses.replace(chunk, **change), chunk.sha256)

    assert damage.value.code == "record_differs"


def test_a_key_with_a_line_break_stays_one_key() -> None:
    (chunk,) = packed([Line("city_score A 甲\n乙", b"{}"), Line("city_score B", b"{}")])

    assert [line.key for line in unpacked(chunk, chunk.sha256)] == ["city_score A 甲\\n乙", "city_score B"]
    assert isinstance(chunk, Chunk)
