"""Whatever a batch line holds, it is answered with one JSON object and a code of the page, never a traceback."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gridcase.clock import answers
from tests.clock.making import rules

CODES = {
    "bad_line",
    "unknown_field",
    "missing_field",
    "bad_time",
    "bad_limit",
    "unknown_unit",
    "limit_not_positive",
    "bad_slots",
    "bad_workday",
    "hold_reversed",
    "hold_before_start",
    "extension_unit",
    "extension_before_start",
    "extension_during_hold",
    "extension_after_due",
}

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "2026-09-30T16:30",
            "2026-09-30T18:00Z",
            "2199-12-31T23:59:59",
            "1900-01-01T00:00",
            "4工作时",
            "1工作日",
            "9999自然日",
            "0工作时",
            "4小时",
            "08:00",
            "24:00",
            "00:00",
            "span",
            "close_of_business",
            "\ud800",
        ]
    ),
)
NAMES = st.one_of(
    st.sampled_from(
        ["id", "start", "limit", "slots", "workday", "holds", "extensions", "from", "to", "at", "hold"]
    ),
    st.text(max_size=4),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
HOLDS = st.lists(st.one_of(st.fixed_dictionaries({"from": TEXTS, "to": TEXTS}), VALUES), max_size=3)
EXTENSIONS = st.lists(st.one_of(st.fixed_dictionaries({"at": TEXTS, "limit": TEXTS}), VALUES), max_size=3)
SLOTS = st.lists(st.one_of(st.tuples(TEXTS, TEXTS), VALUES), max_size=3)
QUESTIONS = st.fixed_dictionaries(
    {
        "id": st.one_of(st.just("a"), VALUES),
        "start": st.one_of(TEXTS, VALUES),
        "limit": st.one_of(TEXTS, VALUES),
    },
    optional={
        "slots": st.one_of(SLOTS, VALUES),
        "workday": st.one_of(TEXTS, VALUES),
        "holds": st.one_of(HOLDS, VALUES),
        "extensions": st.one_of(EXTENSIONS, VALUES),
    },
)


def check(line: bytes) -> None:
    found: list[dict[str, Any]] = [json.loads(answer) for answer in answers([line], rules())]
    for answer in found:
        assert answer["id"] is None or isinstance(answer["id"], str)
        if "error" in answer:
            assert list(answer) == ["id", "error"]
            assert answer["error"]["code"] in CODES
            assert answer["error"]["message"]
        else:
            assert list(answer) == ["id", "due_at", "lines"]
            assert answer["lines"]


@settings(max_examples=500, deadline=None)
@given(QUESTIONS)
def test_questions_of_any_kind(question: dict[str, Any]) -> None:
    check(json.dumps(question).encode())


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_json_of_any_kind(value: Any) -> None:
    check(json.dumps(value).encode())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40))
def test_bytes_of_any_kind(line: bytes) -> None:
    check(line.replace(b"\n", b""))


@settings(max_examples=200, deadline=None)
@given(QUESTIONS, st.data())
def test_questions_with_a_byte_changed(question: dict[str, Any], data: st.DataObject) -> None:
    line = bytearray(json.dumps(question, ensure_ascii=True).encode())

    line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))

    check(bytes(line).replace(b"\n", b""))
