"""The lamp: green, yellow from 80 percent, red after the due second (clock.md 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.clock import Hold, Task, due_and_yellow, due_moment, lamp, parse_limit
from tests.clock.making import at, rules, task

NINE = "2026-11-23T09:00"
HELD = [("2026-11-23T10:00", "2026-11-23T10:20")]


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2026-11-23T08:00", "green"),
        ("2026-11-23T09:00", "green"),
        ("2026-11-23T14:11:59", "green"),
        ("2026-11-23T14:12:00", "yellow"),
        ("2026-11-23T15:00:00", "yellow"),
        ("2026-11-23T15:00:00.999", "yellow"),
        ("2026-11-23T15:00:01", "red"),
        ("2027-11-23T15:00:01", "red"),
    ],
)
def test_the_lamp_of_four_working_hours(now: str, colour: str) -> None:
    assert lamp(task(NINE, "4工作时"), rules(), now=at(now), yellow=80) == colour


@pytest.mark.parametrize(
    ("now", "colour"),
    [("2026-11-23T14:31:59", "green"), ("2026-11-23T14:32", "yellow"), ("2026-11-23T15:20", "yellow")],
)
def test_held_time_is_no_part_of_the_share(now: str, colour: str) -> None:
    assert lamp(task(NINE, "4工作时", holds=HELD), rules(), now=at(now), yellow=80) == colour


def test_a_hold_after_the_due_moment_changes_no_lamp() -> None:
    late = task(NINE, "1工作时", holds=[("2026-11-23T10:30", "2026-11-24T10:00")])

    assert lamp(late, rules(), now=at("2026-11-23T09:48"), yellow=80) == "yellow"
    assert lamp(late, rules(), now=at("2026-11-23T10:31"), yellow=80) == "red"


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2026-10-02T14:53:59", "green"),
        ("2026-10-02T14:54", "yellow"),
        ("2026-10-03T00:30", "yellow"),
        ("2026-10-03T00:30:01", "red"),
    ],
)
def test_the_share_of_an_urgent_clock_is_time(now: str, colour: str) -> None:
    assert lamp(task("2026-10-01T00:30", "2紧急工作日"), rules(), now=at(now), yellow=80) == colour


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        # From 15:00 to 18:00 of the next day are 3 + 8 working hours; 80 percent are 8 h 48 min.
        ("2026-11-24T15:47:59", "green"),
        ("2026-11-24T15:48", "yellow"),
        ("2026-11-24T18:00", "yellow"),
        ("2026-11-24T18:00:01", "red"),
    ],
)
def test_the_share_of_a_closings_clock_is_working_time(now: str, colour: str) -> None:
    clock = task("2026-11-23T15:00", "1工作日")

    assert lamp(clock, rules("close_of_business"), now=at(now), yellow=80) == colour


@pytest.mark.parametrize("yellow", [1, 50, 79, 80, 99, 100])
@pytest.mark.parametrize(
    ("limit", "workday"), [("4工作时", "span"), ("3工作日", "close_of_business"), ("0.33紧急工作时", "span")]
)
def test_the_yellow_moment_is_the_first_yellow_second(limit: str, workday: str, yellow: int) -> None:
    held = task(NINE, limit, holds=HELD, extensions=[("2026-11-23T09:01", limit)])
    due, moment = due_and_yellow(held, rules(workday), yellow=yellow)

    before = moment.timestamp() - 1

    assert moment <= due == due_moment(held, rules(workday))
    assert lamp(held, rules(workday), now=moment, yellow=yellow) == "yellow"
    assert (
        lamp(held, rules(workday), now=moment.fromtimestamp(before, moment.tzinfo), yellow=yellow) == "green"
    )


@pytest.mark.parametrize(
    ("yellow", "second"), [(0, "09:00:00"), (1, "09:00:01"), (3, "09:00:02"), (100, "09:00:36")]
)
def test_the_yellow_moment_of_a_very_short_limit(yellow: int, second: str) -> None:
    clock = task(NINE, "0.01紧急工作时")

    assert due_and_yellow(clock, rules(), yellow=yellow)[1] == at(f"2026-11-23T{second}")


@given(
    start=st.integers(0, 2 * 365 * 86_400),
    limit=st.sampled_from(
        ("1工作时", "4工作时", "1工作日", "7工作日", "2紧急工作时", "3紧急工作日", "2自然日")
    ),
    workday=st.sampled_from(("span", "close_of_business")),
    yellow=st.integers(0, 100),
)
def test_a_hold_after_the_due_moment_changes_no_yellow_moment(
    start: int, limit: str, workday: str, yellow: int
) -> None:
    plain = Task(at("2026-01-01T00:00") + timedelta(seconds=start), parse_limit(limit))
    due = due_moment(plain, rules(workday))
    held = replace(plain, holds=(Hold(due + timedelta(hours=1), due + timedelta(days=9)),))

    assert due_and_yellow(held, rules(workday), yellow=yellow) == due_and_yellow(
        plain, rules(workday), yellow=yellow
    )
