"""The scenarios of clock.md 11 that the clock alone can express."""

from __future__ import annotations

import pytest

from gridcase.clock import counted, due_moment, explain, is_on_time, lamp, overdue_seconds, parse_limit
from tests.clock.making import at, refusal, rules, task

SUSPENDED = ("2026-11-24T10:00", "2026-12-04T10:00")


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        pytest.param("2026-09-30T16:30", "4工作时", "2026-10-08T10:30", id="1 over the national holiday"),
        pytest.param("2026-09-25T16:30", "4工作时", "2026-09-28T12:00", id="2 on a holiday, due at noon"),
        pytest.param("2025-09-26T16:30", "4工作时", "2025-09-28T10:30", id="3 make-up Sunday"),
        pytest.param("2026-09-30T16:30", "4紧急工作时", "2026-09-30T20:30", id="4 urgent in the evening"),
        pytest.param("2026-10-03T23:40", "2紧急工作时", "2026-10-04T01:40", id="5 urgent in the night"),
        pytest.param("2026-11-23T11:30", "4工作时", "2026-11-23T17:30", id="6 lunch is not counted"),
        pytest.param("2026-11-27T17:20", "2工作时", "2026-11-30T09:20", id="7 over the weekend"),
        pytest.param("2026-11-21T19:05", "2工作时", "2026-11-23T10:00", id="8 from a Saturday"),
        pytest.param("2026-10-09T15:00", "1工作日", "2026-10-10T15:00", id="9 make-up Saturday"),
        pytest.param("2026-11-27T20:00", "1工作日", "2026-11-30T18:00", id="10 after hours"),
        pytest.param("2026-09-30T16:30", "2工作日", "2026-10-09T16:30", id="11 over the holiday"),
        pytest.param("2026-09-14T09:00", "15工作日", "2026-10-10T09:00", id="12 fifteen days"),
        pytest.param("2026-10-01T00:30", "2紧急工作日", "2026-10-03T00:30", id="13 urgent days"),
        pytest.param("2026-11-30T17:30", "1工作日", "2026-12-01T17:30", id="29 due next month"),
        pytest.param("2026-12-30T15:00", "3工作日", "2027-01-04T15:00", id="33 a year not loaded"),
    ],
)
def test_a_limit_falls_due(start: str, limit: str, due: str) -> None:
    assert due_moment(task(start, limit), rules()) == at(due)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        pytest.param("2026-10-09T15:00", "1工作日", "2026-10-10T18:00", id="9"),
        pytest.param("2026-11-27T20:00", "1工作日", "2026-11-30T18:00", id="10"),
        pytest.param("2026-09-30T16:30", "2工作日", "2026-10-09T18:00", id="11"),
        pytest.param("2026-09-30T16:30", "4工作时", "2026-10-08T10:30", id="1 is not touched"),
        pytest.param("2026-10-01T00:30", "2紧急工作日", "2026-10-03T00:30", id="13 is not touched"),
    ],
)
def test_a_limit_falls_due_at_close_of_business(start: str, limit: str, due: str) -> None:
    assert due_moment(task(start, limit), rules("close_of_business")) == at(due)


def test_1_the_due_second_itself_is_on_time() -> None:
    due = due_moment(task("2026-09-30T16:30", "4工作时"), rules())

    assert is_on_time(at("2026-10-08T10:30:00"), due)
    assert is_on_time(at("2026-10-08T10:30:00.999999"), due)
    assert not is_on_time(at("2026-10-08T10:30:01"), due)


def test_14_a_suspension_leaves_the_rest_of_the_limit() -> None:
    suspended = task("2026-11-23T09:00", "5工作日", holds=[SUSPENDED])

    assert counted(suspended, rules(), until=at("2026-11-24T10:00")) == 9 * 3600
    assert counted(suspended, rules(), until=at("2026-12-04T10:00")) == 9 * 3600
    assert due_moment(suspended, rules()) == at("2026-12-10T09:00")
    assert lamp(suspended, rules(), now=at("2026-12-04T10:00"), yellow=80) == "green"


@pytest.mark.parametrize("asked_at", ["2026-11-23T09:00", "2026-11-24T09:59", "2026-12-04T10:00"])
def test_15_an_extension_survives_the_suspension(asked_at: str) -> None:
    extended = task("2026-11-23T09:00", "5工作日", holds=[SUSPENDED], extensions=[(asked_at, "5工作日")])

    assert due_moment(extended, rules()) == at("2026-12-17T09:00")


def test_16_a_hand_back_holds_the_clock_of_the_same_department() -> None:
    returned = task("2026-11-23T09:00", "4工作时", holds=[("2026-11-23T10:00", "2026-11-23T10:20")])

    assert due_moment(returned, rules()) == at("2026-11-23T15:20")


def test_16_another_department_gets_a_new_clock() -> None:
    assert due_moment(task("2026-11-23T10:20", "4工作时"), rules()) == at("2026-11-23T16:20")


def test_18_the_department_is_late_by_its_own_reply() -> None:
    due = due_moment(task("2026-11-23T09:00", "1工作时"), rules())

    assert due == at("2026-11-23T10:00")
    assert overdue_seconds(at("2026-11-23T10:05"), due) == 300
    assert overdue_seconds(at("2026-11-23T09:55"), due) == 0


def test_23_a_request_after_the_due_moment_or_during_a_suspension_is_refused() -> None:
    late = task("2026-11-23T09:00", "1工作时", extensions=[("2026-11-23T10:00:01", "1工作时")])
    suspended = task(
        "2026-11-23T09:00", "5工作日", holds=[SUSPENDED], extensions=[("2026-11-30T09:00", "5工作日")]
    )

    assert refusal(lambda: due_moment(late, rules())) == "extension_after_due"
    assert refusal(lambda: due_moment(suspended, rules())) == "extension_during_hold"


def test_24_a_tree_filed_in_winter_waits_for_the_planting_season() -> None:
    tree = task("2026-01-12T09:00", "15工作日", holds=[("2026-01-12T09:00", "2026-03-01T00:00")])

    assert due_moment(tree, rules()) == at("2026-03-20T18:00")
    assert counted(tree, rules(), until=at("2026-03-01T00:00")) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1紧急工作时制止", "unknown_unit"),
        ("4小时", "unknown_unit"),
        ("半天", "bad_limit"),
        ("", "bad_limit"),
    ],
)
def test_27_an_unreadable_limit_is_refused(text: str, code: str) -> None:
    assert refusal(lambda: parse_limit(text)) == code


def test_33_a_year_without_a_calendar_warns() -> None:
    explanation = explain(task("2026-12-30T15:00", "3工作日"), rules())

    warnings = [line for line in explanation.lines if line["kind"] == "warning"]
    assert [(line["code"], line["year"]) for line in warnings] == [("calendar_missing", 2027)]
    assert "2027" in warnings[0]["text"]
