"""Requests decided after the clock they were asked for had stopped or another had taken its place (flow.md 5)."""

from __future__ import annotations

from tests.cases.checking import check_case
from tests.cases.clocking import act_at, china_text, dispatched, due_of, run_of, runs_of
from tests.cases.refusing import reasons
from tests.making import Office

MONDAY = "2026-11-23"


def test_a_request_asked_in_time_on_a_clock_that_ended_is_not_granted_on_the_next(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    standing.set(f"{MONDAY}T09:30")
    asked = standing.ask("officer_a", number, "extension")
    act_at(standing, f"{MONDAY}T10:00", number, "hand_back")
    standing.move("dispatcher", number, "redispatch", department="B")

    assert reasons(standing, lambda: standing.grant("dispatcher", number, asked.id)) == {"request_state"}
    assert standing.refuse("dispatcher", number, asked.id).state == "refused"
    check_case(standing, number)


def test_an_extension_granted_after_the_feedback_corrects_its_verdict(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T15:00", number, "receive")
    asked = standing.ask("officer_a", number, "extension")
    act_at(standing, f"{MONDAY}T16:00", number, "give_feedback")
    assert check_case(standing, number).first_attempt_on_time is False

    standing.grant("dispatcher", number, asked.id)

    case = check_case(standing, number)
    run = run_of(standing, number)
    assert (run.on_time, china_text(run.due_at), case.first_attempt_on_time) == (True, "11-24 09:00", True)
    assert case.counters["extension_count"] == 1


def test_an_extension_granted_after_a_rework_is_for_the_attempt_it_was_asked_for(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T15:00", number, "receive")
    asked = standing.ask("officer_a", number, "extension")
    act_at(standing, f"{MONDAY}T16:00", number, "give_feedback", "send_verification", "verify_fail", "rework")
    before = standing.rows("case_fact", number)
    assert standing.case(number).first_attempt_on_time is False

    standing.grant("dispatcher", number, asked.id)

    case = check_case(standing, number)
    first, second = runs_of(standing, number, "handling")
    assert (first.on_time, china_text(first.due_at)) == (True, "11-24 09:00")
    assert (second.extensions, china_text(second.due_at)) == ([], "11-24 10:00")
    assert (case.first_attempt_on_time, case.counters["extension_count"]) == (True, 1)
    # The chance of the new clock is not used up, and the figures of the new attempt stand.
    (after,) = standing.rows("case_fact", number)
    assert (after["due_at"], after["extension_rounds"]) == (before[0]["due_at"], 1)
    standing.grant("dispatcher", number, standing.ask("officer_a", number, "extension").id)
    check_case(standing, number)


def test_a_suspension_asked_for_before_a_rework_is_not_granted_after_it(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T10:00", number, "receive")
    asked = standing.ask("officer_a", number, "suspension", until="2026-12-01", photos=1)
    act_at(standing, f"{MONDAY}T11:00", number, "give_feedback", "send_verification", "verify_fail", "rework")

    found = reasons(standing, lambda: standing.grant("shift_supervisor", number, asked.id))

    assert found == {"request_state"}
    assert standing.refuse("shift_supervisor", number, asked.id).state == "refused"


def test_a_request_and_a_feedback_in_the_same_second_can_still_be_granted(standing: Office) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T15:00", number, "receive")
    asked = standing.ask("officer_a", number, "extension")
    act_at(standing, f"{MONDAY}T15:00", number, "give_feedback")
    act_at(standing, f"{MONDAY}T17:00", number, "return_feedback")
    standing.grant("dispatcher", number, asked.id)

    # Four more hours; the hold of two hours began before the new due moment and counts.
    assert due_of(standing, number) == "11-24 11:00"


def test_a_request_made_in_the_second_of_the_dispatch_survives_a_hand_back_in_that_second(
    standing: Office,
) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    asked = standing.ask("officer_a", number, "extension")
    standing.plain(number, "hand_back")
    act_at(standing, f"{MONDAY}T10:00", number, "redispatch")
    standing.grant("dispatcher", number, asked.id)

    assert due_of(standing, number) == "11-24 10:00"
    check_case(standing, number)
