"""The moments of evaluation.md 1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from gridcase.facts import FactRow, Step, facts
from tests.facts.story import MINUTE, START, Story


def at(minutes: int) -> datetime:
    return START + minutes * MINUTE


def test_no_step_before_the_moment_gives_no_row() -> None:
    story = Story().report()

    assert facts(story.steps, until=START) is None
    assert facts(story.steps, until=START + timedelta(seconds=1)) is not None


def test_a_step_at_the_moment_itself_is_not_seen() -> None:
    story = Story().report().do("accept")

    assert story.facts(until=at(1)).accepted_at is None
    assert story.facts(until=at(1) + timedelta(seconds=1)).accepted_at == at(1)


def test_the_stages_leave_their_moments() -> None:
    row = Story().to_closed().facts()

    assert row.reported_at == at(0)
    assert row.accepted_at == at(1)
    assert row.filed_at == at(2)
    assert row.dispatched_at == row.last_dispatched_at == at(3)
    assert row.handled_at == at(5)
    assert (row.verify_sent_at, row.verified_at) == (at(6), at(7))
    assert row.closed_at == at(8)
    assert row.due_at == at(3) + timedelta(hours=4)


def test_moments_in_another_zone_come_out_in_utc() -> None:
    china = timezone(timedelta(hours=8))
    step = Step(1, "report", None, "reported", START.astimezone(china), "i", "inspector", data={"cell": "c"})

    row = facts([step])

    assert row is not None
    assert row.reported_at == START
    assert row.reported_at.tzinfo is UTC


def test_a_confirmed_hotline_case_is_accepted_by_the_confirmation() -> None:
    story = Story().report("intake_operator", needs_confirmation=True)
    story.do("send_confirmation", actor="operator_7").do("confirm")

    row = story.facts()

    assert row.accepted_at == at(2)
    assert row.intake_operator == "operator_7"
    assert (row.confirm_sent_at, row.confirmed_at) == (at(1), at(2))


def test_a_second_filing_keeps_the_first_moment() -> None:
    story = Story().report().play("accept file return_to_intake file dispatch")

    row = story.facts()

    assert (row.accepted_at, row.filed_at) == (at(1), at(2))
    assert row.dispatched_at == at(5)


def test_reject_from_reported_is_declined_and_from_accepted_is_rejected() -> None:
    declined = Story().report().do("reject").facts()
    rejected = Story().report().play("accept reject").facts()

    assert (declined.declined_at, declined.rejected_at) == (at(1), None)
    assert (rejected.declined_at, rejected.rejected_at) == (None, at(2))


def test_a_voided_case_has_its_moment_and_no_other_has() -> None:
    assert Story().to_handled().do("void").facts().voided_at == at(6)
    assert Story().to_closed().facts().voided_at is None


def test_in_the_two_level_flow_the_reject_that_led_there_decides() -> None:
    def step(no: int, trigger: str, before: str | None, after: str) -> Step:
        data = {"cell": "c"} if no == 1 else {}
        return Step(no, trigger, before, after, at(no), "x", "shift_supervisor", data=data)

    steps = [
        step(1, "report", None, "reported"),
        step(2, "reject", "reported", "reject_review"),
        step(3, "approve_reject", "reject_review", "rejected"),
    ]
    row = facts(steps)

    assert row is not None
    assert (row.declined_at, row.rejected_at) == (at(3), None)
    assert (row.declined, row.rejected, row.accepted) == (1, 0, 0)


def test_returned_feedback_rework_and_redispatch_take_the_handled_moment_back() -> None:
    handled = Story().to_handled()
    failed = Story().to_handled().play("send_verification verify_fail")

    assert handled.facts().handled_at == at(5)
    assert failed.facts().handled_at == at(5)
    assert handled.do("return_feedback").facts().handled_at is None
    assert failed.do("rework").facts().handled_at is None
    other = Story().to_handled().play("send_verification verify_fail").do("redispatch", department="B")
    assert other.facts().handled_at is None


def test_the_last_feedback_counts() -> None:
    row = Story().to_handled().play("return_feedback give_feedback").facts()

    assert row.handled_at == at(7)


def test_return_to_intake_ends_the_dispatch() -> None:
    story = Story().to_dispatched().play("receive hand_back return_to_intake")

    row = story.facts()

    assert (row.due_at, row.department, row.department_kind, row.is_countable) == (None, None, None, False)
    assert (row.dispatched_at, row.first_department) == (at(3), "A")
    assert row.handed_back == 0
    story.do("file").do("dispatch", department="B", department_kind="street")
    row = story.facts()
    assert (row.department, row.department_kind, row.first_department) == ("B", "street", "A")
    assert row.due_at == at(8) + timedelta(hours=4)
    assert row.handed_back == 1


def test_a_hold_that_began_before_the_due_moment_takes_it_away() -> None:
    story = Story().to_dispatched().grant("suspension")

    row = story.facts()

    assert (row.due_at, row.is_held, row.held_from) == (None, True, at(4))
    story.wait(hours=10).release()
    row = story.facts()
    assert (row.is_held, row.held_from, row.ever_held) == (False, None, 1)
    assert row.due_at == at(3) + timedelta(hours=4) + (at(605) - at(4))


def test_a_hold_is_over_at_its_planned_end_though_its_release_is_written_later() -> None:
    until = at(600)
    story = Story().to_dispatched().grant("suspension", until=until)

    row = story.facts()

    assert (row.held_from, row.held_until) == (at(4), until)
    assert row.is_held_at(until - timedelta(seconds=1))
    assert not row.is_held_at(until)
    assert story.until(until).release().facts().held_until is None


def test_who_rejected_a_case_is_known() -> None:
    declined = Story().report().do("reject", actor="受理员").facts()
    rejected = Story().report().do("accept").do("reject", actor="值班长").facts()

    assert (declined.rejecter, declined.declined) == ("受理员", 1)
    assert (rejected.rejecter, rejected.rejected) == ("值班长", 1)
    assert Story().to_dispatched().facts().rejecter is None


def test_a_hold_that_begins_at_the_due_moment_hides_nothing() -> None:
    story = Story().to_dispatched()
    story.until(story.due_at).grant("suspension")

    row = story.facts()

    assert (row.is_held, row.ever_held) == (False, 0)
    assert row.due_at == story.due_at


def test_an_extension_granted_during_a_suspension_leaves_the_case_held() -> None:
    row = Story().to_dispatched().grant("suspension").grant("extension").facts()

    assert (row.is_held, row.due_at, row.held_from) == (True, None, at(4))


def test_a_dispatch_that_names_no_department_goes_to_the_one_before() -> None:
    story = Story().report().play("accept file").do("dispatch", department="S", department_kind="street")
    story._write("rework", "dispatched", data={})
    again = story.facts()
    story._write("redispatch", "dispatched", data={"department": "B"})
    other = story.facts()

    assert (again.department, again.department_kind) == ("S", "street")
    assert (other.department, other.department_kind) == ("B", None)


def test_a_handed_back_case_has_no_due_moment_and_is_not_held() -> None:
    row = Story().to_dispatched().do("hand_back").facts()

    assert (row.due_at, row.is_held, row.ever_held) == (None, False, 0)
    assert row.department == "A"


def test_a_late_hand_back_keeps_the_due_moment() -> None:
    story = Story().to_dispatched().do("receive")
    due_at = story.due_at
    story.until(due_at + MINUTE).do("hand_back")

    assert story.facts().due_at == due_at


def test_an_extension_moves_the_due_moment_also_after_the_feedback() -> None:
    story = Story().to_dispatched().do("receive")
    due_at = story.due_at
    story.until(due_at + MINUTE).do("give_feedback")
    assert story.facts().late_handled == 1

    story.grant("extension", asked_at=due_at)

    row = story.facts()
    assert row.due_at == due_at + timedelta(hours=4)
    assert (row.on_time_handled, row.late_handled, row.extension_rounds) == (1, 0, 1)


def test_a_closed_case_keeps_its_due_moment_and_deadlines_of_desks() -> None:
    row = Story().to_closed().facts()

    assert row.intake_due_at == at(15)
    assert row.filing_due_at == at(16)
    assert row.dispatch_due_at == at(17)
    assert row.verification_sending_due_at == at(20)
    assert row.verification_due_at == at(36)
    assert row.closing_due_at == at(22)
    assert row.confirmation_due_at is None


def test_a_clock_that_an_ending_cut_off_keeps_its_due_moment() -> None:
    story = Story().to_dispatched()

    assert story.do("force_close").facts().due_at == at(3) + timedelta(hours=4)


def test_corrections_move_the_case_to_its_right_place_and_class() -> None:
    story = Story().report(urgent=True)
    story.do("accept", corrections={"cell": "120104002001001", "street": "120104002", "sub_code": "11"})

    row = story.facts()

    assert (row.cell, row.street, row.sub_code, row.main_code) == (
        "120104002001001",
        "120104002",
        "11",
        "01",
    )
    assert row.is_urgent is False


def test_a_release_written_late_counts_from_its_own_moment() -> None:
    story = Story().to_dispatched().grant("suspension")
    story.wait(hours=10)
    ends_at = story.now
    story.wait(hours=1).note("remind")
    story.until(ends_at).release()

    row = story.facts(until=ends_at + MINUTE)

    assert row.is_held is False
    assert story.facts(until=ends_at).is_held is True


def test_the_step_says_whether_a_state_of_another_flow_ends_the_case() -> None:
    def row(to_state: str, **data: bool) -> FactRow | None:
        steps = [
            Step(1, "report", None, "reported", START, "i1", "inspector"),
            Step(2, "go", "reported", to_state, START, "i1", "inspector", data=data),
        ]
        return facts(steps)

    told = {
        (state, ends): found.is_open
        for state, ends in (("visited", None), ("visited", True), ("closed", None), ("closed", False))
        if (found := row(state, **({} if ends is None else {"ends": ends}))) is not None
    }

    assert told == {
        ("visited", None): True,
        ("visited", True): False,
        ("closed", None): False,
        ("closed", False): True,
    }
