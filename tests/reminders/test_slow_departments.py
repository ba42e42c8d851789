"""Which departments a run finds slow, from cases that went through the register, and what it tells them."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gridcase.errors import DefinitionError
from gridcase.reminders.rules import BACKLOG_RULE, RATE_RULE
from tests.making import Office, china
from tests.reminders.town import Town


def test_three_overdue_cases_make_a_department_slow_and_two_do_not(office: Office) -> None:
    town = Town(office)
    for hour in (9, 10, 11):
        town.owe("A", f"2026-10-20T{hour:02}:00")
    for hour in (9, 10):
        town.owe("B", f"2026-10-21T{hour:02}:00")

    assert town.slow("2026-10-28T08:05") == {"A": (BACKLOG_RULE,)}


def test_a_rate_at_the_threshold_is_not_slow_and_one_below_it_is(office: Office) -> None:
    town = Town(office, "C")
    for day in range(11, 16):
        town.closed("A", f"2026-10-{day}T10:00", late=day == 11)
        town.closed("B", f"2026-10-{day}T10:00", late=day < 13)
    for day in range(11, 15):
        town.closed("C", f"2026-10-{day}T10:00", late=True)

    found = {each.code: each for each in town.remind("2026-10-28T08:05").slow}

    # A has 4 of 5 on time (80 %), B 3 of 5, and C has only 4 cases due.
    assert {code: each.rules for code, each in found.items()} == {"B": (RATE_RULE,)}
    assert (found["B"].figures.due, found["B"].figures.on_time_closed) == (5, 3)


def test_overdue_cases_of_this_and_earlier_periods_add_up(office: Office) -> None:
    town = Town(office)
    town.owe("A", "2026-09-30T23:59:59")
    town.owe("A", "2026-10-01T00:00:00")
    town.owe("A", "2026-10-28T08:04:59")

    (slow,) = town.remind("2026-10-28T08:05").slow

    assert (slow.figures.carried_over_open, slow.figures.overdue_unhandled) == (1, 2)


def test_a_case_due_at_the_moment_of_the_run_is_not_overdue(office: Office) -> None:
    town = Town(office)
    for minute in ("08:00", "08:01", "08:05"):
        town.owe("A", f"2026-10-28T{minute}")

    assert town.slow("2026-10-28T08:05:00") == {}
    assert town.slow("2026-10-28T08:05:01") == {"A": (BACKLOG_RULE,)}


def test_held_cases_never_make_a_department_slow(office: Office) -> None:
    town = Town(office)
    for day in (26, 26, 26, 27):
        number = town.owe("A", f"2026-10-{day}T10:00")
        town.suspend(number, until="2026-11-20")

    assert town.slow("2026-10-28T08:05") == {}


def test_the_state_of_a_past_moment_is_judged_by_the_steps_before_it(office: Office) -> None:
    town = Town(office)
    owed = [town.owe("A", f"2026-10-20T{hour}:00") for hour in (10, 11, 12)]
    late = [town.owe("B", f"2026-10-28T{hour}:00") for hour in (10, 11, 12)]
    for number in owed:
        town.handle(number, "2026-10-29T10:00")

    assert town.slow("2026-10-28T08:05") == {"A": (BACKLOG_RULE,)}
    assert town.slow("2026-10-29T09:00") == {"A": (BACKLOG_RULE,), "B": (BACKLOG_RULE,)}
    assert town.slow("2026-10-29T10:01") == {"B": (BACKLOG_RULE,)}
    assert len(late) == 3


def test_the_notice_names_the_rule_the_figures_and_five_cases_by_due_moment(office: Office) -> None:
    town = Town(office)
    done = town.closed("A", "2026-10-10T10:00")
    late = town.closed("A", "2026-10-11T10:00", late=True)
    carried = town.owe("A", "2026-09-29T10:00")
    handled = town.handle(town.owe("A", "2026-10-12T10:00"), "2026-10-12T09:30")
    owed = [town.owe("A", f"2026-10-{day}T10:00") for day in (23, 22, 21, 20)]

    town.remind("2026-10-28T08:05")

    (notice,) = town.notices
    assert notice.kind == "slow_department"
    assert notice.dedupe_key == "slow_department:A:2026-10-28"
    assert notice.created_at == china("2026-10-28T08:05")
    lines = notice.text.splitlines()
    assert lines[0].startswith(
        "甲局：截至2026-10-28 08:05，贵单位本考核期（2026-10-01至2026-10-31）案件处置效率不高"
    )
    assert "按期结案率 14.29%，低于 80%" in notice.text
    assert "超期未处置案件 5 件，达到 3 件" in notice.text
    assert "应结案 7 件，按期结案 1 件，按期结案率 14.29%" in notice.text
    assert "本期超期未处置 4 件，上期遗留未处置 1 件" in notice.text
    listed = [line for line in lines if "案件 2026" in line]
    assert [line.split()[2].rstrip("，到期时刻") for line in listed] == [carried, *reversed(owed)]
    assert listed[0].endswith("到期时刻 2026-09-29 10:00，上期遗留未处置")
    assert listed[1].endswith("到期时刻 2026-10-20 10:00，超期未处置")
    assert "另有 2 件" in notice.text
    assert not any(number in notice.text for number in (done, late, handled))


def test_the_summary_and_the_log_name_rule_figures_and_all_cases(
    sqlite_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    town = Town(sqlite_office)
    numbers = [town.owe("A", f"2026-10-{day}T10:00") for day in range(12, 18)]

    with caplog.at_level(logging.INFO, "gridcase.reminders"):
        summary = town.remind("2026-10-28T08:05").as_dict()

    assert summary == {
        "at": "2026-10-28T08:05:00+08:00",
        "period": "2026-10",
        "from": "2026-10-01T00:00:00+08:00",
        "to": "2026-11-01T00:00:00+08:00",
        "is_in_last_days": True,
        "slow_count": 1,
        "stored_count": 1,
        "departments": [
            {
                "department": "A",
                "name": "甲局",
                "rules": ["on_time_closing_rate", "overdue_open"],
                "due_count": 6,
                "on_time_closed_count": 0,
                "on_time_closing_rate": "0.00",
                "overdue_unhandled_count": 6,
                "carried_over_open_count": 0,
                "cases": numbers,
                "is_new": True,
            }
        ],
    }
    (record,) = caplog.records
    assert json.loads(record.getMessage().removeprefix("reminded ")) == summary["departments"][0]


def test_a_second_run_stores_nothing_and_leaves_the_text_as_it_is(office: Office) -> None:
    town = Town(office)
    for hour in (10, 11, 12):
        town.owe("A", f"2026-10-20T{hour}:00")
    assert town.remind("2026-10-28T08:05").stored_count == 1
    before = town.notices

    town.owe("A", "2026-10-28T12:00")
    again = town.remind("2026-10-28T16:00")

    assert (again.stored_count, len(again.slow)) == (0, 1)
    assert town.notices == before


def test_a_department_found_slow_later_the_same_day_gets_its_notice_then(office: Office) -> None:
    town = Town(office)
    for hour in (10, 11, 12):
        town.owe("A", f"2026-10-28T{hour}:00")
        town.owe("B", f"2026-10-20T{hour}:00")

    assert town.remind("2026-10-28T08:05").stored_count == 1
    assert town.told == [("2026-10-28", "B")]
    assert town.remind("2026-10-28T12:01").stored_count == 1
    assert town.told == [("2026-10-28", "A"), ("2026-10-28", "B")]


def test_a_department_no_longer_slow_keeps_the_notice_it_has(office: Office) -> None:
    town = Town(office)
    numbers = [town.owe("A", f"2026-10-20T{hour}:00") for hour in (10, 11, 12)]
    town.remind("2026-10-28T08:05")

    town.handle(numbers[0], "2026-10-28T10:00")

    assert town.remind("2026-10-28T16:00").slow == ()
    assert town.remind("2026-10-29T08:05").slow == ()
    assert town.told == [("2026-10-28", "A")]


def test_a_missed_day_is_not_made_up(office: Office) -> None:
    town = Town(office)
    for hour in (10, 11, 12):
        town.owe("A", f"2026-10-20T{hour}:00")

    town.remind("2026-10-26T08:05")
    town.remind("2026-10-29T08:05")

    assert town.told == [("2026-10-26", "A"), ("2026-10-29", "A")]


def test_many_runs_at_once_store_one_notice_a_department(office: Office) -> None:
    town = Town(office, "C", "D", "E")
    for code in "ABCDE":
        for hour in (10, 11, 12):
            town.owe(code, f"2026-10-20T{hour}:00")

    with ThreadPoolExecutor(8) as pool:
        summaries = list(pool.map(town.remind, ["2026-10-28T08:05"] * 16))

    assert town.told == [("2026-10-28", code) for code in "ABCDE"]
    assert sum(summary.stored_count for summary in summaries) == 5


def test_a_site_words_its_notices_itself(sqlite_office: Office) -> None:
    town = Town(sqlite_office)
    for hour in (10, 11, 12):
        town.owe("A", f"2026-10-20T{hour}:00")
    write_template(sqlite_office, "请{{ department }}速办 {{ overdue_open }} 件\n")

    town.remind("2026-10-28T08:05")

    assert [notice.text for notice in town.notices] == ["请甲局速办 3 件"]


def test_a_faulty_template_is_named_and_nothing_is_stored(sqlite_office: Office) -> None:
    town = Town(sqlite_office)
    for hour in (10, 11, 12):
        town.owe("A", f"2026-10-20T{hour}:00")
    file = write_template(sqlite_office, "{{ department }}\n{{ depratment }}")

    with pytest.raises(DefinitionError) as caught:
        town.remind("2026-10-28T08:05")

    (fault,) = caught.value.faults
    assert (fault.file, fault.code) == (str(file), "bad_template")
    assert "depratment" in fault.text
    assert town.notices == []


def write_template(office: Office, text: str) -> Path:
    folder = office.installation.site.root / "templates" / "notices"
    folder.mkdir(parents=True)
    (folder / "slow_department.txt").write_text(text, encoding="utf-8")
    return folder / "slow_department.txt"
