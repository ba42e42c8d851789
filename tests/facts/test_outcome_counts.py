"""The stored columns of block O of evaluation.md 3."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridcase.facts.blocks import OUTCOME_STORED
from tests.facts.story import MINUTE, Story

SECOND = timedelta(seconds=1)


def counted(story: Story) -> dict[str, int]:
    """The stored columns of block O that are not 0."""
    row = story.facts()
    return {name: getattr(row, name) for name in OUTCOME_STORED if getattr(row, name)}


def test_a_dispatched_case_has_no_outcome_yet() -> None:
    assert counted(Story().to_dispatched()) == {}
    assert Story().to_dispatched().facts().is_countable is True


@pytest.mark.parametrize(("late", "column"), [(timedelta(0), "on_time_handled"), (SECOND, "late_handled")])
def test_feedback_in_the_very_second_of_the_due_moment_is_on_time(late: timedelta, column: str) -> None:
    story = Story().to_dispatched().do("receive")

    story.until(story.due_at + late).do("give_feedback")

    assert counted(story) == {"handled": 1, column: 1}


def test_a_slow_desk_does_not_make_the_department_late() -> None:
    story = Story().to_handled().wait(days=2).play("send_verification verify_pass").wait(days=2).do("close")

    assert counted(story) == {"handled": 1, "on_time_handled": 1, "closed": 1, "on_time_closed": 1}


def test_a_late_feedback_makes_a_late_closing() -> None:
    story = Story().to_dispatched().do("receive").wait(days=1)
    story.play("give_feedback send_verification verify_pass close")

    assert counted(story) == {"handled": 1, "late_handled": 1, "closed": 1, "late_closed": 1}


def test_rework_is_judged_by_its_last_attempt_and_counted() -> None:
    story = Story().to_dispatched().do("receive").wait(days=1)
    story.play("give_feedback send_verification verify_fail rework receive give_feedback")
    story.play("send_verification verify_pass close")

    assert counted(story) == {
        "handled": 1,
        "on_time_handled": 1,
        "closed": 1,
        "on_time_closed": 1,
        "reworked": 1,
        "rework_rounds": 1,
        "verification_failed": 1,
    }


def test_three_failed_verifications_fall_into_both_columns() -> None:
    story = Story().to_handled()
    for _ in range(3):
        story.play("send_verification verify_fail rework receive give_feedback")

    columns = counted(story)

    assert (columns["verification_failed"], columns["verification_failed_again"]) == (2, 1)
    assert (columns["reworked"], columns["rework_rounds"]) == (1, 3)


def test_declined_closing_is_a_failed_verification_and_the_rework_after_it_rework() -> None:
    story = Story().to_handled().play("send_verification verify_pass decline_closing rework")

    assert counted(story) == {"verification_failed": 1, "reworked": 1, "rework_rounds": 1}


def test_redispatch_to_another_department_is_wrong_dispatch_and_no_rework() -> None:
    story = Story().to_handled().play("send_verification verify_fail").do("redispatch", department="B")

    assert counted(story) == {"verification_failed": 1}
    assert story.facts().wrong_dispatched == 1


def test_a_forced_closing_after_feedback_counts_as_closed() -> None:
    story = Story().to_handled().do("force_close")

    assert counted(story) == {"handled": 1, "on_time_handled": 1, "closed": 1, "on_time_closed": 1}
    assert story.facts().force_closed == 1


def test_a_forced_closing_after_a_failed_verification_still_has_its_feedback() -> None:
    story = Story().to_handled().play("send_verification verify_fail force_close")

    assert counted(story)["closed"] == 1


@pytest.mark.parametrize("way", ["receive force_close", "hand_back force_close"])
def test_a_forced_closing_without_feedback_is_in_no_outcome_column(way: str) -> None:
    story = Story().to_dispatched().play(way)

    assert counted(story) == {}
    assert (story.facts().is_countable, story.facts().force_closed, story.facts().dispatched) == (False, 1, 1)


def test_a_forced_closing_after_returned_feedback_has_none() -> None:
    story = Story().to_handled().play("return_feedback force_close")

    assert counted(story) == {}


def test_a_voided_case_is_in_no_outcome_column() -> None:
    story = Story().to_handled().do("send_verification").do("verify_fail").do("rework").do("hand_back")

    assert counted(story) != {}
    assert counted(story.do("void")) == {}


def test_extensions_count_when_granted() -> None:
    story = Story().to_dispatched().note("request", request="r1", request_kind="extension")
    assert counted(story) == {}

    story.grant("extension").grant("extension")

    assert counted(story) == {"extended": 1, "extension_rounds": 2}


@pytest.mark.parametrize("kind", ["suspension", "deferral"])
def test_both_words_of_a_hold_count_as_one_figure(kind: str) -> None:
    story = Story().to_dispatched().grant(kind)

    assert counted(story) == {"ever_held": 1}
    assert story.facts().is_held is True
    story.release(kind)
    assert (story.facts().is_held, counted(story)) == (False, {"ever_held": 1})


def test_a_held_case_that_ended_is_no_longer_held() -> None:
    story = Story().to_dispatched().grant("suspension").do("void")

    assert story.facts().is_held is False


@pytest.mark.parametrize(("late", "expected"), [(timedelta(0), 0), (SECOND, 1)])
def test_a_hand_back_after_its_limit_is_late(late: timedelta, expected: int) -> None:
    story = Story().to_dispatched()
    limit_ends_at = story.steps[-1].at + timedelta(hours=4)

    story.until(limit_ends_at + late).do("hand_back", hand_back_due_at=limit_ends_at.isoformat())

    row = story.facts()
    assert (row.handed_back, row.late_handed_back) == (1, expected)


@pytest.mark.parametrize("kind", ["faked", "buck_passed"])
def test_findings_count_while_not_revoked(kind: str) -> None:
    story = Story().to_handled().note("find", finding="f1", finding_kind=kind)
    assert counted(story)[kind] == 1

    story.note("revoke_finding", finding="f1", finding_kind=kind)

    assert kind not in counted(story)


def test_an_approved_appeal_moves_the_case_to_the_on_time_columns() -> None:
    story = Story().to_dispatched().do("receive").wait(days=1)
    story.play("give_feedback send_verification verify_pass close")

    story.note("request", request="r1", request_kind="appeal").grant("appeal")

    assert counted(story) == {
        "handled": 1,
        "on_time_handled": 1,
        "closed": 1,
        "on_time_closed": 1,
        "appeal_exempted": 1,
    }
    assert story.facts().handled_at > story.facts().due_at  # type: ignore[operator]


def test_a_refused_appeal_changes_nothing() -> None:
    story = Story().to_dispatched().do("receive").wait(days=1)
    story.play("give_feedback send_verification verify_pass close")

    story.note("refuse", request="r1", request_kind="appeal")

    assert counted(story) == {"handled": 1, "late_handled": 1, "closed": 1, "late_closed": 1}


@pytest.mark.parametrize(("kind", "expected"), [("street", 1), ("community", 1), ("handling", 0)])
def test_settled_locally_asks_for_the_kind_of_the_last_department(kind: str, expected: int) -> None:
    story = Story().report().play("accept file").do("dispatch", department="S", department_kind=kind)
    story.play("receive give_feedback send_verification verify_pass")
    assert story.facts().settled_locally == 0

    assert story.do("close").facts().settled_locally == expected


def test_only_the_last_call_back_of_a_closed_public_case_counts() -> None:
    story = Story().report("intake_operator").play("accept file dispatch receive give_feedback")
    story.play("send_verification verify_pass close")
    assert (story.facts().surveyed, story.facts().satisfied) == (0, 0)

    story.note("call_back", satisfied=True)
    assert (story.facts().surveyed, story.facts().satisfied) == (1, 1)
    story.note("call_back", satisfied=False)

    assert (story.facts().surveyed, story.facts().satisfied) == (1, 0)


def test_a_call_back_on_an_inspectors_case_is_no_survey() -> None:
    assert Story().to_closed().note("call_back", satisfied=True).facts().surveyed == 0


def test_moves_of_another_flow_by_the_names_of_acts_count_for_nothing() -> None:
    story = Story().to_closed()

    for trigger in ("find", "revoke_finding", "supervise", "reply_supervision", "call_back"):
        story.note(trigger)

    row = story.facts()
    assert (row.supervised, row.supervision_open, row.faked, row.missed, row.surveyed) == (0, "", 0, 0, 0)


def test_urgent_and_assigned_cases_are_counted_by_their_sort() -> None:
    story = (
        Story().report("intake_operator", is_assigned=True).do("accept").do("file", filing={"urgent": True})
    )
    story.play("dispatch receive").wait(days=1).play("give_feedback send_verification verify_pass close")

    row = story.facts()

    assert (row.is_urgent, row.urgent_closed, row.urgent_on_time_closed) == (True, 1, 0)
    assert (row.assigned_closed, row.assigned_on_time_closed, row.public_late_closed) == (1, 0, 1)


def test_orders_to_a_department_count_and_orders_to_a_desk_do_not() -> None:
    story = Story().to_dispatched()
    reply_by = (story.now + timedelta(days=1)).isoformat()

    story.note("supervise", order="o1", department="A", reply_by=reply_by)
    story.note("supervise", order="o2", desk="dispatcher", reply_by=reply_by)
    story.note("reply_supervision", order="o2")

    row = story.facts()
    assert (row.supervised, row.supervision_late, len(row.supervision_open.split())) == (1, 0, 1)


@pytest.mark.parametrize(("late", "expected"), [(timedelta(0), 0), (SECOND, 1)])
def test_an_answer_in_the_very_second_of_its_deadline_is_in_time(late: timedelta, expected: int) -> None:
    story = Story().to_dispatched()
    reply_by = story.now + timedelta(hours=2)
    story.note("supervise", order="o1", department="A", reply_by=reply_by.isoformat())

    story.until(reply_by + late).note("reply_supervision", order="o1")

    row = story.facts()
    assert (row.supervision_late, row.supervision_open) == (expected, "")


def test_a_return_to_intake_empties_orders_too_until_the_next_dispatch() -> None:
    story = Story().to_dispatched().do("hand_back")
    story.note("supervise", order="o1", department="A", reply_by=story.now + MINUTE)

    assert story.do("return_to_intake").facts().supervised == 0
    assert story.facts().supervision_open_from is None
    assert story.play("file dispatch").facts().supervised == 1
