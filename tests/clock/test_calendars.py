"""The working calendar (clock.md 3)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from gridcase.clock import CalendarRow, WorkCalendar, load_calendar, parse_calendar
from gridcase.errors import DefinitionError
from tests.clock.making import shipped_calendar

HEADER = "date,kind,name\n"


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as error:
        parse_calendar(text, "cn.csv")
    assert all(fault.file == "cn.csv" for fault in error.value.faults)
    return [(fault.place, fault.code) for fault in error.value.faults]


def test_the_shipped_calendar_is_the_official_one_day_by_day() -> None:
    every_day = days(date(2025, 1, 1), date(2026, 12, 31))

    ours = [shipped_calendar().is_working(on) for on in every_day]

    assert len(every_day) == 730
    assert ours == [chinese_calendar.is_workday(on) for on in every_day]


def test_the_shipped_calendar_names_every_official_holiday() -> None:
    for on in days(date(2025, 1, 1), date(2026, 12, 31)):
        is_named, _ = chinese_calendar.get_holiday_detail(on)
        if shipped_calendar().holiday_name(on) is not None:
            assert is_named
        elif is_named:
            assert on.weekday() >= 5


def test_the_calendar_wins_over_the_weekday() -> None:
    calendar = WorkCalendar(
        [
            CalendarRow(date(2026, 11, 23), "holiday", "局庆"),
            CalendarRow(date(2026, 11, 28), "workday", "调休"),
        ]
    )

    assert not calendar.is_working(date(2026, 11, 23))
    assert calendar.holiday_name(date(2026, 11, 23)) == "局庆"
    assert calendar.is_working(date(2026, 11, 28))
    assert calendar.holiday_name(date(2026, 11, 28)) is None
    assert calendar.is_working(date(2026, 11, 27))
    assert not calendar.is_working(date(2026, 11, 29))


def test_a_year_is_loaded_by_any_row_in_it() -> None:
    assert shipped_calendar().loaded_years == {2025, 2026}
    assert WorkCalendar([CalendarRow(date(2027, 1, 1), "holiday", "元旦")]).loaded_years == {2027}
    assert WorkCalendar().loaded_years == frozenset()


def test_of_several_rows_for_a_date_the_last_counts() -> None:
    calendar = WorkCalendar(
        [
            CalendarRow(date(2026, 10, 1), "holiday", "国庆节"),
            CalendarRow(date(2026, 10, 1), "workday", "值班"),
        ]
    )

    assert calendar.is_working(date(2026, 10, 1))
    assert calendar.holiday_name(date(2026, 10, 1)) is None


def test_weekdays_are_right_at_both_ends_of_the_tables() -> None:
    calendar = WorkCalendar()

    for on in (*days(date(1900, 1, 1), date(1900, 12, 31)), *days(date(2299, 1, 1), date(2299, 12, 31))):
        assert calendar.is_working(on) == (on.weekday() < 5)


def test_a_calendar_file_is_read() -> None:
    text = "\ufeffdate,kind,name\r\n2027-01-01,holiday,元旦\r\n\r\n 2027-01-02 , workday ,\r\n"

    assert parse_calendar(text, "cn.csv") == [
        CalendarRow(date(2027, 1, 1), "holiday", "元旦"),
        CalendarRow(date(2027, 1, 2), "workday", ""),
    ]


def test_columns_may_stand_in_any_order() -> None:
    assert parse_calendar("name,date,kind\n元旦,2027-01-01,holiday\n", "cn.csv") == [
        CalendarRow(date(2027, 1, 1), "holiday", "元旦")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("line 1", "missing_key")] * 3),
        ("date,kind\n", [("line 1", "missing_key")]),
        ("date,kind,name,note\n", [("line 1", "unknown_key")]),
        ("date,kind,name,date\n", [("line 1", "duplicate_name")]),
        (HEADER + "2027-1-1,holiday,元旦\n", [("line 2", "bad_value")]),
        (HEADER + "20270101,holiday,元旦\n", [("line 2", "bad_value")]),
        (HEADER + "2027-02-29,holiday,元旦\n", [("line 2", "bad_value")]),
        (HEADER + "1899-12-31,holiday,元旦\n", [("line 2", "bad_value")]),
        (HEADER + "2027-01-01,Holiday,元旦\n", [("line 2", "bad_value")]),
        (HEADER + "2027-01-01,holiday\n", [("line 2", "bad_value")]),
        (HEADER + "2027-01-01,holiday,元旦\n2027-01-01,workday,元旦\n", [("line 3", "duplicate_name")]),
        (HEADER + '2027-01-01,holiday,"元旦\n', [("", "bad_file")]),
    ],
)
def test_a_faulty_calendar_file_is_refused_with_its_place(text: str, found: list[tuple[str, str]]) -> None:
    assert faults(text) == found


def test_all_faults_of_a_calendar_file_are_told_at_once() -> None:
    assert faults(HEADER + "x,y,z\n2027-01-01,holiday,元旦\n2027-13-01,holiday,元旦\n") == [
        ("line 2", "bad_value"),
        ("line 2", "bad_value"),
        ("line 4", "bad_value"),
    ]


def test_files_are_read_in_the_order_of_their_names_and_later_ones_win(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(HEADER + "2027-01-01,workday,值班\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text(HEADER + "2027-01-01,holiday,元旦\n", encoding="utf-8")
    (tmp_path / "c.txt").write_text("not a calendar", encoding="utf-8")

    assert load_calendar(tmp_path).is_working(date(2027, 1, 1))


def test_a_folder_that_does_not_exist_gives_plain_weekdays(tmp_path: Path) -> None:
    calendar = load_calendar(tmp_path / "none")

    assert calendar.loaded_years == frozenset()
    assert calendar.is_working(date(2026, 10, 1))


def test_the_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("date,kind,name\n2027-01-01,holiday,元旦\n".encode("gbk"))
    (tmp_path / "b.csv").write_text("date\n", encoding="utf-8")
    (tmp_path / "c.csv").mkdir()

    with pytest.raises(DefinitionError) as error:
        load_calendar(tmp_path)

    assert [Path(fault.file).name for fault in error.value.faults] == ["a.csv", "b.csv", "b.csv", "c.csv"]
    assert {fault.code for fault in error.value.faults} == {"bad_file", "missing_key"}
