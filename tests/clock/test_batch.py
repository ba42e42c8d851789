"""Batch lines: what is read, and which fault is told first (clock.md 9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gridcase.clock import answers
from tests.clock.making import ask, ask_text, fault, rules

HOLD = {"from": "2026-10-08T09:00", "to": "2026-10-08T09:30"}
EXTENSION = {"at": "2026-09-30T17:00", "limit": "1工作时"}


def codes(*lines: bytes) -> list[str]:
    found = [json.loads(line) for line in answers(lines, rules())]
    return [line["error"]["code"] if "error" in line else "answered" for line in found]


def test_an_answer_repeats_the_id_and_gives_due_moment_and_lines() -> None:
    found = ask(id="案件 7")

    assert list(found) == ["id", "due_at", "lines"]
    assert (found["id"], found["due_at"]) == ("案件 7", "2026-10-08T10:30:00+08:00")
    assert len(found["lines"]) == 5


def test_a_refusal_repeats_the_id_and_gives_code_and_message() -> None:
    found = ask(id="x", limit="4小时")

    assert list(found) == ["id", "error"]
    assert found["id"] == "x"
    assert list(found["error"]) == ["code", "message"]
    assert found["error"]["code"] == "unknown_unit"
    assert "4小时" in found["error"]["message"]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-23T09:00", "2026-11-23T10:00:00+08:00"),
        ("2026-11-23T09:00:59", "2026-11-23T10:00:59+08:00"),
        ("2026-11-23T01:00Z", "2026-11-23T10:00:00+08:00"),
        ("2026-11-23T01:00:00+00:00", "2026-11-23T10:00:00+08:00"),
        ("2026-11-23T01:00-00:00", "2026-11-23T10:00:00+08:00"),
        ("2026-11-22T17:30-07:30", "2026-11-23T10:00:00+08:00"),
        ("2026-11-24T08:59+23:59", "2026-11-23T18:00:00+08:00"),
        ("2199-12-31T23:59:59", "2200-01-01T09:00:00+08:00"),
        ("2200-01-01T00:00+14:00", "2200-01-01T09:00:00+08:00"),
        ("1900-01-01T00:00", "1900-01-01T09:00:00+08:00"),
        ("1899-12-31T16:00Z", "1900-01-01T09:00:00+08:00"),
        ("2024-02-29T09:00", "2024-02-29T10:00:00+08:00"),
    ],
)
def test_a_moment_is_read(start: str, due: str) -> None:
    assert ask(start=start, limit="1工作时")["due_at"] == due


@pytest.mark.parametrize(
    "start",
    [
        "",
        "2026-11-23",
        "2026-11-23 09:00",
        "2026-11-23t09:00",
        "2026-11-23T09:00z",
        "2026-11-23T09",
        "2026-11-23T0900",
        "20261123T09:00",
        "2026-11-23T9:00",
        "2026-11-23T09:00:00.0",
        "2026-11-23T09:00:00,5",
        "2026-11-23T24:00",
        "2026-11-23T09:60",
        "2026-11-23T09:00:60",
        "2026-11-31T09:00",
        "2025-02-29T09:00",
        "2026-13-01T09:00",
        "2026-00-01T09:00",
        "2026-11-00T09:00",
        "0000-01-01T00:00",
        "-026-11-23T09:00",
        "02026-11-23T09:00",
        "2026-11-23T09:00+8",
        "2026-11-23T09:00+0800",
        "2026-11-23T09:00+08",
        "2026-11-23T09:00+24:00",
        "2026-11-23T09:00+08:60",
        "2026-11-23T09:00 +08:00",
        "2026-11-23T09:00+08:00Z",
        " 2026-11-23T09:00",
        "2026-11-23T09:00 ",
        "2026-11-23T09:00\n",
        "２０２６-11-23T09:00",
        "2026-11-23T09:00[Asia/Shanghai]",
        "1899-12-31T23:59:59",
        "1900-01-01T00:00+08:01",
        "2200-01-01T00:00",
        "2199-12-31T16:00Z",
        "2199-12-31T23:59:59-00:01",
        "9999-12-31T23:59-23:59",
        "0001-01-01T00:00+23:59",
        None,
        5,
        5.0,
        True,
        ["2026-11-23T09:00"],
        {"date": "2026-11-23"},
    ],
)
def test_anything_else_is_no_moment(start: Any) -> None:
    assert fault(start=start) == "bad_time"
    assert fault(holds=[{"from": start, "to": "2026-10-09T09:00"}]) == "bad_time"
    assert fault(holds=[{"from": "2026-10-09T09:00", "to": start}]) == "bad_time"
    assert fault(extensions=[{"at": start, "limit": "1工作时"}]) == "bad_time"


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "5",
        "null",
        '"a"',
        "{",
        "{}}",
        "{} {}",
        "hello",
        "{'id': 'a'}",
        '{"id": "a",}',
        '{"id": NaN}',
        '{"id": Infinity}',
        '{"id": -Infinity}',
        '{"id": "a\tb"}',
        '{"id": 01}',
        "\ufeff\ufeff{}",
        "\u00a0{}",
        "[" * 100_000,
        '{"id": ' + "[" * 100_000,
        '{"id": "\\ud8"}',
        '\x00{"id": "a"}',
    ],
)
def test_a_line_that_is_no_json_object_is_bad(line: str) -> None:
    found = ask_text(line)

    assert found["id"] is None
    assert found["error"]["code"] == "bad_line"


@pytest.mark.parametrize("field", ["hold", "extension", "Start", "ID", "", "slot", "x" * 1000, "note"])
def test_an_unknown_field_is_refused_even_when_it_is_null(field: str) -> None:
    assert fault(**{field: None}) == "unknown_field"


def test_an_unknown_field_names_the_nearest_right_one() -> None:
    assert "holds" in ask(hold=[])["error"]["message"]


@pytest.mark.parametrize("given", [None, 5, 1.5, True, [], {}, ["a"]])
def test_an_id_that_is_no_text_is_missing(given: Any) -> None:
    found = ask(id=given)

    assert found["id"] is None
    assert found["error"]["code"] == "missing_field"


@pytest.mark.parametrize("given", ["", " ", "\ud800", "\udfff\ud800 混", "\u0000", "𠮷", '"\\'])
def test_any_text_is_an_id(given: str) -> None:
    assert ask(id=given)["id"] == given
    assert ask(id=given, limit="")["id"] == given


@pytest.mark.parametrize("missing", ["id", "start", "limit"])
def test_a_required_field_may_not_be_absent(missing: str) -> None:
    question = {"id": "a", "start": "2026-09-30T16:30", "limit": "4工作时"}
    del question[missing]

    found = ask_text(json.dumps(question))

    assert found["error"]["code"] == "missing_field"
    assert found["id"] == question.get("id")


def test_a_required_field_that_is_null_is_unreadable() -> None:
    assert fault(start=None) == "bad_time"
    assert fault(limit=None) == "bad_limit"


def test_an_optional_field_that_is_null_is_absent() -> None:
    assert ask(slots=None, workday=None, holds=None, extensions=None) == ask()
    assert ask(holds=[], extensions=[]) == ask()


@pytest.mark.parametrize("field", ["holds", "extensions"])
@pytest.mark.parametrize("value", [{}, "", "[]", 0, False, True, HOLD])
def test_holds_and_extensions_are_lists(field: str, value: Any) -> None:
    assert fault(**{field: value}) == "missing_field"


@pytest.mark.parametrize(
    "item", [None, [], "2026-10-08T09:00/2026-10-08T09:30", 5, {}, {"from": "x"}, {"to": "x"}]
)
def test_a_hold_is_an_object_with_both_keys(item: Any) -> None:
    assert fault(holds=[item]) == "missing_field"


@pytest.mark.parametrize(
    "item", [None, [], "x", 5, {}, {"at": "x"}, {"limit": "x"}, {"from": "x", "to": "y"}]
)
def test_an_extension_is_an_object_with_both_keys(item: Any) -> None:
    assert fault(extensions=[item]) == "missing_field"


def test_a_hold_and_an_extension_have_no_other_keys() -> None:
    assert fault(holds=[{**HOLD, "why": None}]) == "unknown_field"
    assert fault(extensions=[{**EXTENSION, "size": "1工作时"}]) == "unknown_field"
    assert fault(holds=[{"from": "x", "to": "y", "why": "z"}]) == "unknown_field"


@pytest.mark.parametrize(
    ("limit", "code"), [(None, "bad_limit"), ("4小时", "unknown_unit"), ("0工作时", "limit_not_positive")]
)
def test_the_limit_of_an_extension_is_read_like_the_limit(limit: Any, code: str) -> None:
    assert fault(limit=limit) == code
    assert fault(extensions=[{"at": "2026-09-30T17:00", "limit": limit}]) == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"slots": []}, "bad_slots"),
        ({"slots": {}}, "bad_slots"),
        ({"slots": False}, "bad_slots"),
        ({"slots": [["08:00", "12:00"], ["11:00", "13:00"]]}, "bad_slots"),
        ({"workday": ""}, "bad_workday"),
        ({"workday": False}, "bad_workday"),
        ({"workday": ["span"]}, "bad_workday"),
        ({"workday": "SPAN"}, "bad_workday"),
        ({"limit": "4紧急工作时", "slots": []}, "bad_slots"),
    ],
)
def test_slots_and_reading_are_checked(fields: dict[str, Any], code: str) -> None:
    assert fault(**fields) == code


def test_slots_and_reading_of_a_line_replace_the_settings_for_that_line() -> None:
    question = {"start": "2026-10-09T15:00", "limit": "1工作日"}

    assert ask(**question)["due_at"] == "2026-10-10T15:00:00+08:00"
    assert ask(**question, workday="close_of_business")["due_at"] == "2026-10-10T18:00:00+08:00"
    assert ask(**question, slots=[["09:00", "17:00"]])["due_at"] == "2026-10-10T15:00:00+08:00"
    both = ask(**question, slots=[["09:00", "17:00"]], workday="close_of_business")
    assert both["due_at"] == "2026-10-10T17:00:00+08:00"
    assert ask(rules("close_of_business"), **question)["due_at"] == "2026-10-10T18:00:00+08:00"
    assert (
        ask(rules("close_of_business"), **question, workday="span")["due_at"] == "2026-10-10T15:00:00+08:00"
    )


# One fault after the other is mended, in the order of clock.md 9.
MENDING: list[tuple[dict[str, Any], str]] = [
    ({"holds": {}, "hold": []}, "unknown_field"),
    ({"start": "x", "limit": "x"}, "missing_field"),
    ({"holds": [1, 2], "slots": 5}, "bad_time"),
    ({"start": "2026-09-30T16:30"}, "bad_limit"),
    ({"limit": "4小时", "workday": "x"}, "unknown_unit"),
    ({"limit": "4工作时"}, "bad_slots"),
    ({"slots": None}, "bad_workday"),
    ({"workday": None}, "missing_field"),
    ({"holds": [{"from": "x", "to": "x", "x": 1}, 2]}, "unknown_field"),
    ({"holds": [{"from": "2026-09-30T16:00", "to": "x"}, 2]}, "bad_time"),
    ({"holds": [{"from": "2026-09-30T16:00", "to": "2026-09-30T15:00"}, 2]}, "hold_reversed"),
    ({"holds": [{"from": "2026-09-30T16:00", "to": "2026-09-30T17:00"}, 2]}, "hold_before_start"),
    ({"holds": [HOLD, 2], "extensions": [3, 4]}, "missing_field"),
    ({"holds": [HOLD]}, "missing_field"),
    ({"extensions": [{"at": "x", "limit": "x", "x": 1}, 4]}, "unknown_field"),
    ({"extensions": [{"at": "x", "limit": "x"}, 4]}, "bad_time"),
    ({"extensions": [{"at": "2026-09-30T15:00", "limit": "x"}, 4]}, "bad_limit"),
    ({"extensions": [{"at": "2026-09-30T15:00", "limit": "1自然日"}, 4]}, "extension_unit"),
    ({"extensions": [{"at": "2026-09-30T15:00", "limit": "1工作时"}, 4]}, "extension_before_start"),
    ({"extensions": [{"at": "2026-10-08T09:15", "limit": "1工作时"}, 4]}, "extension_during_hold"),
    ({"extensions": [{"at": "2026-10-09T09:00", "limit": "1工作时"}, 4]}, "missing_field"),
    ({"extensions": [{"at": "2026-10-09T09:00", "limit": "1工作时"}]}, "extension_after_due"),
]


def test_the_first_fault_in_the_order_of_the_page_is_told() -> None:
    question: dict[str, Any] = {"id": "a"}

    for mended, code in MENDING:
        question |= mended
        assert ask_text(json.dumps(question))["error"]["code"] == code
        question.pop("hold", None)
    question["extensions"] = [EXTENSION]
    assert ask_text(json.dumps(question))["due_at"] == "2026-10-08T12:00:00+08:00"


def test_a_fault_of_the_second_hold_comes_after_all_faults_of_the_first() -> None:
    early = {"from": "2026-09-30T16:00", "to": "2026-10-08T09:30"}

    assert fault(holds=[early, {"from": "x", "to": "x"}]) == "hold_before_start"
    assert fault(holds=[{"from": "x", "to": "x"}, early]) == "bad_time"


def test_requests_are_judged_in_order_of_time_not_of_the_list() -> None:
    first = {"at": "2026-10-08T10:30", "limit": "2工作时"}
    second = {"at": "2026-10-08T14:30", "limit": "1工作时"}

    assert ask(extensions=[second, first])["due_at"] == "2026-10-08T15:30:00+08:00"
    assert fault(extensions=[second]) == "extension_after_due"


def test_equal_requests_are_judged_in_order_of_the_list() -> None:
    same = [{"at": "2026-09-30T17:00", "limit": limit} for limit in ("2工作时", "1工作时")]

    totals = [line["total"] for line in ask(extensions=same)["lines"] if line["kind"] == "extension"]

    assert totals == [21_600, 25_200]


def test_a_due_moment_after_2299_is_a_bad_limit() -> None:
    far = {"start": "2199-12-31T09:00", "slots": [["09:00", "09:01"]]}

    assert fault(**far, limit="9999工作时") == "bad_limit"
    assert ask(**far, limit="400工作时")["due_at"] < "2300"
    assert (
        fault(**far, limit="400工作时", extensions=[{"at": far["start"], "limit": "9999工作时"}])
        == "bad_limit"
    )


def test_a_late_request_is_told_before_a_due_moment_after_2299() -> None:
    late = [
        {"at": "2026-11-23T09:30", "limit": "1工作时"},
        {"at": "2199-12-31T09:00", "limit": "9999工作日"},
    ]

    assert fault(start="2026-11-23T09:00", limit="1工作时", extensions=late) == "extension_after_due"


def test_a_request_before_a_due_moment_after_2299_is_not_late() -> None:
    far = {"start": "2199-12-31T09:00", "slots": [["09:00", "09:01"]], "limit": "9999工作时"}

    assert fault(**far, extensions=[{"at": "2199-12-31T23:00", "limit": "1工作时"}]) == "bad_limit"


def test_lines_are_answered_in_order_and_blank_ones_skipped() -> None:
    good = json.dumps(
        {"id": "a", "start": "2026-09-30T16:30", "limit": "4工作时"}, ensure_ascii=False
    ).encode()

    assert codes(b"\xef\xbb\xbf" + good + b"\r\n", b"\n", b" \t\r\n", b"x\n", b"\xff\n", good, b"") == [
        "answered",
        "bad_line",
        "bad_line",
        "answered",
    ]


def test_a_byte_order_mark_alone_is_a_blank_line() -> None:
    assert codes(b"\xef\xbb\xbf\n") == []


@pytest.mark.parametrize(
    "line", [b"\xed\xa0\x80", '{"id": "案"}'.encode("gbk"), '{"id": "a"}'.encode("utf-16")]
)
def test_a_line_that_is_not_utf_8_is_bad(line: bytes) -> None:
    assert codes(line) == ["bad_line"]


def test_of_a_repeated_key_the_last_counts() -> None:
    line = '{"id": "a", "start": "x", "start": "2026-09-30T16:30", "limit": "4工作时"}'

    assert ask_text(line) == ask()


def test_numbers_of_any_length_are_no_trouble() -> None:
    for number in ("9" * 100_000, "1e999999", "-0.0", "1E400"):
        line = f'{{"id": "a", "start": {number}, "limit": "4工作时"}}'
        assert ask_text(line)["error"]["code"] == "bad_time"


def test_thousands_of_holds_and_extensions_take_no_longer_than_their_number() -> None:
    holds = [
        {"from": f"2026-{10 + day // 28}-{day % 28 + 1:02}T09:{minute:02}", "to": "2026-12-31T09:00"}
        for day in range(56)
        for minute in range(60)
    ]
    extensions = [{"at": "2026-09-30T17:00", "limit": "0.01工作时"}] * 3000

    found = ask(holds=holds, extensions=extensions)

    assert sum(line["kind"] == "extension" for line in found["lines"]) == 3000


def test_every_answer_is_one_line_to_any_reader() -> None:
    for question in (
        {"id": "\n\u2028\x85\u2029\x1c"},
        {"id": "a", "limit": "4\n小\u2028时"},
        {"x\n\u2029": 1},
    ):
        line = json.dumps({"start": "2026-09-30T16:30", "limit": "4工作时", **question}).encode()
        (answer,) = answers([line], rules())
        assert len(answer.decode().splitlines()) == 1
        assert json.loads(answer)["id"] == question.get("id")
