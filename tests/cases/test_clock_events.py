"""Which clock starts, ends, is held and goes on at which move (clock.md 8)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gridcase.config import load_settings
from tests.cases.checking import check_case
from tests.cases.clocking import act_at, china_text, dispatched, due_of, run_of, runs_of
from tests.making import Office, make_office

MONDAY = "2026-11-23"


# --- the handling clock --------------------------------------------------------------------------------------


def test_the_handling_clock_starts_at_the_dispatch_and_not_at_filing_or_receipt(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:30", number, "receive")

    run = run_of(standing, number)

    assert (china_text(run.started_at), china_text(run.due_at)) == ("11-23 09:00", "11-23 15:00")
    assert (run.department, run.limit, len(runs_of(standing, number))) == ("A", "4工作时", 1)


def test_a_hand_back_holds_the_clock_until_the_same_department_has_it_again(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00", number, "hand_back")

    held = run_of(standing, number)
    assert (held.is_held, held.due_at, held.used) == (True, None, 3600)
    act_at(standing, f"{MONDAY}T10:20", number, "redispatch")

    run = check_case(standing, number).runs.latest("handling")
    assert run is not None
    assert (run.run, china_text(run.due_at), run.is_held) == (1, "11-23 15:20", False)
    assert standing.case(number).counters == {"hand_back_count": 1}


def test_another_department_gets_a_new_clock_and_nothing_of_the_old_time(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00", number, "hand_back")
    standing.set(f"{MONDAY}T10:20")
    standing.move("dispatcher", number, "redispatch", department="B")

    first, second = runs_of(standing, number)
    assert (first.department, first.used, first.is_judged, first.on_time) == ("A", 3600, False, None)
    assert (second.department, china_text(second.due_at)) == ("B", "11-23 16:20")
    case = check_case(standing, number)
    assert case.counters == {"hand_back_count": 1, "misdispatch_count": 1}


@pytest.mark.parametrize(("department", "misdispatches"), [("A", 0), ("B", 1)])
def test_after_a_return_to_intake_every_dispatch_has_a_new_full_clock(
    standing: Office, department: str, misdispatches: int
) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00", number, "hand_back")
    act_at(standing, f"{MONDAY}T10:20", number, "return_to_intake")
    standing.set(f"{MONDAY}T11:00")
    condition = standing.case(number).filings[0]["condition_no"]
    standing.move("shift_supervisor", number, "file", condition_no=condition, duplicates_seen=True)
    standing.move("dispatcher", number, "dispatch", department=department)

    first, second = runs_of(standing, number)
    assert (first.is_judged, first.on_time, first.used) == (True, True, 3600)
    assert (second.department, china_text(second.due_at)) == (department, "11-23 17:00")
    case = check_case(standing, number)
    assert case.counters.get("misdispatch_count", 0) == misdispatches
    assert len(case.filings) == 2
    assert case.filed_at is not None
    assert china_text(case.filed_at) == "11-23 09:00"


def test_returned_feedback_gives_the_time_between_back_and_judges_the_last_feedback(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00", number, "receive", "give_feedback")
    assert run_of(standing, number).on_time is True
    act_at(standing, f"{MONDAY}T11:00", number, "return_feedback")

    assert due_of(standing, number) == "11-23 16:00"
    act_at(standing, f"{MONDAY}T16:00:01", number, "give_feedback")

    case = check_case(standing, number)
    run = run_of(standing, number)
    assert (run.run, run.on_time, run.used) == (1, False, 4 * 3600 + 1)
    assert case.counters == {"feedback_return_count": 1}
    assert (case.attempt, case.first_attempt_on_time) == (1, False)


@pytest.mark.parametrize(("at", "is_on_time"), [("14:59:59", True), ("15:00:00", True), ("15:00:01", False)])
def test_the_second_of_the_due_moment_is_on_time_and_the_next_is_not(
    standing: Office, at: str, is_on_time: bool
) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T09:10", number, "receive")
    act_at(standing, f"{MONDAY}T{at}", number, "give_feedback")

    assert run_of(standing, number).on_time is is_on_time
    check_case(standing, number)


def test_a_part_of_the_due_second_is_still_the_due_second(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T09:10", number, "receive")
    standing.now = standing.set(f"{MONDAY}T15:00") + timedelta(milliseconds=900)
    standing.plain(number, "give_feedback")

    assert run_of(standing, number).on_time is True
    (stored,) = [row for row in standing.rows("clock_run", number) if row["clock"] == "handling"]
    assert stored["on_time"] is True
    check_case(standing, number)


def test_a_hand_back_after_the_due_moment_hides_nothing(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T16:00", number, "hand_back")

    run = run_of(standing, number)
    assert (run.is_held, china_text(run.due_at)) == (False, "11-23 15:00")
    assert run.overdue_seconds(standing.now) == 3600
    act_at(standing, f"{MONDAY}T17:00", number, "redispatch", "receive", "give_feedback")

    run = run_of(standing, number)
    assert (run.on_time, china_text(run.due_at), run.overdue_seconds(standing.now)) == (
        False, "11-23 15:00", 7200,
    )  # fmt: skip
    check_case(standing, number)


def test_a_hand_back_in_the_due_second_changes_nothing_either(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T15:00", number, "hand_back")

    assert (run_of(standing, number).is_held, due_of(standing, number)) == (False, "11-23 15:00")
    check_case(standing, number)


def test_an_extension_granted_late_turns_a_late_hand_back_into_one_in_time(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    standing.set(f"{MONDAY}T14:30")
    asked = standing.ask("officer_a", number, "extension")
    act_at(standing, f"{MONDAY}T16:00", number, "hand_back")
    standing.set(f"{MONDAY}T16:30")
    standing.grant("dispatcher", number, asked.id)

    # Due would be 09:00 next morning: the hold began before it, so that the case is held now.
    run = run_of(standing, number)
    assert (run.is_held, run.due_at) == (True, None)
    check_case(standing, number)
    act_at(standing, f"{MONDAY}T17:00", number, "redispatch")
    assert due_of(standing, number) == "11-24 10:00"
    check_case(standing, number)
    check_case(standing, number)


# --- rework --------------------------------------------------------------------------------------------------


@pytest.fixture(params=["full", "remaining"])
def rework_office(
    request: pytest.FixtureRequest, tmp_path: Path, quick_geo: Path, filled_sqlite: Path
) -> Iterator[Office]:
    shutil.copyfile(filled_sqlite, tmp_path / "gridcase.db")
    settings = load_settings(f'[rework]\nlimit = "{request.param}"\n', "config.toml")
    office = make_office(f"sqlite:///{tmp_path / 'gridcase.db'}", tmp_path, geo=quick_geo, settings=settings)
    yield office
    office.database.close()


def test_a_new_attempt_has_a_new_full_limit_or_what_is_left_of_the_old(rework_office: Office) -> None:
    office = rework_office
    number = dispatched(office, "4工作时", f"{MONDAY}T09:00")
    act_at(office, f"{MONDAY}T10:00", number, "receive", "give_feedback", "send_verification")
    act_at(office, f"{MONDAY}T10:30", number, "verify_fail")
    act_at(office, f"{MONDAY}T11:00", number, "rework")

    is_full = office.book.settings.rework.limit == "full"
    assert due_of(office, number) == ("11-23 17:00" if is_full else "11-23 16:00")
    assert len(runs_of(office, number)) == (2 if is_full else 1)
    act_at(office, f"{MONDAY}T16:30", number, "receive", "give_feedback")

    case = check_case(office, number)
    assert run_of(office, number).on_time is is_full
    assert (case.attempt, case.first_attempt_on_time, case.counters["rework_count"]) == (2, True, 1)


def test_the_first_attempt_keeps_its_verdict_when_a_later_one_is_better(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T15:30", number, "receive", "give_feedback", "send_verification")
    act_at(standing, f"{MONDAY}T16:00", number, "verify_fail", "rework", "receive", "give_feedback")

    case = check_case(standing, number)
    assert case.first_attempt_on_time is False
    assert [run.on_time for run in runs_of(standing, number)] == [False, True]


def test_a_refused_verification_with_another_department_is_a_misdispatch_and_no_rework(
    standing: Office,
) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(
        standing, f"{MONDAY}T10:00", number, "receive", "give_feedback", "send_verification", "verify_fail"
    )
    standing.move("dispatcher", number, "redispatch", department="B", reason="改派")

    case = check_case(standing, number)
    assert case.counters == {"misdispatch_count": 1}
    assert (run_of(standing, number).department, due_of(standing, number)) == ("B", "11-23 16:00")


# --- intake, confirmation, filing ----------------------------------------------------------------------------


def test_a_confirmation_holds_the_intake_clock_and_a_positive_result_ends_it(standing: Office) -> None:
    standing.set(f"{MONDAY}T09:00")
    number = standing.report()
    act_at(standing, f"{MONDAY}T09:05", number, "send_confirmation")
    assert (run_of(standing, number, "intake").is_held, due_of(standing, number, "intake")) == (True, None)
    assert due_of(standing, number, "confirmation") == "11-23 09:35"
    act_at(standing, f"{MONDAY}T09:25", number, "confirm")

    intake = run_of(standing, number, "intake")
    assert (intake.on_time, intake.used, china_text(intake.due_at)) == (True, 300, "11-23 09:35")
    assert due_of(standing, number, "filing") == "11-23 09:40"
    case = check_case(standing, number)
    assert case.counters == {"confirmation_count": 1}


def test_an_absent_problem_gives_the_rest_of_the_intake_clock_back(standing: Office) -> None:
    standing.set(f"{MONDAY}T09:00")
    number = standing.report()
    act_at(standing, f"{MONDAY}T09:05", number, "send_confirmation")
    act_at(standing, f"{MONDAY}T09:25", number, "confirm_absent")

    assert due_of(standing, number, "intake") == "11-23 09:35"
    act_at(standing, f"{MONDAY}T09:36", number, "reject")
    assert (run_of(standing, number, "intake").on_time, run_of(standing, number, "intake").used) == (
        False, 960,
    )  # fmt: skip
    check_case(standing, number)


def test_an_absent_problem_opens_an_intake_clock_that_had_ended(standing: Office) -> None:
    standing.set(f"{MONDAY}T09:00")
    number = standing.report()
    act_at(standing, f"{MONDAY}T09:05", number, "accept")
    act_at(standing, f"{MONDAY}T09:15", number, "send_confirmation")
    assert (run_of(standing, number, "filing").is_held, run_of(standing, number, "intake").on_time) == (
        True, True,
    )  # fmt: skip
    act_at(standing, f"{MONDAY}T09:25", number, "confirm_absent")

    intake, filing = run_of(standing, number, "intake"), run_of(standing, number, "filing")
    assert (intake.run, intake.is_open, china_text(intake.due_at)) == (1, True, "11-23 09:35")
    assert (filing.on_time, filing.used, filing.is_open) == (True, 600, False)
    check_case(standing, number)


def test_a_confirmation_on_the_way_to_filing_holds_the_filing_clock(standing: Office) -> None:
    standing.set(f"{MONDAY}T09:00")
    number = standing.report()
    act_at(standing, f"{MONDAY}T09:05", number, "accept")
    act_at(standing, f"{MONDAY}T09:15", number, "send_confirmation")
    act_at(standing, f"{MONDAY}T09:25", number, "confirm")

    assert (len(runs_of(standing, number, "filing")), due_of(standing, number, "filing")) == (
        1,
        "11-23 09:30",
    )
    check_case(standing, number)


def test_a_return_to_intake_starts_the_filing_clock_anew(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00", number, "hand_back")
    act_at(standing, f"{MONDAY}T10:10", number, "return_to_intake")

    assert [run.run for run in runs_of(standing, number, "filing")] == [1, 2]
    assert due_of(standing, number, "filing") == "11-23 10:25"
    dispatch = run_of(standing, number, "dispatch")
    assert (dispatch.run, dispatch.on_time, dispatch.used) == (2, True, 600)
    check_case(standing, number)


# --- verification and closing --------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "clock"), [("confirming", "confirmation"), ("verifying", "verification")])
def test_a_task_that_is_handed_on_starts_anew_for_the_next_inspector(
    standing: Office, state: str, clock: str
) -> None:
    number = standing.walk(standing.report(), state)
    standing.tick(20)
    standing.move("intake_operator", number, "reassign", inspector="inspector", reason="换人核查")

    first, second = runs_of(standing, number, clock)
    assert (first.is_judged, first.used, first.ended_at) == (False, 1200, standing.now)
    assert second.due_at == standing.now + timedelta(minutes=30)
    other = "verification" if clock == "confirmation" else "confirmation"
    assert runs_of(standing, number, other) == []
    check_case(standing, number)


def test_an_impossible_verification_gives_the_desk_a_new_sending_clock(standing: Office) -> None:
    number = standing.walk(standing.report(), "verifying")
    standing.tick(5)
    standing.plain(number, "verify_unable")

    assert [run.is_open for run in runs_of(standing, number, "verification_sending")] == [False, True]
    verification = run_of(standing, number, "verification")
    assert (verification.on_time, verification.used) == (True, 300)
    check_case(standing, number)


def test_every_pass_starts_the_closing_clock_anew(standing: Office) -> None:
    number = standing.walk(standing.report(), "verified")
    standing.tick(5)
    standing.plain(number, "ask_more")
    standing.tick(10)
    standing.plain(number, "verify_pass")

    first, second = runs_of(standing, number, "closing")
    assert (first.on_time, first.used, first.is_open) == (True, 300, False)
    assert (second.started_at, second.is_open) == (standing.now, True)
    assert len(runs_of(standing, number, "verification")) == 2
    check_case(standing, number)


@pytest.mark.parametrize("trigger", ["verify_fail", "decline_closing"])
def test_a_refusal_at_the_end_starts_the_dispatch_clock(standing: Office, trigger: str) -> None:
    number = standing.walk(standing.report(), "verifying" if trigger == "verify_fail" else "verified")
    standing.tick(5)
    standing.plain(number, trigger)

    assert [run.is_open for run in runs_of(standing, number, "dispatch")] == [False, True]
    assert run_of(standing, number, "dispatch").due_at == standing.now + timedelta(minutes=15)
    standing.tick(16)
    standing.plain(number, "rework")
    assert run_of(standing, number, "dispatch").on_time is False
    check_case(standing, number)


ENDS = {
    "rejected": "reported", "self_closed": "reported", "closed": "verified", "merged": "accepted", "voided": "handling",
    "force_closed": "handled",
}  # fmt: skip


@pytest.mark.parametrize(("end", "state"), ENDS.items())
def test_every_clock_ends_with_the_case(standing: Office, end: str, state: str) -> None:
    main = standing.report()
    number = standing.report()
    if state != "reported":
        standing.walk(number, state)
    standing.tick(3)
    if end == "merged":
        standing.move("intake_operator", number, "merge", main_case=main)
    elif end == "voided":
        standing.grant("shift_supervisor", number, standing.ask("dispatcher", number, "void").id)
    else:
        standing.walk(number, end)

    case = check_case(standing, number)
    assert case.state == end
    assert [run.clock for run in case.runs if run.is_open] == []
    (row,) = standing.rows("cases", number)
    assert (row["is_open"], row["due_at"], row["yellow_at"], row["is_held"]) == (False, None, None, False)
    assert row["ended_at"] == standing.now


def test_a_case_that_ends_while_it_is_held_is_judged_by_nobody(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00", number, "hand_back")
    act_at(standing, f"{MONDAY}T18:00", number, "force_close")

    run = run_of(standing, number)
    assert (run.is_open, run.is_judged, run.on_time, run.used) == (False, False, None, 3600)
    assert run.overdue_seconds(standing.now) == 0
    check_case(standing, number)


# --- what a step says of the clock ---------------------------------------------------------------------------


def test_a_step_tells_the_time_used_on_the_clock_of_the_state_it_left(standing: Office) -> None:
    standing.set(f"{MONDAY}T09:00")
    number = standing.report()
    act_at(standing, f"{MONDAY}T09:05", number, "send_confirmation")
    act_at(standing, f"{MONDAY}T09:45", number, "confirm")

    sent, confirmed = standing.case(number).entries[-2:]
    # The desk used 5 minutes before it sent; the inspector took 40 and was late, whatever the desk was.
    assert (sent.used, sent.on_time) == (300, None)
    assert (confirmed.used, confirmed.on_time) == (2400, False)


def test_a_hand_back_tells_the_time_the_department_had_used(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T14:30", number, "hand_back")

    last = standing.case(number).entries[-1]
    assert (last.used, last.on_time) == (3 * 3600 + 1800, None)


def test_another_node_whose_clock_is_behind_does_not_turn_time_back(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00:03", number, "hand_back")
    act_at(standing, f"{MONDAY}T10:00:01", number, "redispatch")

    assert [entry.step.at for entry in standing.case(number).entries[-2:]] == [
        standing.now + timedelta(seconds=2)
    ] * 2
    check_case(standing, number)
