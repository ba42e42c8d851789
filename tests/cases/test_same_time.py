"""Verification at the same time of day as the report: its window and its clock (flow.md 5, clock.md 11 row 22)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.cases.windows import same_time_window
from gridcase.clock import CHINA
from tests.cases.checking import check_case
from tests.cases.clocking import act_at, dispatched, due_of, run_of
from tests.cases.refusing import reasons
from tests.making import Office

moments = st.integers(0, 365 * 24 * 3600).map(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)


@given(moments, st.integers(0, 40 * 24 * 3600), st.integers(1, 300))
def test_the_window_is_the_first_one_that_ends_after_the_sending(
    reported_at: datetime, later: int, minutes: int
) -> None:
    sent_at, width = reported_at + timedelta(seconds=later), timedelta(minutes=minutes)

    start, end = same_time_window(reported_at, sent_at, width)

    assert end - start == 2 * width
    assert ((start + width) - reported_at) % timedelta(days=1) == timedelta(0)
    assert end > sent_at
    assert end - timedelta(days=1) <= sent_at


@pytest.fixture
def number(standing: Office) -> str:
    """A stall reported on Saturday 20:30 and handled on Monday 10:00."""
    number = dispatched(standing, "2紧急工作日", "2026-11-21T20:30")
    act_at(standing, "2026-11-23T10:00", number, "receive", "give_feedback")
    return number


def send(office: Office, number: str) -> None:
    office.move("intake_operator", number, "send_verification", inspector="inspector_2", same_time=True)


def test_22_the_verification_is_due_in_an_evening_window(standing: Office, number: str) -> None:
    send(standing, number)

    assert due_of(standing, number, "verification") == "11-23 21:30"
    standing.set("2026-11-23T10:30")
    assert reasons(standing, lambda: standing.plain(number, "verify_pass")) == {"inside_window"}
    check_case(standing, number)


@pytest.mark.parametrize(
    ("at", "passes"),
    [
        ("2026-11-23T19:29:59", False),
        ("2026-11-23T19:30:00", True),
        ("2026-11-23T21:30:00", True),
        ("2026-11-23T21:30:01", False),
    ],
)
def test_both_ends_of_the_window_belong_to_it(standing: Office, number: str, at: str, passes: bool) -> None:
    send(standing, number)
    standing.set(at)

    if not passes:
        assert reasons(standing, lambda: standing.plain(number, "verify_pass")) == {"inside_window"}
        return
    assert standing.plain(number, "verify_pass").state == "verified"
    assert run_of(standing, number, "verification").on_time is True
    check_case(standing, number)


@pytest.mark.parametrize("trigger", ["verify_fail", "verify_unable"])
def test_a_failure_is_told_at_any_hour(standing: Office, number: str, trigger: str) -> None:
    send(standing, number)
    standing.set("2026-11-23T10:30")

    standing.plain(number, trigger)

    assert run_of(standing, number, "verification").on_time is True
    check_case(standing, number)


def test_a_task_sent_inside_the_window_is_due_at_its_end(standing: Office, number: str) -> None:
    standing.set("2026-11-23T21:00")
    send(standing, number)

    assert due_of(standing, number, "verification") == "11-23 21:30"
    assert standing.plain(number, "verify_pass").state == "verified"


def test_a_task_sent_at_the_very_end_is_for_the_next_evening(standing: Office, number: str) -> None:
    standing.set("2026-11-23T21:30")
    send(standing, number)

    assert due_of(standing, number, "verification") == "11-24 21:30"


def test_a_task_handed_on_keeps_its_hour(standing: Office, number: str) -> None:
    send(standing, number)
    standing.set("2026-11-23T22:00")
    standing.move("intake_operator", number, "reassign", inspector="inspector", reason="换人核查")

    assert due_of(standing, number, "verification") == "11-24 21:30"
    task = check_case(standing, number).task
    assert task is not None
    assert task.is_same_time
    records = standing.records("verify_pass")
    assert reasons(standing, lambda: standing.move("inspector", number, "verify_pass", **records)) == {
        "inside_window"
    }


def test_an_ordinary_task_after_a_same_time_one_has_no_window(standing: Office, number: str) -> None:
    send(standing, number)
    standing.tick()
    standing.plain(number, "verify_unable")
    standing.plain(number, "send_verification")

    assert standing.plain(number, "verify_pass").state == "verified"
    check_case(standing, number)


def test_the_lamp_turns_yellow_by_the_share_of_the_way_to_the_end_of_the_window(
    standing: Office, number: str
) -> None:
    send(standing, number)

    run = run_of(standing, number, "verification")
    assert run.yellow_at is not None
    assert run.yellow_at.astimezone(CHINA).strftime("%H:%M:%S") == "19:12:00"
