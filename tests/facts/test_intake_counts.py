"""Block I of evaluation.md 3: reported, taken in, filed, dispatched, and the desk's closing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridcase.facts import ClockEffect
from gridcase.facts.blocks import ACT_COLUMN_NAMES, INTAKE_MOMENTS
from tests.facts.story import MINUTE, Story

SECOND = timedelta(seconds=1)


def counted(story: Story) -> set[str]:
    """The stored columns of block I that are not 0, tasks and duties apart."""
    row = story.facts()
    return {name for name in INTAKE_MOMENTS if name != "undispatched" and getattr(row, name)}


def test_an_inspectors_report_counts_as_reported_only() -> None:
    assert counted(Story().report()) == {"reported", "inspector_reported"}


def test_a_hotline_report_counts_as_public() -> None:
    assert counted(Story().report("intake_operator")) == {"reported", "public_reported"}


def test_an_operators_own_report_in_a_channel_that_is_not_public_is_neither() -> None:
    assert counted(Story().report("intake_operator", is_public=False)) == {"reported"}


def test_a_self_handled_case_counts_nowhere_else() -> None:
    assert counted(Story().report().do("self_close")) == {"self_handled"}


def test_a_merged_duplicate_counts_only_as_reported() -> None:
    assert counted(Story().report().play("accept merge")) == {"reported", "inspector_reported"}


def test_a_declined_case_never_passed_intake() -> None:
    assert counted(Story().report().do("reject")) == {"reported", "inspector_reported", "declined"}


def test_a_rejected_case_passed_intake() -> None:
    story = Story().report().play("accept reject")

    assert counted(story) == {"reported", "inspector_reported", "accepted", "rejected"}


def test_a_case_found_absent_after_intake_is_declined_and_was_accepted() -> None:
    story = Story().report("intake_operator").play("accept send_confirmation confirm_absent reject")

    assert counted(story) == {"reported", "public_reported", "accepted", "declined"}


def test_a_voided_case_leaves_the_filed_columns() -> None:
    story = Story().to_handled().do("void")

    assert counted(story) == {"reported", "inspector_reported", "accepted", "voided"}


def test_a_filed_case_is_owed_a_dispatch() -> None:
    story = Story().report().play("accept file")

    assert counted(story) == {
        "reported",
        "inspector_reported",
        "valid_reported",
        "accepted",
        "filed",
        "on_time_filed",
        "dispatch_due",
    }


def test_a_filed_hotline_case_counts_as_public_filed() -> None:
    columns = counted(Story().report("intake_operator").play("accept file"))

    assert "public_filed" in columns
    assert "valid_reported" not in columns


@pytest.mark.parametrize(("late", "expected"), [(timedelta(0), 1), (SECOND, 0)])
def test_filing_is_on_time_in_the_very_second_of_its_deadline(late: timedelta, expected: int) -> None:
    story = Story().report().do("accept")
    deadline = story.steps[-1].at + 15 * MINUTE

    row = story.until(deadline + late).do("file").facts()

    assert row.on_time_filed == expected


@pytest.mark.parametrize(("late", "on_time"), [(timedelta(0), 1), (SECOND, 0)])
def test_the_first_dispatch_is_judged_by_its_stage_deadline(late: timedelta, on_time: int) -> None:
    story = Story().report().play("accept file")
    deadline = story.steps[-1].at + 15 * MINUTE

    row = story.until(deadline + late).do("dispatch").facts()

    assert (row.on_time_dispatched, row.late_dispatched) == (on_time, 1 - on_time)


def test_a_late_second_dispatch_does_not_make_the_first_one_late() -> None:
    story = Story().to_dispatched().do("hand_back").wait(hours=3).do("redispatch")

    row = story.facts()

    assert (row.on_time_dispatched, row.late_dispatched) == (1, 0)


def test_redispatch_to_the_same_department_is_accurate() -> None:
    row = Story().to_dispatched().play("hand_back redispatch").facts()

    assert (row.accurate_dispatched, row.wrong_dispatched) == (1, 0)


def test_any_later_dispatch_to_another_department_makes_a_wrong_dispatch() -> None:
    story = Story().to_dispatched().do("hand_back").do("redispatch", department="B")

    row = story.facts()

    assert (row.accurate_dispatched, row.wrong_dispatched) == (0, 1)
    assert (row.first_department, row.department, row.dispatcher) == ("A", "B", "dispatcher_1")


def test_a_dispatch_to_another_department_after_return_to_intake_is_wrong_too() -> None:
    story = Story().to_dispatched().play("hand_back return_to_intake file").do("dispatch", department="B")

    assert story.facts().wrong_dispatched == 1


def test_there_and_back_again_stays_one_wrong_dispatch() -> None:
    story = Story().to_dispatched()
    for department in ("B", "A"):
        story.do("hand_back").do("redispatch", department=department)

    row = story.facts()

    assert (row.wrong_dispatched, row.department) == (1, "A")


def test_a_finding_missed_counts_until_it_is_revoked() -> None:
    story = Story().report("intake_operator").play("accept file")
    story.note("find", finding="f1", finding_kind="missed")
    assert story.facts().missed == 1

    story.note("revoke_finding", finding="f1", finding_kind="missed")

    assert story.facts().missed == 0


def test_revoking_one_of_two_findings_leaves_the_other() -> None:
    story = Story().report().play("accept file")
    story.note("find", finding="f1", finding_kind="missed").note("find", finding="f2", finding_kind="missed")
    story.note("revoke_finding", finding="f1")

    assert story.facts().missed == 1


def test_a_forced_closing_without_dispatch_keeps_its_intake_columns() -> None:
    story = Story().report().play("accept file force_close")

    assert counted(story) == {
        "reported",
        "inspector_reported",
        "valid_reported",
        "accepted",
        "filed",
        "on_time_filed",
        "dispatch_due",
        "force_closed",
    }


@pytest.mark.parametrize(("late", "on_time"), [(timedelta(0), 1), (SECOND, 0)])
def test_the_desk_closes_on_time_or_late(late: timedelta, on_time: int) -> None:
    story = Story().to_handled().play("send_verification verify_pass")
    deadline = story.steps[-1].at + 15 * MINUTE
    assert (story.facts().desk_close_due, story.facts().on_time_desk_closed) == (1, 0)

    row = story.until(deadline + late).do("close").facts()

    assert (row.desk_close_due, row.on_time_desk_closed, row.closer) == (1, on_time, "shift_supervisor_1")


@pytest.mark.parametrize("trigger", ["ask_more", "decline_closing"])
def test_a_pass_that_the_desk_took_back_is_owed_no_closing(trigger: str) -> None:
    story = Story().to_handled().play("send_verification verify_pass").do(trigger)

    assert story.facts().desk_close_due == 0


def test_the_first_dispatch_and_the_filing_name_their_persons() -> None:
    story = Story().report().do("accept", actor="o").do("file", actor="s").do("dispatch", actor="d")
    story.do("hand_back").do("redispatch", actor="other", department="B")

    row = story.facts()

    assert (row.inspector, row.intake_operator, row.shift_supervisor, row.dispatcher) == (
        "inspector_1",
        "o",
        "s",
        "d",
    )


def test_a_case_that_another_workflow_began_is_no_report() -> None:
    story = Story()
    story._write("plan", "planned", role="shift_supervisor", data={"kind": "event"})

    assert counted(story) == set()
    assert all(getattr(story.facts(), name) == 0 for name in ACT_COLUMN_NAMES)


def test_in_the_two_level_flow_the_desk_is_judged_by_its_own_act() -> None:
    story = Story().to_handled().play("send_verification verify_pass")
    closing_due_at = story.steps[-1].at + 15 * MINUTE
    stop = ClockEffect("closing", 1, "stop", story.now, due_at=closing_due_at, on_time=True)
    story._write("close", "close_review", role="shift_supervisor", data={}, effects=[stop])
    asked = story.facts()
    story.wait(days=1)._write("approve_close", "closed", role="upper_reviewer", data={})
    approved = story.facts()

    assert (asked.desk_close_due, asked.on_time_desk_closed, asked.closed) == (1, 1, 0)
    assert (approved.desk_close_due, approved.on_time_desk_closed, approved.closed) == (1, 1, 1)
    assert approved.closer == "shift_supervisor_1"


def test_a_closing_that_the_city_returned_is_owed_again() -> None:
    story = Story().to_handled().play("send_verification verify_pass")
    story._write("close", "close_review", role="shift_supervisor", data={}, effects=[])
    again = ClockEffect("closing", 2, "start", story.now, due_at=story.now + 15 * MINUTE)
    story._write("return_close", "verified", role="upper_reviewer", data={}, effects=[again])
    returned = story.facts()
    story.wait(hours=1)._write("close", "close_review", role="shift_supervisor", data={}, effects=[])

    assert (returned.desk_close_due, returned.on_time_desk_closed) == (1, 0)
    assert (story.facts().desk_close_due, story.facts().on_time_desk_closed) == (1, 0)
