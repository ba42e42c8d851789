"""Working hours: slots, and moments at their edges (clock.md 1 to 3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gridcase.clock import CalendarRow, WorkCalendar, counted, due_moment, make_rules
from tests.clock.making import at, refusal, rules, shipped_calendar, task

LATE = "2199-12-31T23:59:59"
LAST_CENTURY = (date(2200, 1, 1).toordinal(), date(2300, 1, 1).toordinal())


@pytest.mark.parametrize(
    "slots",
    [
        [["00:00", "24:00"]],
        [["08:00", "12:00"], ["12:00", "18:00"]],
        [["23:59", "24:00"]],
        (("08:00", "12:00"), ("14:00", "18:00")),
    ],
)
def test_slots_are_read(slots: Any) -> None:
    assert make_rules(shipped_calendar(), slots, "span").slots


@pytest.mark.parametrize(
    "slots",
    [
        [],
        None,
        "08:00-12:00",
        {"08:00": "12:00"},
        True,
        [[]],
        [["08:00"]],
        [["08:00", "12:00", "14:00"]],
        ["08"],
        [None],
        [["08:00", None]],
        [["08:00", 12]],
        [["8:00", "12:00"]],
        [["08:00", "12:0"]],
        [["08:00:00", "12:00"]],
        [["08:00", "12:60"]],
        [["08:00", "24:01"]],
        [["08:00", "25:00"]],
        [["24:00", "24:00"]],
        [["-8:00", "12:00"]],
        [["０８:00", "12:00"]],
        [["08:00", "08:00"]],
        [["12:00", "08:00"]],
        [["22:00", "06:00"]],
        [["14:00", "18:00"], ["08:00", "12:00"]],
        [["08:00", "12:00"], ["11:59", "18:00"]],
        [["08:00", "12:00"], ["08:00", "12:00"]],
        [["08:00", "12:00\n"]],
    ],
)
def test_bad_slots_are_refused(slots: Any) -> None:
    assert refusal(lambda: make_rules(shipped_calendar(), slots, "span")) == "bad_slots"


@pytest.mark.parametrize("workday", ["", "Span", "calendar", None, 1, ["span"], " span"])
def test_an_unknown_reading_is_refused(workday: Any) -> None:
    assert refusal(lambda: make_rules(shipped_calendar(), [["08:00", "12:00"]], workday)) == "bad_workday"


def test_equal_rules_are_compiled_once() -> None:
    assert rules() is rules()
    assert rules() is not rules("close_of_business")


def test_a_working_day_is_the_slot_time_of_one_day() -> None:
    long_day = rules(slots=[["08:00", "18:00"]])

    assert due_moment(task("2026-11-23T08:00", "1工作日"), long_day) == at("2026-11-23T18:00")
    assert due_moment(task("2026-11-23T09:00", "1工作日"), long_day) == at("2026-11-24T09:00")


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-11-23T11:00", "1工作时", "2026-11-23T12:00"),
        ("2026-11-23T11:00:01", "1工作时", "2026-11-23T14:00:01"),
        ("2026-11-23T12:00", "1工作时", "2026-11-23T15:00"),
        ("2026-11-23T13:59:59", "1工作时", "2026-11-23T15:00"),
        ("2026-11-23T14:00", "4工作时", "2026-11-23T18:00"),
        ("2026-11-23T17:59:59", "0.01工作时", "2026-11-24T08:00:35"),
        ("2026-11-23T18:00", "4工作时", "2026-11-24T12:00"),
        ("2026-11-27T18:00", "1工作日", "2026-11-30T18:00"),
        ("2026-11-23T00:00", "1工作日", "2026-11-23T18:00"),
    ],
)
def test_a_limit_that_fills_at_the_end_of_a_slot_is_due_there(start: str, limit: str, due: str) -> None:
    assert due_moment(task(start, limit), rules()) == at(due)


def test_a_slot_until_midnight_ends_a_limit_at_midnight() -> None:
    late = rules(slots=[["16:00", "24:00"]])

    assert due_moment(task("2026-11-23T20:00", "4工作时"), late) == at("2026-11-24T00:00")
    assert due_moment(task("2026-11-27T20:00", "5工作时"), late) == at("2026-11-30T17:00")


def test_touching_slots_count_as_one() -> None:
    touching = rules(slots=[["08:00", "12:00"], ["12:00", "18:00"]])

    assert due_moment(task("2026-11-23T11:00", "2工作时"), touching) == at("2026-11-23T13:00")


def test_counted_time_stands_still_outside_slots() -> None:
    clock = task("2026-11-23T11:00", "4工作时")

    assert counted(clock, rules(), until=at("2026-11-23T10:00")) == 0
    assert counted(clock, rules(), until=at("2026-11-23T11:30")) == 1800
    assert counted(clock, rules(), until=at("2026-11-23T12:00")) == 3600
    assert counted(clock, rules(), until=at("2026-11-23T13:59:59")) == 3600
    assert counted(clock, rules(), until=at("2026-11-23T14:00:01")) == 3601
    assert counted(clock, rules(), until=at("2026-11-28T09:00")) == 5 * 8 * 3600 - 3 * 3600


def test_time_is_counted_up_to_the_end_of_2299() -> None:
    clock = task("2199-12-31T09:00", "4自然日")

    assert counted(clock, rules(), until=at("2299-12-31T23:59:59")) > 0
    assert refusal(lambda: counted(clock, rules(), until=at("2300-01-01T00:00"))) == "bad_time"


@pytest.mark.parametrize("unit", ["紧急工作时", "紧急工作日", "自然日"])
def test_round_the_clock_units_need_no_calendar(unit: str) -> None:
    hours = 1 if unit == "紧急工作时" else 24

    due = due_moment(task("2026-10-03T23:40:07", f"2{unit}"), rules())

    assert (due - at("2026-10-03T23:40:07")).total_seconds() == 2 * hours * 3600


def test_limits_reach_to_the_last_second_of_2299() -> None:
    always = rules(slots=[["00:00", "24:00"]])
    last_years = [("2199-12-31T23:59:59", "9999自然日")] * 3

    assert due_moment(task("2199-12-31T23:59:59", "9999自然日"), always).year == 2227
    assert (
        refusal(lambda: due_moment(task("2199-12-31T23:59:59", "9999自然日", extensions=last_years), always))
        == "bad_limit"
    )


@pytest.mark.parametrize(("size", "is_answered"), [("6527自然日", True), ("6528自然日", False)])
def test_a_due_moment_after_2299_is_refused(size: str, is_answered: bool) -> None:
    # 2199-12-31T00:00 and 36,524 days lead to 2299-12-31T00:00 and to the midnight after.
    long = task(
        "2199-12-31T00:00",
        "9999自然日",
        extensions=[("2199-12-31T00:00", "9999自然日")] * 2 + [("2199-12-31T00:00", size)],
    )

    if is_answered:
        assert due_moment(long, rules()) == at("2299-12-31T00:00")
    else:
        assert refusal(lambda: due_moment(long, rules())) == "bad_limit"


@pytest.mark.parametrize("workday", ["span", "close_of_business"])
@pytest.mark.parametrize(("end", "is_answered"), [("23:59", True), ("24:00", False)])
def test_the_midnight_after_2299_is_too_late(end: str, is_answered: bool, workday: str) -> None:
    rows = [
        CalendarRow(date(2199, 12, 31), "holiday", "元旦"),
        CalendarRow(date(2299, 12, 31), "workday", "调休"),
    ]
    last_day = WorkCalendar(rows)
    short_day = make_rules(last_day, [["23:58", end]], workday)
    days = sum(last_day.is_working(date.fromordinal(day)) for day in range(*LAST_CENTURY))
    sizes = [9999, 9999, days - 2 * 9999]
    long = task(LATE, "9999工作日", extensions=[(LATE, f"{size}工作日") for size in sizes[1:]])

    if is_answered:
        assert due_moment(long, short_day) == at(f"2299-12-31T{end}")
    else:
        assert refusal(lambda: due_moment(long, short_day)) == "bad_limit"


@pytest.mark.parametrize("start", ["1899-12-31T23:59:59", "2200-01-01T00:00:00"])
def test_a_start_outside_the_years_1900_to_2199_is_refused(start: str) -> None:
    assert refusal(lambda: due_moment(task(start, "4工作时"), rules())) == "bad_time"


def test_a_naive_start_is_a_mistake_of_the_program() -> None:
    naive = task("2026-11-23T09:00", "4工作时")
    object.__setattr__(naive, "start", naive.start.replace(tzinfo=None))

    with pytest.raises(TypeError):
        due_moment(naive, rules())
