"""The reading close_of_business of 工作日 (clock.md 4)."""

from __future__ import annotations

import pytest

from gridcase.clock import counted, due_moment, explain
from tests.clock.making import at, refusal, rules, task

CLOSINGS = rules("close_of_business")


@pytest.mark.parametrize("start", ["00:00", "00:30", "08:00", "17:59:59", "18:00", "23:59:59"])
def test_the_day_of_the_start_never_counts(start: str) -> None:
    assert due_moment(task(f"2026-11-23T{start}", "1工作日"), CLOSINGS) == at("2026-11-24T18:00")


@pytest.mark.parametrize(
    ("hold", "due"),
    [
        (("2026-11-24T09:00", "2026-11-24T17:59:59"), "2026-11-24T18:00"),
        (("2026-11-24T09:00", "2026-11-24T18:00"), "2026-11-25T18:00"),
        (("2026-11-24T17:59:59", "2026-11-24T18:00"), "2026-11-25T18:00"),
        (("2026-11-24T17:59:59", "2026-11-24T18:00:01"), "2026-11-25T18:00"),
        (("2026-11-24T18:00", "2026-11-25T09:00"), "2026-11-24T18:00"),
        (("2026-11-23T20:00", "2026-11-24T08:00"), "2026-11-24T18:00"),
        (("2026-11-24T18:00", "2026-11-24T18:00"), "2026-11-24T18:00"),
        (("2026-11-24T12:00", "2026-11-29T12:00"), "2026-11-30T18:00"),
    ],
)
def test_a_closing_moment_is_lost_to_a_hold_that_reaches_it(hold: tuple[str, str], due: str) -> None:
    assert due_moment(task("2026-11-23T09:00", "1工作日", holds=[hold]), CLOSINGS) == at(due)


def test_holds_that_touch_at_a_closing_moment_take_it_once() -> None:
    held = task(
        "2026-11-23T09:00",
        "2工作日",
        holds=[("2026-11-24T18:00", "2026-11-24T20:00"), ("2026-11-24T17:00", "2026-11-24T18:00")],
    )

    assert due_moment(held, CLOSINGS) == at("2026-11-26T18:00")


def test_extensions_add_days() -> None:
    extended = task("2026-11-23T09:00", "1工作日", extensions=[("2026-11-24T18:00", "2工作日")])

    assert due_moment(extended, CLOSINGS) == at("2026-11-26T18:00")


def test_a_request_one_second_after_the_closing_moment_is_late() -> None:
    assert (
        refusal(
            lambda: due_moment(
                task("2026-11-23T09:00", "1工作日", extensions=[("2026-11-24T18:00:01", "1工作日")]), CLOSINGS
            )
        )
        == "extension_after_due"
    )


def test_a_closing_moment_at_midnight_belongs_to_the_day_that_ends() -> None:
    late = rules("close_of_business", slots=[["16:00", "24:00"]])

    explanation = explain(task("2026-11-23T00:00", "1工作日"), late)

    assert explanation.due_at == at("2026-11-25T00:00")
    assert [(line["from"][:10], line["why"]) for line in explanation.lines] == [
        ("2026-11-23", "start_day"),
        ("2026-11-24", "closing"),
    ]


def test_counted_days_rise_at_closing_moments() -> None:
    clock = task("2026-11-23T09:00", "3工作日", holds=[("2026-11-25T10:00", "2026-11-25T19:00")])

    moments = [
        "2026-11-23T18:00",
        "2026-11-24T17:59:59",
        "2026-11-24T18:00",
        "2026-11-25T20:00",
        "2026-12-01T18:00",
    ]

    assert [counted(clock, CLOSINGS, until=at(moment)) for moment in moments] == [0, 0, 1, 1, 5]


def test_working_hours_are_not_touched_by_the_reading() -> None:
    held = task("2026-11-23T09:00", "4工作时", holds=[("2026-11-23T10:00", "2026-11-23T10:20")])

    assert due_moment(held, CLOSINGS) == at("2026-11-23T15:20")


def test_there_is_one_line_a_day_and_it_asks_in_a_fixed_order() -> None:
    clock = task(
        "2026-09-24T09:00",
        "2工作日",
        holds=[("2026-09-24T10:00", "2026-09-28T19:00"), ("2026-09-29T09:00", "2026-09-29T10:00")],
    )

    lines = explain(clock, CLOSINGS).lines

    assert [
        (line["from"], line["counted"], line["why"], line.get("name"), line["used"]) for line in lines
    ] == [
        ("2026-09-24T09:00:00+08:00", False, "start_day", None, 0),
        ("2026-09-25T00:00:00+08:00", False, "holiday", "中秋节", 0),
        ("2026-09-26T00:00:00+08:00", False, "holiday", "中秋节", 0),
        ("2026-09-27T00:00:00+08:00", False, "holiday", "中秋节", 0),
        ("2026-09-28T00:00:00+08:00", False, "hold", None, 0),
        ("2026-09-29T00:00:00+08:00", True, "closing", None, 1),
        ("2026-09-30T00:00:00+08:00", True, "closing", None, 2),
    ]
    assert lines[-1]["to"] == "2026-09-30T18:00:00+08:00"


def test_a_hold_that_begins_at_a_closing_moment_leaves_that_day_counted() -> None:
    clock = task("2026-11-23T09:00", "2工作日", holds=[("2026-11-24T18:00", "2026-11-25T18:00")])

    assert [line["why"] for line in explain(clock, CLOSINGS).lines] == [
        "start_day",
        "closing",
        "hold",
        "closing",
    ]


def test_a_weekend_wins_over_a_hold() -> None:
    clock = task("2026-11-27T09:00", "1工作日", holds=[("2026-11-28T00:00", "2026-11-30T18:00")])

    assert [line["why"] for line in explain(clock, CLOSINGS).lines] == [
        "start_day",
        "weekend",
        "weekend",
        "hold",
        "closing",
    ]
