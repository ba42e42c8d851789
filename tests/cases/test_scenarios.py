"""The scenarios of clock.md 11 that live in the flow, by their numbers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import update

from gridcase.cases.catalogue_models import CategoryCondition
from gridcase.config import load_settings
from gridcase.errors import NotPermitted
from tests.cases.checking import check_case
from tests.cases.clocking import act_at, china_text, dispatched, due_of, of_limit, run_of, runs_of
from tests.cases.refusing import reasons, refusal
from tests.making import Office, china, make_office

MONDAY = "2026-11-23"


def facts_of(office: Office, number: str) -> dict[str, object]:
    (row,) = office.rows("case_fact", number)
    return row


def test_14_a_suspension_of_ten_days_costs_nothing(standing: Office) -> None:
    number = dispatched(standing, "5工作日", f"{MONDAY}T09:00")
    standing.set("2026-11-24T10:00")
    asked = standing.ask("officer_a", number, "suspension", until="2026-12-20", photos=1)
    standing.grant("shift_supervisor", number, asked.id)
    assert run_of(standing, number).used == 9 * 3600
    standing.set("2026-12-04T09:59")
    assert run_of(standing, number).overdue_seconds(standing.now) == 0
    standing.set("2026-12-04T10:00")
    standing.release("officer_a", number, asked.id)

    assert due_of(standing, number) == "12-10 09:00"
    check_case(standing, number)


def test_15_an_extension_asked_for_before_survives_the_suspension(standing: Office) -> None:
    number = dispatched(standing, "5工作日", f"{MONDAY}T09:00")
    standing.set(f"{MONDAY}T16:00")
    standing.grant("dispatcher", number, standing.ask("officer_a", number, "extension").id)
    standing.set("2026-11-24T10:00")
    asked = standing.ask("officer_a", number, "suspension", until="2026-12-20", photos=1)
    standing.grant("shift_supervisor", number, asked.id)
    standing.set("2026-12-04T10:00")
    standing.release("officer_a", number, asked.id)

    assert due_of(standing, number) == "12-17 09:00"
    check_case(standing, number)


@pytest.mark.parametrize(
    ("department", "due", "misdispatches"), [("A", "11-23 15:20", 0), ("B", "11-23 16:20", 1)]
)
def test_16_a_hand_back_goes_on_with_the_same_and_begins_anew_with_another_department(
    standing: Office, department: str, due: str, misdispatches: int
) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00", number, "hand_back")
    standing.set(f"{MONDAY}T10:20")
    standing.move("dispatcher", number, "redispatch", department=department)

    case = check_case(standing, number)
    assert due_of(standing, number) == due
    assert case.counters.get("misdispatch_count", 0) == misdispatches
    assert facts_of(standing, number)["wrong_dispatched"] == misdispatches


@pytest.mark.parametrize(
    ("who", "trigger", "records"),
    [
        ("intake_operator", "send_verification", {"inspector": "inspector_2"}),
        ("shift_supervisor", "close", {"ticked": [1]}),
        ("officer_a", "give_feedback", {"measure": "清理", "photos": 1}),
        ("officer_a", "receive", {}),
    ],
)
def test_17_after_a_hand_back_there_is_no_way_round_the_dispatcher(
    standing: Office, who: str, trigger: str, records: dict[str, object]
) -> None:
    number = standing.walk(standing.report(), "handed_back")

    assert "wrong_state" in reasons(standing, lambda: standing.move(who, number, trigger, **records))


def test_18_the_departments_feedback_is_judged_and_not_the_workers_photo(standing: Office) -> None:
    number = dispatched(standing, "1紧急工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T09:10", number, "receive")
    standing.move("officer_a", number, "assign", handler="handler_a")
    standing.set(f"{MONDAY}T09:55")
    standing.move("handler_a", number, "submit_result", photos=1)
    act_at(standing, f"{MONDAY}T10:05", number, "give_feedback")

    run = run_of(standing, number)
    assert (run.on_time, run.overdue_seconds(standing.now)) == (False, 300)
    check_case(standing, number)


def test_19_a_slow_desk_does_not_make_the_department_late(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T14:00", number, "receive", "give_feedback", "send_verification")
    act_at(standing, f"{MONDAY}T14:20", number, "verify_pass")
    act_at(standing, "2026-11-24T15:00", number, "close")

    assert run_of(standing, number).on_time is True
    assert run_of(standing, number, "closing").on_time is False
    facts = facts_of(standing, number)
    assert (facts["on_time_closed"], facts["late_closed"], facts["on_time_desk_closed"]) == (1, 0, 0)


def test_20_a_failed_verification_stays_on_record_after_a_good_end(standing: Office) -> None:
    number = standing.walk(standing.report(), "verification_failed")
    photos = len(standing.rows("photo", number))
    standing.walk(number, "closed")

    case = check_case(standing, number)
    assert (case.attempt, case.counters["rework_count"], case.departments) == (2, 1, ["A"])
    assert len(standing.rows("photo", number)) > photos
    assert facts_of(standing, number)["rework_rounds"] == 1


def test_21_three_failed_verifications_are_counted_three_times(standing: Office) -> None:
    number = standing.report()
    standing.walk(number, "verification_failed", "verification_failed", "verification_failed", "closed")

    case = check_case(standing, number)
    facts = facts_of(standing, number)
    assert sum(entry.step.trigger == "verify_fail" for entry in case.entries) == 3
    assert facts["verification_failed"] + facts["verification_failed_again"] == 3  # type: ignore[operator]
    assert (case.attempt, case.counters["rework_count"]) == (4, 3)


def test_23_a_refused_request_uses_nothing_up(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    standing.refuse("dispatcher", number, standing.ask("officer_a", number, "extension").id)
    asked = standing.ask("officer_a", number, "extension")
    assert reasons(standing, lambda: standing.ask("officer_a", number, "extension")) == {"no_other_request"}
    standing.grant("dispatcher", number, asked.id)
    standing.grant("shift_supervisor", number, standing.ask("officer_a", number, "extension").id)

    assert reasons(standing, lambda: standing.ask("officer_a", number, "extension")) == {"requests_left"}
    held = standing.ask("officer_a", number, "suspension", until="2026-11-30", photos=1)
    standing.grant("shift_supervisor", number, held.id)
    assert reasons(standing, lambda: standing.ask("officer_a", number, "extension")) == {
        "requests_left", "not_held",
    }  # fmt: skip
    standing.set("2026-12-10T09:00")
    assert reasons(standing, lambda: standing.ask("officer_a", number, "extension")) == {
        "requests_left", "before_due",
    }  # fmt: skip


def test_24_a_tree_that_waits_for_the_season_is_never_overdue_before(standing: Office) -> None:
    number = dispatched(standing, "15工作日", "2026-01-12T09:00")
    standing.plain(number, "receive")
    asked = standing.ask("officer_a", number, "deferral", until="2026-03-12")
    standing.grant("shift_supervisor", number, asked.id)
    standing.set("2026-03-11T23:59:59")
    assert run_of(standing, number).overdue_seconds(standing.now) == 0
    standing.set("2026-03-12T00:00")
    standing.release_holds(number)

    # Nothing was used: fifteen full working days from 08:00 of the season's first day.
    assert due_of(standing, number) == "04-01 18:00"
    check_case(standing, number)


def test_25_a_hotline_report_that_is_not_found_is_rejected_and_not_among_cases_due(standing: Office) -> None:
    number = standing.report("intake_operator", channel="hotline_12345")
    standing.plain(number, "accept")
    assert reasons(standing, lambda: standing.plain(number, "file")) == {"confirmed_if_needed"}
    standing.walk(number, "confirming")
    standing.plain(number, "confirm_absent")
    standing.move("intake_operator", number, "reject", reason_code="not_found", reason="现场未发现")

    case = check_case(standing, number)
    facts = facts_of(standing, number)
    assert (case.state, facts["is_countable"], facts["due_at"]) == ("rejected", False, None)


def test_26_a_cover_reported_twice_is_one_case(standing: Office) -> None:
    category, _condition = of_limit(standing, "2紧急工作时")
    first = standing.report(**category)
    standing.tick(40)
    second = standing.reported("intake_operator", channel="hotline_12345", **category)
    assert (first, 0.0, "reported") in [
        (duplicate.number, duplicate.distance_m, duplicate.state) for duplicate in second.duplicates
    ]

    standing.move("intake_operator", second.number, "merge", main_case=first)

    case = check_case(standing, second.number)
    assert (case.state, case.main_case) == ("merged", first)
    assert standing.rows("cases", second.number)[0]["main_case"] == first
    assert facts_of(standing, second.number)["is_countable"] is False
    assert standing.case(first).state == "reported"


def test_28_open_cases_keep_the_limit_and_the_hours_under_which_they_were_filed(
    tmp_path: Path, quick_geo: Path, filled_sqlite: Path
) -> None:
    shutil.copyfile(filled_sqlite, tmp_path / "gridcase.db")
    url = f"sqlite:///{tmp_path / 'gridcase.db'}"
    office = make_office(url, tmp_path, geo=quick_geo)
    number = dispatched(office, "4工作时", f"{MONDAY}T09:00")
    filing = office.case(number).filings[0]
    with office.database.transaction() as connection:
        connection.execute(
            update(CategoryCondition)
            .where(CategoryCondition.limit_text == "4工作时")
            .values(limit_text="2工作时", condition="改过的条件")
        )
    office.database.close()
    settings = load_settings(
        '[clock]\nslots = [["09:00", "10:00"]]\nworkday = "close_of_business"\n', "config.toml"
    )
    later = make_office(url, tmp_path, geo=quick_geo, settings=settings, now=china(f"{MONDAY}T10:00"))

    later.plain(number, "hand_back")
    act_at(later, f"{MONDAY}T10:20", number, "redispatch")
    assert due_of(later, number) == "11-23 15:20"
    act_at(later, f"{MONDAY}T10:30", number, "hand_back")
    later.move("dispatcher", number, "redispatch", department="B")
    assert (due_of(later, number), run_of(later, number).limit) == ("11-23 16:30", "4工作时")
    assert check_case(later, number).filings == [filing]
    category, condition = of_limit(later, "2工作时")
    fresh = later.report(**category)
    later.plain(fresh, "accept")
    later.move("shift_supervisor", fresh, "file", condition_no=condition, duplicates_seen=True)
    assert later.case(fresh).filings[0]["slots"] == [["09:00", "10:00"]]
    later.database.close()


def test_29_a_case_filed_on_the_last_evening_is_due_in_the_next_month(standing: Office) -> None:
    number = dispatched(standing, "1工作日", "2026-11-30T17:30")

    assert due_of(standing, number) == "12-01 17:30"
    assert facts_of(standing, number)["due_at"] == china("2026-12-01T17:30")


def test_31_a_quarrel_about_ownership_does_not_hold_the_clock(standing: Office) -> None:
    number = dispatched(standing, "2紧急工作时", "2026-10-03T23:40", department="S")
    standing.tick(10)
    standing.move("officer_s", number, "receive")
    standing.tick(10)
    assert run_of(standing, number).is_held is False
    assert due_of(standing, number) == "10-04 01:40"
    handling = standing.case(number).definition.clocks["handling"]
    assert [on.trigger for on in handling.holds] == ["hand_back"]


def test_32_closing_wants_its_proofs_and_force_closing_its_desk(standing: Office) -> None:
    number = standing.walk(standing.report(), "verified")
    assert reasons(standing, lambda: standing.move("shift_supervisor", number, "close", ticked=[])) == {
        "conditions_ticked"
    }
    error = refusal(
        standing,
        lambda: standing.move("dispatcher", number, "force_close", reason="不再处置", document="1"),
    )
    assert isinstance(error, NotPermitted)
    assert reasons(standing, lambda: standing.move("shift_supervisor", number, "force_close")) == {
        "record_missing:reason", "record_missing:document",
    }  # fmt: skip

    standing.plain(number, "force_close")

    assert check_case(standing, number).state == "force_closed"
    assert facts_of(standing, number)["force_closed"] == 1


def test_the_worked_example_of_the_flow(standing: Office) -> None:
    category, condition = of_limit(standing, "2紧急工作时")
    standing.set("2026-10-03T23:20")
    number = standing.report("intake_operator", channel="hotline_12345", **category)
    act_at(standing, "2026-10-03T23:22", number, "send_confirmation")
    act_at(standing, "2026-10-03T23:31", number, "confirm")
    standing.set("2026-10-03T23:36")
    standing.move("shift_supervisor", number, "file", condition_no=condition, duplicates_seen=True)
    act_at(standing, "2026-10-03T23:40", number, "dispatch")
    assert due_of(standing, number) == "10-04 01:40"
    act_at(standing, "2026-10-03T23:44", number, "receive")
    act_at(standing, "2026-10-04T01:05", number, "give_feedback")
    act_at(standing, "2026-10-04T01:10", number, "send_verification")
    act_at(standing, "2026-10-04T01:20", number, "verify_fail")
    act_at(standing, "2026-10-04T01:25", number, "rework")
    assert due_of(standing, number) == "10-04 03:25"
    act_at(standing, "2026-10-04T01:30", number, "receive")
    act_at(standing, "2026-10-04T02:50", number, "give_feedback", "send_verification")
    act_at(standing, "2026-10-04T03:05", number, "verify_pass")
    act_at(standing, "2026-10-04T03:10", number, "close")

    case = check_case(standing, number)
    assert (case.state, case.attempt, case.first_attempt_on_time) == ("closed", 2, True)
    assert [run.on_time for run in runs_of(standing, number)] == [True, True]
    assert case.counters == {"confirmation_count": 1, "rework_count": 1}
    assert china_text(case.ended_at) == "10-04 03:10"
    assert facts_of(standing, number)["on_time_closed"] == 1
