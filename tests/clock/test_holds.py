"""Holds: time inside them is not counted (clock.md 5)."""

from __future__ import annotations

from itertools import permutations

import pytest

from gridcase.clock import counted, due_moment, explain
from tests.clock.making import at, refusal, rules, task

NINE = "2026-11-23T09:00"


def due(limit: str, *holds: tuple[str, str]) -> str:
    moments = [(f"2026-11-{begin}", f"2026-11-{end}") for begin, end in holds]
    return due_moment(task(NINE, limit, holds=moments), rules()).strftime("%dT%H:%M")


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ([], "23T15:00"),
        ([("23T10:00", "23T10:20")], "23T15:20"),
        ([("23T10:00", "23T10:20"), ("23T10:40", "23T10:50")], "23T15:30"),
        ([("23T10:00", "23T11:00"), ("23T10:30", "23T11:20")], "23T16:20"),
        ([("23T10:00", "23T11:20"), ("23T10:30", "23T10:50")], "23T16:20"),
        ([("23T10:00", "23T10:30"), ("23T10:30", "23T11:00")], "23T16:00"),
        ([("23T10:00", "23T11:00"), ("23T10:00", "23T11:00")], "23T16:00"),
        ([("23T10:00", "23T10:00")], "23T15:00"),
        ([("23T12:00", "23T14:00")], "23T15:00"),
        ([("23T11:00", "23T14:00")], "23T16:00"),
        ([("23T09:00", "23T10:00")], "23T16:00"),
        ([("23T15:00", "23T16:00")], "23T15:00"),
        ([("23T14:59", "23T16:00")], "23T16:01"),
        ([("23T20:00", "24T20:00")], "23T15:00"),
        ([("23T14:00", "23T15:00"), ("23T15:30", "23T16:00")], "23T16:30"),
        ([("23T14:00", "23T15:00"), ("23T16:00", "23T17:00")], "23T16:00"),
    ],
)
def test_held_time_is_run_again_afterwards(holds: list[tuple[str, str]], expected: str) -> None:
    assert {due("4工作时", *order) for order in permutations(holds)} == {expected}


def test_a_hold_stops_urgent_units_too() -> None:
    held = task("2026-10-03T23:40", "2紧急工作时", holds=[("2026-10-04T00:00", "2026-10-04T03:00")])

    assert due_moment(held, rules()) == at("2026-10-04T04:40")


def test_ten_days_of_suspension_are_not_thirty_working_days() -> None:
    suspended = task(NINE, "5工作日", holds=[("2026-11-24T10:00", "2026-12-04T10:00")])

    assert due_moment(suspended, rules()) == at("2026-12-10T09:00")


def test_a_hold_that_begins_at_the_due_moment_repairs_nothing() -> None:
    plain = explain(task(NINE, "4工作时"), rules())
    late = explain(task(NINE, "4工作时", holds=[("2026-11-23T15:00", "2026-11-30T00:00")]), rules())

    assert late == plain


def test_a_limit_full_at_noon_is_not_moved_by_a_hold_at_lunch() -> None:
    held = task(NINE, "3工作时", holds=[("2026-11-23T12:00", "2026-11-23T15:00")])

    assert due_moment(held, rules()) == at("2026-11-23T12:00")


def test_a_second_hold_counts_when_the_first_one_moved_the_due_moment_past_it() -> None:
    both = [("2026-11-23T10:00", "2026-11-23T12:00"), ("2026-11-23T16:00", "2026-11-23T17:00")]

    assert due_moment(task(NINE, "4工作时", holds=both[1:]), rules()) == at("2026-11-23T15:00")
    assert due_moment(task(NINE, "4工作时", holds=both), rules()) == at("2026-11-23T18:00")


@pytest.mark.parametrize(
    ("hold", "code"),
    [
        (("2026-11-23T11:00", "2026-11-23T10:59:59"), "hold_reversed"),
        (("2026-11-23T08:59:59", "2026-11-23T10:00"), "hold_before_start"),
        (("2026-11-23T08:00", "2026-11-23T07:00"), "hold_reversed"),
        (("2026-11-23T08:59:59", "2026-11-23T08:59:59"), "hold_before_start"),
    ],
)
def test_impossible_holds_are_refused(hold: tuple[str, str], code: str) -> None:
    assert refusal(lambda: due_moment(task(NINE, "4工作时", holds=[hold]), rules())) == code


def test_counted_time_stands_still_inside_a_hold() -> None:
    held = task(NINE, "4工作时", holds=[("2026-11-23T10:00", "2026-11-23T11:00")])

    moments = [
        "2026-11-23T09:30",
        "2026-11-23T10:00",
        "2026-11-23T10:59:59",
        "2026-11-23T11:00",
        "2026-11-23T11:30",
    ]

    assert [counted(held, rules(), until=at(moment)) for moment in moments] == [1800, 3600, 3600, 3600, 5400]


def test_counted_time_goes_on_through_a_hold_begun_too_late() -> None:
    late = task(NINE, "1工作时", holds=[("2026-11-23T10:30", "2026-11-23T11:30")])

    assert counted(late, rules(), until=at("2026-11-23T11:00")) == 2 * 3600
    assert counted(late, rules(), until=at("2026-11-23T12:00")) == 3 * 3600


def test_the_due_moment_is_the_same_when_the_rest_is_run_from_the_end_of_the_hold() -> None:
    held = task(NINE, "4工作时", holds=[("2026-11-23T10:20", "2026-11-25T13:00")])
    used = counted(held, rules(), until=at("2026-11-23T10:20"))

    rest = task("2026-11-25T13:00", f"{(4 * 3600 - used) / 3600:.2f}工作时")

    assert used == 4800
    assert due_moment(held, rules()) == at("2026-11-25T16:40")
    assert abs((due_moment(rest, rules()) - at("2026-11-25T16:40")).total_seconds()) < 36
