"""What an import changes in a working calendar, and how far a file reaches."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.clock import CalendarRow, WorkCalendar, calendar_changes, parse_calendar, with_years_replaced
from gridcase.errors import DefinitionError

NEW_YEAR = CalendarRow(date(2027, 1, 1), "holiday", "元旦")
MAKE_UP = CalendarRow(date(2027, 1, 3), "workday", "元旦")
NATIONAL = CalendarRow(date(2026, 10, 1), "holiday", "国庆节")


def test_what_comes_in_what_reads_otherwise_and_what_goes_is_told_apart() -> None:
    renamed = CalendarRow(NEW_YEAR.on, "holiday", "新年")

    changes = calendar_changes([NATIONAL, NEW_YEAR], [renamed, MAKE_UP])

    assert changes.added == (MAKE_UP,)
    assert changes.changed == ((NEW_YEAR, renamed),)
    assert changes.removed == (NATIONAL,)


def test_of_two_rows_for_one_date_the_later_one_is_compared() -> None:
    shipped = CalendarRow(NATIONAL.on, "workday", "")

    assert not calendar_changes([shipped, NATIONAL], [NATIONAL])


def test_an_imported_year_is_told_whole_and_other_years_stay() -> None:
    assert with_years_replaced([NATIONAL, NEW_YEAR], [MAKE_UP]) == [NATIONAL, MAKE_UP]
    assert with_years_replaced([NATIONAL], []) == [NATIONAL]


def test_two_calendars_of_the_same_working_days_have_one_fingerprint() -> None:
    renamed = CalendarRow(NATIONAL.on, "holiday", "其他名称")

    assert WorkCalendar([NATIONAL]).fingerprint == WorkCalendar([renamed]).fingerprint
    assert WorkCalendar([NATIONAL]).fingerprint != WorkCalendar().fingerprint


@pytest.mark.parametrize("name", ["字" * 101, "a\x00b"])
def test_a_name_that_no_database_keeps_is_a_fault_of_its_line(name: str) -> None:
    with pytest.raises(DefinitionError) as error:
        parse_calendar(f"date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,holiday,{name}\n", "c.csv")

    assert [(fault.place, fault.code) for fault in error.value.faults] == [("line 3", "bad_value")]


def test_a_name_of_a_hundred_characters_is_taken() -> None:
    (row,) = parse_calendar(f"date,kind,name\n2027-01-01,holiday,{'字' * 100}\n", "c.csv")

    assert len(row.name) == 100
