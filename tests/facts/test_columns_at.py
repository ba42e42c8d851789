"""Counts in a period at an as-of moment: evaluation.md 2, both sides of every boundary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gridcase.facts import Selection, Span, columns_at
from tests.facts.story import MINUTE, Story

SECOND = timedelta(seconds=1)
DUE = Selection()
REPORTED = Selection(mode="reported")
OCTOBER = Span(datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC))
NOVEMBER = Span(OCTOBER.end, datetime(2026, 11, 30, 16, tzinfo=UTC))


def counts(
    story: Story, *, period: Span = OCTOBER, at: datetime | None = None, selection: Selection = DUE
) -> dict[str, int]:
    """The columns that are not 0."""
    at = at or period.end
    columns = columns_at(story.facts(until=at), period=period, at=at, selection=selection)
    return {name: value for name, value in columns.items() if value}


def dispatched_due(moment: datetime) -> Story:
    """A received case whose handling is due at `moment`."""
    story = Story(start=moment - timedelta(hours=4) - 3 * MINUTE).to_dispatched().do("receive")
    assert story.due_at == moment
    return story


def test_mode_act_counts_people_and_is_refused_here() -> None:
    with pytest.raises(ValueError, match="act"):
        counts(Story().report(), selection=Selection(mode="act"))


@pytest.mark.parametrize(
    ("due_at", "october", "november"),
    [
        (OCTOBER.end - SECOND, 1, 0),
        (OCTOBER.end, 0, 1),
    ],
)
def test_a_case_belongs_to_the_period_of_its_due_moment(
    due_at: datetime, october: int, november: int
) -> None:
    story = dispatched_due(due_at)

    assert counts(story).get("handle_due", 0) == october
    assert counts(story, period=NOVEMBER).get("handle_due", 0) == november


def test_the_first_second_of_a_period_belongs_to_it() -> None:
    assert counts(dispatched_due(OCTOBER.start))["handle_due"] == 1


@pytest.mark.parametrize(("at", "column"), [(0, "open_in_time"), (1, "overdue_unhandled")])
def test_a_case_whose_deadline_is_the_moment_itself_is_not_late(at: int, column: str) -> None:
    story = dispatched_due(datetime(2026, 10, 20, 4, tzinfo=UTC))

    columns = counts(story, at=story.due_at + at * SECOND)

    assert columns[column] == columns["unhandled"] == columns["handle_due"] == 1
    assert columns.get("due", 0) == columns.get("overdue_unclosed", 0) == at


def test_an_open_case_not_yet_due_is_not_owed() -> None:
    story = dispatched_due(datetime(2026, 10, 20, 4, tzinfo=UTC))

    columns = counts(story, at=story.now)

    assert "due" not in columns
    assert columns["handle_due"] == columns["open_in_time"] == 1


def test_a_handled_case_is_owed_its_closing() -> None:
    columns = counts(Story().to_handled())

    assert columns["due"] == columns["overdue_unclosed"] == columns["handled"] == 1
    assert "unhandled" not in columns


def test_handle_due_can_leave_out_cases_not_yet_due() -> None:
    selection = Selection(handle_due="without_not_yet_due")
    story = dispatched_due(datetime(2026, 10, 20, 4, tzinfo=UTC))

    before = counts(story, at=story.due_at, selection=selection)
    after = counts(story, at=story.due_at + SECOND, selection=selection)

    assert "handle_due" not in before
    assert before["open_in_time"] == 1
    assert after["handle_due"] == 1


def test_a_held_case_leaves_the_due_columns_and_counts_in_every_period() -> None:
    story = Story().to_dispatched().grant("suspension")
    expected = {"held": 1}

    in_due = counts(story, period=NOVEMBER)
    in_reported = counts(story, selection=REPORTED)

    assert in_due == expected
    assert in_reported["held"] == in_reported["ever_held"] == 1
    for name in ("handle_due", "unhandled", "open_in_time", "overdue_unhandled", "due"):
        assert name not in in_reported


def test_a_handed_back_case_is_in_no_period_of_mode_due_and_open_in_time_in_mode_reported() -> None:
    story = Story().to_dispatched().do("hand_back")

    due, reported = counts(story), counts(story, selection=REPORTED)

    assert "handle_due" not in due
    assert "handed_back" not in due
    assert (reported["handle_due"], reported["open_in_time"], reported["handed_back"]) == (1, 1, 1)


def test_intake_columns_count_by_their_own_moments_in_mode_due() -> None:
    story = Story(start=OCTOBER.end - 2 * MINUTE).to_dispatched()

    october, november = counts(story), counts(story, period=NOVEMBER)

    assert {"reported", "accepted"} <= october.keys()
    assert "filed" not in october
    assert {"filed", "dispatch_due", "dispatched"} <= november.keys()
    assert "reported" not in november


def test_dispatch_figures_count_in_the_month_of_filing_and_dispatched_in_its_own() -> None:
    story = Story(start=OCTOBER.end - 3 * MINUTE).to_dispatched()
    at = NOVEMBER.end

    october, november = counts(story, at=at), counts(story, period=NOVEMBER, at=at)

    assert october["on_time_dispatched"] == october["accurate_dispatched"] == october["dispatch_due"] == 1
    assert "dispatched" not in october
    assert (november["dispatched"], november.get("dispatch_due", 0)) == (1, 0)


def test_voided_counts_in_the_month_of_filing() -> None:
    story = Story().to_dispatched().until(NOVEMBER.start + MINUTE).do("void")

    assert counts(story, at=NOVEMBER.end)["voided"] == 1
    assert "voided" not in counts(story, period=NOVEMBER)


@pytest.mark.parametrize("trigger", ["reject", "accept reject"])
def test_declined_and_rejected_count_at_their_own_moment(trigger: str) -> None:
    story = Story().report().until(NOVEMBER.start + MINUTE).play(trigger)

    columns = counts(story, period=NOVEMBER)

    assert columns.keys() & {"declined", "rejected"} != set()
    assert not {"declined", "rejected"} & counts(story, at=NOVEMBER.end).keys()


def test_a_forced_closing_counts_at_its_own_moment() -> None:
    story = Story().to_dispatched().until(NOVEMBER.start + MINUTE).do("force_close")

    assert counts(story, period=NOVEMBER) == {"force_closed": 1}


def test_undispatched_asks_for_an_open_case_that_was_never_dispatched() -> None:
    waiting = Story().report().play("accept file")
    assert counts(waiting)["undispatched"] == 1

    assert "undispatched" not in counts(Story().to_dispatched())
    assert "undispatched" not in counts(Story().report().play("accept file force_close"))
    assert "undispatched" not in counts(Story().to_dispatched().play("hand_back return_to_intake"))


def test_tasks_of_one_case_count_each_in_its_own_month() -> None:
    story = Story(start=OCTOBER.end - timedelta(hours=3)).to_handled()
    story.until(OCTOBER.end - 2 * MINUTE).play(
        "send_verification verify_unable send_verification verify_pass"
    )
    at = NOVEMBER.end

    october, november = counts(story, at=at), counts(story, period=NOVEMBER, at=at)

    assert (october["verify_due"], november["verify_due"]) == (1, 1)
    assert (october["verify_send_due"], november.get("verify_send_due", 0)) == (2, 0)
    assert counts(story, at=at, selection=REPORTED)["verify_due"] == 2
    assert "desk_close_due" not in october
    assert november["desk_close_due"] == 1


def test_mode_reported_takes_the_cases_reported_in_the_period_only() -> None:
    story = Story(start=OCTOBER.end - MINUTE).to_closed()
    at = NOVEMBER.end

    assert counts(story, at=at, selection=REPORTED)["closed"] == 1
    assert counts(story, period=NOVEMBER, at=at, selection=REPORTED) == {}


def test_a_case_carried_over_counts_in_its_own_columns() -> None:
    story = dispatched_due(OCTOBER.end - SECOND)

    november = counts(story, period=NOVEMBER)

    assert november == {"carried_over": 1, "carried_over_open": 1}
    story.until(NOVEMBER.start).do("give_feedback")
    assert counts(story, period=NOVEMBER)["carried_over_handled"] == 1
    story.play("send_verification verify_pass close")
    november = counts(story, period=NOVEMBER)
    assert (november["carried_over_closed"], november.get("carried_over_open", 0)) == (1, 0)
    assert "handled" not in november
    assert "closed" not in november


def test_a_case_due_in_the_first_second_of_the_period_is_not_carried_over() -> None:
    assert "carried_over" not in counts(dispatched_due(NOVEMBER.start), period=NOVEMBER)


def test_a_case_handled_in_the_last_second_before_the_period_is_not_carried_over() -> None:
    story = dispatched_due(OCTOBER.end - timedelta(hours=1)).until(OCTOBER.end - SECOND).do("give_feedback")
    story.play("send_verification verify_pass close")

    assert "carried_over" not in counts(story, period=NOVEMBER)


def test_a_case_carried_over_and_handled_but_not_closed_counts_as_handled() -> None:
    story = dispatched_due(OCTOBER.end - timedelta(hours=1)).until(NOVEMBER.start).do("give_feedback")

    columns = counts(story, period=NOVEMBER)

    assert columns["carried_over"] == columns["carried_over_handled"] == 1
    assert not {"carried_over_closed", "carried_over_open"} & columns.keys()


def test_carry_over_included_is_due_again_and_always_late() -> None:
    selection = Selection(carry_over="included")
    story = dispatched_due(OCTOBER.end - timedelta(hours=1)).until(NOVEMBER.start).do("give_feedback")
    story.play("send_verification verify_pass close").grant("appeal")

    columns = counts(story, period=NOVEMBER, selection=selection)

    assert columns["handle_due"] == columns["due"] == 1
    assert columns["handled"] == columns["late_handled"] == columns["closed"] == columns["late_closed"] == 1
    assert not {"on_time_handled", "on_time_closed"} & columns.keys()


def test_an_open_case_carried_over_and_included_is_due_and_not_handled() -> None:
    columns = counts(
        dispatched_due(OCTOBER.end - SECOND), period=NOVEMBER, selection=Selection(carry_over="included")
    )

    carried, unhandled = {"carried_over": 1, "carried_over_open": 1}, {"unhandled": 1, "overdue_unhandled": 1}
    assert columns == {**carried, **unhandled, "handle_due": 1, "due": 1, "overdue_unclosed": 1}


@pytest.mark.parametrize("ending", ["void", "force_close"])
def test_a_case_that_left_the_outcome_columns_is_not_carried_over(ending: str) -> None:
    story = dispatched_due(OCTOBER.end - SECOND).until(NOVEMBER.start + MINUTE).do(ending)

    assert "carried_over" not in counts(story, period=NOVEMBER)


def test_a_case_judged_in_a_frozen_month_leaves_the_later_ones() -> None:
    story = Story().to_closed()
    row = story.facts()

    columns = columns_at(row, period=OCTOBER, at=OCTOBER.end, selection=DUE, is_judged_before=True)

    assert columns["handle_due"] == columns["due"] == columns["closed"] == 0
    assert columns["filed"] == 1


@pytest.mark.parametrize(("late", "column"), [(timedelta(0), "on_time_closed"), (SECOND, "late_closed")])
def test_closing_itself_can_be_the_measure(late: timedelta, column: str) -> None:
    story = Story().report("intake_operator", is_assigned=True).play("accept file dispatch receive")
    story.play("give_feedback send_verification verify_pass")
    story.until(story.due_at + late).do("close")

    columns = counts(story, selection=Selection(on_time_closing="closing"))

    assert columns["closed"] == columns[column] == 1
    assert columns.get("on_time_closed", 0) + columns.get("late_closed", 0) == 1
    assert columns.get("assigned_on_time_closed", 0) == (column == "on_time_closed")
    assert columns.get("public_late_closed", 0) == (column == "late_closed")
    assert columns["on_time_handled"] == 1


def test_an_appeal_also_heals_a_late_closing() -> None:
    story = (
        Story().to_handled().play("send_verification verify_pass").wait(days=1).do("close").grant("appeal")
    )

    columns = counts(story, selection=Selection(on_time_closing="closing"))

    assert columns["on_time_closed"] == 1


def test_urgent_assigned_and_public_cases_are_shown_among_the_due() -> None:
    story = (
        Story().report("intake_operator", is_assigned=True).do("accept").do("file", filing={"urgent": True})
    )
    story.play("dispatch receive")

    columns = counts(story)

    assert columns["urgent_due"] == columns["assigned_due"] == columns["public_overdue_unhandled"] == 1


@pytest.mark.parametrize(("after", "expected"), [(timedelta(0), 0), (SECOND, 1)])
def test_an_open_order_is_unanswered_only_after_its_deadline(after: timedelta, expected: int) -> None:
    story = Story().to_dispatched()
    reply_by = story.now + timedelta(days=2)
    story.note("supervise", order="o1", department="A", reply_by=reply_by)

    assert counts(story, at=reply_by + after).get("supervision_unanswered", 0) == expected


def test_open_orders_are_judged_each_by_its_own_deadline() -> None:
    story = Story().to_dispatched()
    for day in (1, 2, 3):
        story.note("supervise", order=f"o{day}", department="A", reply_by=story.now + timedelta(days=day))

    columns = counts(story, at=story.now + timedelta(days=2))

    assert (columns["supervised"], columns["supervision_unanswered"]) == (3, 2)
