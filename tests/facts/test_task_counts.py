"""Tasks of inspectors and sending duties: they count whatever becomes of the case (evaluation.md 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridcase.facts.acts import acts_from_text
from tests.facts.story import MINUTE, Story

SECOND = timedelta(seconds=1)


def confirms(story: Story) -> tuple[int, int, int]:
    row = story.facts()
    return row.confirm_due, row.confirmed, row.on_time_confirmed


def verifies(story: Story) -> tuple[int, int, int]:
    row = story.facts()
    return row.verify_due, row.verified, row.on_time_verified


def confirm_sendings(story: Story) -> tuple[int, int]:
    row = story.facts()
    return row.confirm_send_due, row.on_time_confirm_sent


def verify_sendings(story: Story) -> tuple[int, int]:
    row = story.facts()
    return row.verify_send_due, row.on_time_verify_sent


def hotline() -> Story:
    return Story().report("intake_operator", needs_confirmation=True)


def test_a_sent_confirmation_is_owed_before_it_is_answered() -> None:
    assert confirms(hotline().do("send_confirmation")) == (1, 0, 0)


@pytest.mark.parametrize("answer", ["confirm", "confirm_absent"])
@pytest.mark.parametrize(("late", "on_time"), [(timedelta(0), 1), (SECOND, 0)])
def test_a_confirmation_is_on_time_in_the_very_second(answer: str, late: timedelta, on_time: int) -> None:
    story = hotline().do("send_confirmation")
    deadline = story.steps[-1].at + 30 * MINUTE

    story.until(deadline + late).do(answer)

    assert confirms(story) == (1, 1, on_time)


def test_tasks_count_although_the_case_was_declined() -> None:
    story = hotline().play("send_confirmation confirm_absent reject")

    assert confirms(story) == (1, 1, 1)
    assert confirm_sendings(story) == (1, 1)


@pytest.mark.parametrize(("after", "due"), [(timedelta(minutes=30) - SECOND, 1), (timedelta(minutes=30), 2)])
def test_a_task_taken_away_counts_only_from_its_deadline_on(after: timedelta, due: int) -> None:
    story = hotline().do("send_confirmation")

    story.until(story.steps[-1].at + after).do("reassign", inspector="inspector_3").do("confirm")

    assert confirms(story) == (due, 1, 1)


@pytest.mark.parametrize("answer", ["verify_pass", "verify_fail", "verify_unable"])
def test_every_answer_of_the_inspector_answers_a_verification(answer: str) -> None:
    story = Story().to_handled().play(f"send_verification {answer}")

    assert verifies(story) == (1, 1, 1)


def test_verifications_add_up() -> None:
    story = (
        Story().to_handled().play("send_verification verify_unable send_verification verify_pass ask_more")
    )

    assert verifies(story) == (3, 2, 2)
    assert story.facts().verified_at is None


def test_each_task_names_its_own_inspector() -> None:
    story = Story().to_handled().do("send_verification", inspector="a").do("verify_unable")
    story.do("send_verification", inspector="b")

    acts = [(act.kind, act.person, act.is_done) for act in acts_from_text(story.facts().acts)]

    assert acts == [
        ("verify_send", "intake_operator_1", True),
        ("verify", "a", True),
        ("verify_send", "intake_operator_1", True),
        ("verify", "b", False),
    ]


def test_a_channel_that_needs_a_confirmation_owes_it_from_the_report() -> None:
    assert confirm_sendings(hotline()) == (1, 0)


@pytest.mark.parametrize(("late", "on_time"), [(timedelta(0), 1), (SECOND, 0)])
def test_the_confirmation_is_sent_by_the_deadline_of_intake(late: timedelta, on_time: int) -> None:
    story = hotline()
    reported_at = story.steps[0].at

    story.until(reported_at + 15 * MINUTE + late).do("send_confirmation")

    assert confirm_sendings(story) == (1, on_time)
    assert story.facts().acts_from == reported_at


def test_a_confirmation_sent_after_acceptance_is_still_judged_by_intake() -> None:
    story = hotline().do("accept").wait(minutes=30).do("send_confirmation")

    assert confirm_sendings(story) == (1, 0)


def test_a_confirmation_that_no_channel_asks_for_is_on_time_when_sent() -> None:
    story = Story().report()
    assert confirm_sendings(story) == (0, 0)

    story.wait(hours=3).do("send_confirmation")

    assert confirm_sendings(story) == (1, 1)


def test_a_second_confirmation_is_a_duty_of_its_own_and_on_time() -> None:
    story = hotline().wait(hours=1).play("send_confirmation confirm_absent send_confirmation")

    assert confirm_sendings(story) == (2, 1)


@pytest.mark.parametrize("ending", ["merge", "reject"])
def test_a_confirmation_duty_cut_off_by_an_ending_is_not_owed(ending: str) -> None:
    assert confirm_sendings(hotline().do(ending)) == (0, 0)


@pytest.mark.parametrize("trigger", ["send_verification", "return_feedback"])
@pytest.mark.parametrize(("late", "on_time"), [(timedelta(0), 1), (SECOND, 0)])
def test_sending_or_returning_answers_a_feedback(trigger: str, late: timedelta, on_time: int) -> None:
    story = Story().to_handled()
    assert verify_sendings(story) == (1, 0)
    deadline = story.steps[-1].at + 15 * MINUTE

    story.until(deadline + late).do(trigger)

    assert verify_sendings(story) == (1, on_time)


def test_an_unable_verification_owes_another_sending() -> None:
    story = Story().to_handled().play("send_verification verify_unable")

    assert verify_sendings(story) == (2, 1)


def test_asking_for_more_is_no_sending_duty() -> None:
    story = Story().to_handled().play("send_verification verify_pass ask_more")

    assert verify_sendings(story) == (1, 1)


@pytest.mark.parametrize("ending", ["force_close", "void"])
def test_a_verification_duty_cut_off_by_an_ending_is_not_owed(ending: str) -> None:
    assert verify_sendings(Story().to_handled().do(ending)) == (0, 0)


def test_reassigning_is_no_second_sending_duty() -> None:
    story = Story().to_handled().play("send_verification reassign verify_pass")

    assert verify_sendings(story) == (1, 1)
    assert verifies(story) == (1, 1, 1)


def test_a_duty_names_who_met_it_and_nobody_while_it_is_open() -> None:
    open_duty = acts_from_text(Story().to_handled().facts().acts)
    met_duty = acts_from_text(Story().to_handled().do("return_feedback", actor="operator_7").facts().acts)

    assert [(act.kind, act.person, act.is_done) for act in open_duty] == [("verify_send", None, False)]
    assert [(act.kind, act.person, act.is_done) for act in met_duty] == [("verify_send", "operator_7", True)]
    assert open_duty[0].at == met_duty[0].at
