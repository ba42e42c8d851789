"""Due moments of open clocks follow another working calendar; the old value stays in the history (clock.md 3)."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gridcase.cases.following import LOOK_EVERY_S, SETTLE_S
from gridcase.clock import CalendarRow, parse_calendar
from gridcase.directory.calendar import import_calendar
from gridcase.errors import ChangedMeanwhile
from gridcase.jobs import recomputing
from gridcase.jobs.recomputing import RecomputeSummary, recompute_due
from gridcase.jobs.registry import jobs_of
from tests.cases.checking import check_case
from tests.cases.clocking import act_at, dispatched, due_of, run_of
from tests.cases.deadlines import shown_deadlines
from tests.making import Office, china, make_office

NOTHING = RecomputeSummary(0, 0, 0, 0)


def rows(*lines: str) -> list[CalendarRow]:
    return parse_calendar("\n".join(["date,kind,name", *lines]), "calendar.csv")


def load(office: Office, calendar: Iterable[CalendarRow], at: str) -> RecomputeSummary:
    """What the command does, at a moment."""
    office.set(at)
    with office.database.transaction() as connection:
        import_calendar(connection, office.district, list(calendar))
    office.book.live_calendar.refresh()
    return recompute_due(office.database, office.book, office.now)


NEW_YEAR = rows(
    "2027-01-01,holiday,元旦", "2027-01-02,holiday,元旦", "2027-01-03,holiday,元旦", "2027-01-04,holiday,元旦"
)


def test_33_a_year_that_is_loaded_later_moves_the_due_moment_and_keeps_the_old_one(office: Office) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    assert due_of(office, number) == "01-04 15:00"

    summary = load(office, NEW_YEAR, "2026-12-31T09:00")

    assert summary == RecomputeSummary(1, 1, 1, 0)
    assert due_of(office, number) == "01-06 15:00"
    step = check_case(office, number).entries[-1].step
    (effect,) = step.clocks
    assert (step.trigger, step.role, step.actor, step.at) == (
        "redue",
        "system",
        "system",
        china("2026-12-31T09:00"),
    )
    assert (effect.old_due_at, effect.due_at) == (china("2027-01-04T15:00"), china("2027-01-06T15:00"))
    assert office.rows("case_fact", number)[0]["due_at"] == china("2027-01-06T15:00")


def test_a_second_run_finds_nothing_to_do(office: Office) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    load(office, NEW_YEAR, "2026-12-31T09:00")
    steps = len(office.case(number).entries)

    assert load(office, NEW_YEAR, "2026-12-31T09:05") == NOTHING
    assert len(office.case(number).entries) == steps


def test_a_calendar_that_moves_no_due_moment_writes_no_step(office: Office) -> None:
    urgent = dispatched(office, "2紧急工作时", "2026-12-30T15:00")
    early = dispatched(office, "3工作日", "2026-12-07T15:00")
    before = [len(office.case(number).entries) for number in (urgent, early)]

    assert load(office, NEW_YEAR, "2026-12-31T09:00") == RecomputeSummary(1, 0, 0, 0)
    assert [len(office.case(number).entries) for number in (urgent, early)] == before


def test_what_was_judged_stays_judged(office: Office) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    act_at(office, "2027-01-04T15:00:01", number, "receive", "give_feedback")

    load(office, NEW_YEAR, "2027-01-04T16:00")

    run = run_of(office, number)
    assert (run.due_at, run.on_time) == (china("2027-01-04T15:00"), False)
    (handling,) = [one for one in shown_deadlines(office, number) if one["stage"] == "handling"]
    assert handling["due_at"] == "2027-01-04T15:00:00+08:00"
    assert handling["lines"][-1]["code"] == "calendar_changed"
    assert "2027-01-06 15:00:00" in handling["lines"][-1]["text"]


def test_a_held_case_stays_held_and_goes_on_by_the_new_calendar(office: Office) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    office.set("2026-12-31T10:00")
    asked = office.ask("officer_a", number, "suspension", until="2027-01-02", photos=1)
    office.grant("shift_supervisor", number, asked.id)

    assert load(office, NEW_YEAR, "2026-12-31T11:00").changed_count == 0
    assert run_of(office, number).is_held
    office.set("2027-01-02T08:00")
    office.release_holds(number)

    # 3 h + 2 h used; 19 h from 5 January on.
    assert due_of(office, number) == "01-07 11:00"
    check_case(office, number)


def test_a_suspension_whose_day_has_come_ends_before_the_clock_is_computed_anew(office: Office) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    office.set("2026-12-31T10:00")
    asked = office.ask("officer_a", number, "suspension", until="2027-01-02", photos=1)
    office.grant("shift_supervisor", number, asked.id)

    load(office, NEW_YEAR, "2027-01-04T09:00")

    case = check_case(office, number)
    assert case.entries[-1].step.trigger == "release"
    assert due_of(office, number) == "01-07 11:00"


def test_a_late_hand_back_turns_out_to_have_been_in_time(office: Office) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    act_at(office, "2027-01-04T15:30", number, "hand_back")
    assert not run_of(office, number).is_held

    load(office, NEW_YEAR, "2027-01-04T16:00")

    run = run_of(office, number)
    assert (run.is_held, run.due_at, run.overdue_seconds(office.now)) == (True, None, 0)
    check_case(office, number)


def test_a_hand_back_in_time_turns_out_to_have_been_late(office: Office) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    load(office, NEW_YEAR, "2026-12-31T09:00")
    act_at(office, "2027-01-05T14:30", number, "hand_back")
    assert run_of(office, number).is_held

    load(office, rows("2027-01-02,workday,调休"), "2027-01-05T14:45")

    run = run_of(office, number)
    assert (run.is_held, run.due_at) == (False, china("2027-01-02T15:00"))
    check_case(office, number)


def test_an_extension_that_was_asked_for_in_time_stays_granted(office: Office) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    load(office, NEW_YEAR, "2026-12-31T09:00")
    office.set("2027-01-05T14:30")
    office.grant("dispatcher", number, office.ask("officer_a", number, "extension").id)
    assert due_of(office, number) == "01-11 15:00"

    load(office, rows("2027-01-02,workday,调休"), "2027-01-05T14:45")

    # Due on 2 January without it; from there three more working days.
    assert due_of(office, number) == "01-06 15:00"
    assert run_of(office, number).extensions == [(china("2027-01-05T14:30"), "3工作日")]


def test_another_process_follows_by_itself(office: Office, tmp_path: Path, quick_geo: Path) -> None:
    url = office.database.url.render_as_string(hide_password=False)
    other = make_office(url, tmp_path / "other", geo=quick_geo, now=office.now)
    load(office, NEW_YEAR, "2026-12-30T09:00")

    time.sleep(LOOK_EVERY_S * 1.1)
    number = dispatched(other, "3工作日", "2026-12-30T15:00")

    assert due_of(other, number) == "01-06 15:00"
    other.database.close()


def test_cases_in_other_hands_wait_for_the_next_run(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sqlite_office
    number = dispatched(office, "3工作日", "2026-12-30T15:00")

    def contested(*_what: Any, **_how: Any) -> int:
        raise ChangedMeanwhile()

    with monkeypatch.context() as patch:
        patch.setattr(recomputing, "write", contested)
        assert load(office, NEW_YEAR, "2026-12-31T09:00") == RecomputeSummary(0, 0, 0, 1)

    assert recompute_due(office.database, office.book, office.now) == RecomputeSummary(1, 1, 1, 0)
    assert due_of(office, number) == "01-06 15:00"


def test_the_job_waits_until_all_processes_go_by_the_new_calendar_and_only_then_computes(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, slept = sqlite_office, list[float]()
    monkeypatch.setattr(recomputing, "time", SimpleNamespace(sleep=slept.append))
    job = jobs_of(office.installation.site)["recompute_due"]
    # Nothing is counted by any calendar yet: nobody is waited for.
    assert job.run(office.database, office.book, office.now).as_dict()["case_count"] == 0
    assert slept == []
    dispatched(office, "3工作日", "2026-12-30T15:00")
    with office.database.transaction() as connection:
        import_calendar(connection, office.district, NEW_YEAR)
    office.book.live_calendar.refresh()

    first = job.run(office.database, office.book, office.now)
    again = job.run(office.database, office.book, office.now)

    assert (first.as_dict()["clock_count"], again.as_dict()["case_count"]) == (1, 0)
    assert slept == [SETTLE_S]
