"""Extensions: part of the total, judged by the moment of the request (clock.md 6)."""

from __future__ import annotations

import pytest

from gridcase.clock import due_moment, explain
from tests.clock.making import at, refusal, rules, task

NINE = "2026-11-23T09:00"


@pytest.mark.parametrize(
    ("limit", "extension", "workday", "is_allowed"),
    [
        ("1工作日", "4工作时", "span", True),
        ("4工作时", "1工作日", "span", True),
        ("1工作日", "4工作时", "close_of_business", False),
        ("4工作时", "1工作日", "close_of_business", False),
        ("1工作日", "1工作日", "close_of_business", True),
        ("4工作时", "4工作时", "close_of_business", True),
        ("4紧急工作时", "1自然日", "span", True),
        ("1自然日", "1紧急工作日", "close_of_business", True),
        ("1紧急工作日", "4紧急工作时", "span", True),
        ("4紧急工作时", "4工作时", "span", False),
        ("4工作时", "4紧急工作时", "span", False),
        ("1工作日", "1自然日", "span", False),
        ("1自然日", "1工作日", "close_of_business", False),
    ],
)
def test_only_units_of_one_family_mix(limit: str, extension: str, workday: str, is_allowed: bool) -> None:
    extended = task(NINE, limit, extensions=[(NINE, extension)])

    if is_allowed:
        assert due_moment(extended, rules(workday)) > due_moment(task(NINE, limit), rules(workday))
    else:
        assert refusal(lambda: due_moment(extended, rules(workday))) == "extension_unit"


def test_an_extension_adds_to_the_total() -> None:
    extended = task(
        NINE, "4工作时", extensions=[("2026-11-23T10:00", "1.5工作时"), ("2026-11-23T11:00", "1工作日")]
    )

    assert due_moment(extended, rules()) == at("2026-11-24T16:30")


def test_a_request_exactly_at_the_due_moment_is_in_time() -> None:
    extended = task(NINE, "1工作时", extensions=[("2026-11-23T10:00", "1工作时")])

    assert due_moment(extended, rules()) == at("2026-11-23T11:00")


def test_a_request_one_second_later_is_not() -> None:
    assert (
        refusal(
            lambda: due_moment(
                task(NINE, "1工作时", extensions=[("2026-11-23T10:00:01", "1工作时")]), rules()
            )
        )
        == "extension_after_due"
    )


def test_each_extension_moves_the_due_moment_for_the_next_request() -> None:
    first, second = ("2026-11-23T10:00", "1工作时"), ("2026-11-23T11:00", "1工作时")

    for order in ([first, second], [second, first]):
        assert due_moment(task(NINE, "1工作时", extensions=order), rules()) == at("2026-11-23T12:00")
    assert (
        refusal(lambda: due_moment(task(NINE, "1工作时", extensions=[second]), rules()))
        == "extension_after_due"
    )


def test_the_due_moment_of_a_request_includes_all_holds() -> None:
    held = task(
        NINE,
        "1工作时",
        holds=[("2026-11-23T09:30", "2026-11-23T11:00")],
        extensions=[("2026-11-23T11:30", "1工作时")],
    )

    assert due_moment(held, rules()) == at("2026-11-23T14:30")


def test_a_hold_that_only_an_extension_makes_matter_counts_for_the_later_due_moment() -> None:
    held = task(
        NINE,
        "1工作时",
        holds=[("2026-11-23T10:30", "2026-11-23T11:00")],
        extensions=[("2026-11-23T10:00", "1工作时")],
    )

    assert due_moment(held, rules()) == at("2026-11-23T11:30")


@pytest.mark.parametrize(
    ("asked_at", "code"),
    [
        ("2026-11-23T08:59:59", "extension_before_start"),
        ("2026-11-23T10:00", "extension_during_hold"),
        ("2026-11-23T10:59:59", "extension_during_hold"),
        ("2026-11-23T20:00", "extension_during_hold"),
    ],
)
def test_requests_at_the_wrong_time_are_refused(asked_at: str, code: str) -> None:
    holds = [("2026-11-23T10:00", "2026-11-23T11:00"), ("2026-11-23T19:00", "2026-11-23T21:00")]

    assert (
        refusal(
            lambda: due_moment(
                task(NINE, "4工作时", holds=holds, extensions=[(asked_at, "1工作时")]), rules()
            )
        )
        == code
    )


@pytest.mark.parametrize("asked_at", ["2026-11-23T09:00", "2026-11-23T09:59:59", "2026-11-23T11:00"])
def test_requests_at_the_edges_of_a_hold_are_allowed(asked_at: str) -> None:
    holds = [("2026-11-23T10:00", "2026-11-23T11:00")]

    extended = task(NINE, "4工作时", holds=holds, extensions=[(asked_at, "1工作时")])

    assert due_moment(extended, rules()) == at("2026-11-23T17:00")


def test_an_empty_hold_hides_no_request() -> None:
    holds = [("2026-11-23T10:00", "2026-11-23T10:00")]

    extended = task(NINE, "4工作时", holds=holds, extensions=[("2026-11-23T10:00", "1工作时")])

    assert due_moment(extended, rules()) == at("2026-11-23T16:00")


def test_extensions_are_explained_in_order_of_the_request_with_the_text_as_given() -> None:
    extended = task(
        NINE,
        "4工作时",
        extensions=[
            ("2026-11-23T11:00", " ０１ 工作日"),
            ("2026-11-23T10:00", "1.50工作时"),
            ("2026-11-23T11:00", "2工作时"),
        ],
    )

    lines = [line for line in explain(extended, rules()).lines if line["kind"] == "extension"]

    assert lines == [
        {"kind": "extension", "at": "2026-11-23T10:00:00+08:00", "limit": "1.50工作时", "total": 19_800},
        {"kind": "extension", "at": "2026-11-23T11:00:00+08:00", "limit": " ０１ 工作日", "total": 48_600},
        {"kind": "extension", "at": "2026-11-23T11:00:00+08:00", "limit": "2工作时", "total": 55_800},
    ]


def test_the_total_of_a_closings_clock_is_in_days() -> None:
    extended = task(NINE, "1工作日", extensions=[(NINE, "2工作日")])

    lines = explain(extended, rules("close_of_business")).lines

    assert lines[-1]["total"] == 3
    assert [line["used"] for line in lines[:-1]] == [0, 1, 2, 3]
