"""The lines that explain a due moment (clock.md 9)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from gridcase.clock import CalendarRow, ClockRules, Task, WorkCalendar, explain, make_rules
from tests.clock.making import SHIPPED_SLOTS, at, rules, task

Short = tuple[str, str, bool, str, int]


def short(clock: Task, using: ClockRules) -> list[Short]:
    """The intervals with moments as `MM-DD HH:MM`."""
    lines = [line for line in explain(clock, using).lines if line["kind"] == "interval"]
    return [
        (_minute(line["from"]), _minute(line["to"]), line["counted"], line["why"], line["used"])
        for line in lines
    ]


def _minute(moment: str) -> str:
    return moment[5:16].replace("T", " ")


def calendar(*rows: tuple[str, str, str]) -> WorkCalendar:
    return WorkCalendar(CalendarRow(date.fromisoformat(on), kind, name) for on, kind, name in rows)


def test_the_worked_example() -> None:
    explanation = explain(task("2026-09-30T16:30", "4工作时"), rules())

    lines = [{key: value for key, value in line.items() if key != "text"} for line in explanation.lines]

    def interval(begin: str, end: str, why: str, used: int, **more: Any) -> dict[str, Any]:
        moments = {"from": f"2026-{begin}:00+08:00", "to": f"2026-{end}:00+08:00"}
        return {"kind": "interval", **moments, "counted": why == "slot", "why": why, "used": used, **more}

    assert explanation.due_at == at("2026-10-08T10:30")
    assert lines == [
        interval("09-30T16:30", "09-30T18:00", "slot", 5400),
        interval("09-30T18:00", "10-01T00:00", "outside_slots", 5400),
        interval("10-01T00:00", "10-08T00:00", "holiday", 5400, name="国庆节"),
        interval("10-08T00:00", "10-08T08:00", "outside_slots", 5400),
        interval("10-08T08:00", "10-08T10:30", "slot", 14_400),
    ]


def test_every_line_says_it_in_chinese() -> None:
    clock = task("2026-12-30T16:30:05", "1工作日", holds=[("2026-12-31T09:00", "2026-12-31T10:00")])

    assert [line["text"] for line in explain(clock, rules()).lines] == [
        "2026年12月30日（周三）16:30:05至18:00，工作时段，计时1小时29分55秒，累计1小时29分55秒。",
        "2026年12月30日（周三）18:00至2026年12月31日（周四）08:00，非工作时段，不计时。",
        "2026年12月31日（周四）08:00至09:00，工作时段，计时1小时，累计2小时29分55秒。",
        "2026年12月31日（周四）09:00至10:00，暂停计时，不计时。",
        "2026年12月31日（周四）10:00至12:00，工作时段，计时2小时，累计4小时29分55秒。",
        "2026年12月31日（周四）12:00至14:00，非工作时段，不计时。",
        "2026年12月31日（周四）14:00至17:30:05，工作时段，计时3小时30分5秒，累计8小时。",
    ]


def test_nights_between_working_days_are_one_line() -> None:
    assert short(task("2026-11-23T14:00", "8工作时"), rules()) == [
        ("11-23 14:00", "11-23 18:00", True, "slot", 14_400),
        ("11-23 18:00", "11-24 08:00", False, "outside_slots", 14_400),
        ("11-24 08:00", "11-24 12:00", True, "slot", 28_800),
    ]


def test_a_weekend_is_one_line_and_a_holiday_another() -> None:
    assert short(task("2026-06-18T17:00", "2工作时"), rules()) == [
        ("06-18 17:00", "06-18 18:00", True, "slot", 3600),
        ("06-18 18:00", "06-19 00:00", False, "outside_slots", 3600),
        ("06-19 00:00", "06-22 00:00", False, "holiday", 3600),
        ("06-22 00:00", "06-22 08:00", False, "outside_slots", 3600),
        ("06-22 08:00", "06-22 09:00", True, "slot", 7200),
    ]


def test_holidays_of_different_names_are_different_lines() -> None:
    named = calendar(
        ("2026-11-24", "holiday", "甲"), ("2026-11-25", "holiday", "甲"), ("2026-11-26", "holiday", "乙")
    )

    lines = explain(task("2026-11-23T18:00", "1工作时"), make_rules(named, SHIPPED_SLOTS, "span")).lines

    assert [(line["from"][:10], line.get("name")) for line in lines if line["why"] == "holiday"] == [
        ("2026-11-24", "甲"),
        ("2026-11-26", "乙"),
    ]


def test_only_holidays_have_a_name() -> None:
    for line in explain(task("2026-09-30T16:30", "15工作日"), rules()).lines:
        assert ("name" in line) == (line["why"] == "holiday")


@pytest.mark.parametrize("name", ['"引号"\\', "百分之%d %b %%", "", "\u2028換行\n"])
def test_any_name_of_a_holiday_survives(name: str) -> None:
    named = calendar(("2026-11-24", "holiday", name))

    for workday in ("span", "close_of_business"):
        lines = explain(task("2026-11-23T18:00", "1工作日"), make_rules(named, SHIPPED_SLOTS, workday)).lines
        assert [line["name"] for line in lines if line["why"] == "holiday"] == [name]
        assert all(name in line["text"] for line in lines if line["why"] == "holiday")


def test_touching_slots_are_one_line() -> None:
    touching = rules(slots=[["08:00", "12:00"], ["12:00", "18:00"]])

    assert short(task("2026-11-23T08:00", "10工作时"), touching) == [
        ("11-23 08:00", "11-23 18:00", True, "slot", 36_000)
    ]


def test_slots_that_meet_at_midnight_are_one_line_until_the_weekend() -> None:
    always = rules(slots=[["00:00", "24:00"]])

    assert short(task("2026-11-25T09:00", "4工作日"), always) == [
        ("11-25 09:00", "11-28 00:00", True, "slot", 63 * 3600),
        ("11-28 00:00", "11-30 00:00", False, "weekend", 63 * 3600),
        ("11-30 00:00", "12-01 09:00", True, "slot", 96 * 3600),
    ]


def test_slots_from_midnight_and_to_midnight_meet() -> None:
    night = rules(slots=[["00:00", "06:00"], ["18:00", "24:00"]])

    assert short(task("2026-11-24T01:00", "14工作时"), night) == [
        ("11-24 01:00", "11-24 06:00", True, "slot", 5 * 3600),
        ("11-24 06:00", "11-24 18:00", False, "outside_slots", 5 * 3600),
        ("11-24 18:00", "11-25 03:00", True, "slot", 14 * 3600),
    ]


@pytest.mark.parametrize(
    "slots", [[["00:00", "06:00"]], [["18:00", "24:00"]], [["00:00", "01:00"], ["02:00", "03:00"]]]
)
def test_slots_at_one_edge_of_the_day_leave_no_empty_line(slots: list[list[str]]) -> None:
    lines = short(task("2026-11-23T00:00", "10工作日"), rules(slots=slots))

    assert all(begin < end for begin, end, *_ in lines)
    assert all(first[1] == second[0] for first, second in pairwise(lines))
    assert all(first[3] != second[3] for first, second in pairwise(lines))


def test_a_hold_is_one_line_over_everything() -> None:
    held = task(
        "2026-09-30T16:00",
        "2工作时",
        holds=[
            ("2026-10-09T07:00", "2026-10-09T09:00"),
            ("2026-09-30T17:00", "2026-10-09T08:30"),
            ("2026-09-30T17:30", "2026-09-30T17:30"),
        ],
    )

    assert short(held, rules()) == [
        ("09-30 16:00", "09-30 17:00", True, "slot", 3600),
        ("09-30 17:00", "10-09 09:00", False, "hold", 3600),
        ("10-09 09:00", "10-09 10:00", True, "slot", 7200),
    ]


def test_a_hold_from_the_start_comes_first() -> None:
    held = task("2026-11-23T09:00", "1工作时", holds=[("2026-11-23T09:00", "2026-11-23T10:00")])

    assert [line[3] for line in short(held, rules())] == ["hold", "slot"]


def test_an_urgent_clock_has_one_line_and_its_holds() -> None:
    held = task("2026-10-03T23:40", "2紧急工作时", holds=[("2026-10-04T00:00", "2026-10-04T03:00")])

    assert short(held, rules()) == [
        ("10-03 23:40", "10-04 00:00", True, "round_the_clock", 1200),
        ("10-04 00:00", "10-04 03:00", False, "hold", 1200),
        ("10-04 03:00", "10-04 04:40", True, "round_the_clock", 7200),
    ]


def warned(clock: Task, using: ClockRules) -> list[int]:
    return [line["year"] for line in explain(clock, using).lines if line["kind"] == "warning"]


def test_every_missing_year_between_start_and_due_moment_warns_in_order() -> None:
    assert warned(task("2024-12-31T09:00", "1工作日"), rules()) == [2024]
    assert warned(task("2024-12-31T09:00", "600工作日"), rules()) == [2024, 2027]
    assert warned(task("2024-12-31T09:00", "1000工作日"), rules("close_of_business")) == [2024, 2027, 2028]
    assert warned(task("2026-12-31T09:00", "1工作日"), rules()) == [2027]
    assert warned(task("2026-12-31T09:00", "8工作时"), rules(slots=[["00:00", "24:00"]])) == []


def test_a_due_moment_at_midnight_of_the_new_year_warns_for_that_year() -> None:
    assert warned(task("2026-12-31T16:00", "8工作时"), rules(slots=[["00:00", "24:00"]])) == [2027]


@pytest.mark.parametrize("unit", ["紧急工作时", "紧急工作日", "自然日"])
def test_a_round_the_clock_clock_never_warns(unit: str) -> None:
    assert warned(task("2024-12-31T09:00", f"900{unit}"), rules()) == []


def test_intervals_come_first_then_extensions_then_warnings() -> None:
    clock = task("2026-12-30T15:00", "3工作日", extensions=[("2026-12-30T16:00", "1工作日")])

    kinds = [line["kind"] for line in explain(clock, rules()).lines]

    assert kinds == sorted(kinds, key=["interval", "extension", "warning"].index)
    assert kinds[-2:] == ["extension", "warning"]


@pytest.mark.parametrize("workday", ["span", "close_of_business"])
def test_a_limit_of_forty_years_is_explained_without_a_gap(workday: str) -> None:
    explanation = explain(task("2026-09-30T16:30", "9999工作日"), rules(workday))

    lines = [line for line in explanation.lines if line["kind"] == "interval"]

    assert all(first["to"] == second["from"] for first, second in pairwise(lines))
    assert lines[0]["from"] == "2026-09-30T16:30:00+08:00"
    assert lines[-1]["to"] == explanation.due_at.isoformat()
    assert lines[-1]["used"] == (9999 if workday == "close_of_business" else 9999 * 8 * 3600)
