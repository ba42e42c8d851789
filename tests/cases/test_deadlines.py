"""Every deadline shown anywhere equals `gridcase clock` with the holds and extensions of its case, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cases.checking import check_case
from tests.cases.clocking import act_at, dispatched, due_of
from tests.cases.deadlines import check_against_command, shown_deadlines
from tests.cases.walking import Walk
from tests.making import Office

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
MONDAY = "2026-11-23"


class DeadlineWalk(Walk):
    """Random histories whose deadlines are gathered after every step and put to the command at the end."""

    folder: Path
    gathered: list[dict[str, Any]]

    def look(self) -> None:
        for number in sorted(self.touched):
            self.gathered.extend(shown_deadlines(self.office, number))
        super().look()

    def teardown(self) -> None:
        check_against_command(self.office, self.gathered, self.folder)
        self.gathered.clear()


@pytest.mark.parametrize(("kind", "examples", "steps"), [("sqlite", 12, 10), ("postgres", 4, 8)])
def test_deadlines_of_random_histories_equal_the_command(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, examples: int, steps: int
) -> None:
    office: Office = request.getfixturevalue(f"_standing_{kind}")
    walk = type("OwnWalk", (DeadlineWalk,), {"office": office, "folder": tmp_path, "gathered": []})

    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=_SLOW
        ),
    )


def answer_of(office: Office, number: str, stage: str = "handling") -> dict[str, Any]:
    return next(answer for answer in shown_deadlines(office, number) if answer["stage"] == stage)


def test_in_the_very_second_of_the_hold_the_lines_end_where_it_begins(
    standing: Office, tmp_path: Path
) -> None:
    number = dispatched(standing, "5工作日", f"{MONDAY}T09:00")
    standing.set("2026-11-24T10:00")
    asked = standing.ask("officer_a", number, "suspension", until="2026-12-20", photos=1)
    standing.grant("shift_supervisor", number, asked.id)

    answer = answer_of(standing, number)

    assert (answer["due_at"], answer["held"]) == (None, True)
    assert (answer["lines"][-1]["to"], answer["lines"][-1]["used"]) == ("2026-11-24T10:00:00+08:00", 9 * 3600)
    check_against_command(standing, [answer], tmp_path)


def test_a_clock_that_ended_while_it_was_held_is_told_up_to_the_hold(
    standing: Office, tmp_path: Path
) -> None:
    number = dispatched(standing, "5工作日", f"{MONDAY}T09:00")
    act_at(standing, "2026-11-24T10:00", number, "hand_back")
    standing.set("2026-11-25T10:00")
    standing.plain(number, "force_close")

    answer = answer_of(standing, number)

    assert (answer["due_at"], answer["lamp"], answer["held"]) == (None, None, False)
    assert answer["question"]["holds"] == []
    assert answer["lines"][-1]["to"] == "2026-11-24T10:00:00+08:00"
    check_against_command(standing, [answer], tmp_path)


def test_a_late_hand_back_hides_nothing_and_is_no_part_of_the_question(
    standing: Office, tmp_path: Path
) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    act_at(standing, f"{MONDAY}T15:00:01", number, "hand_back")
    standing.set(f"{MONDAY}T16:00")

    answer = answer_of(standing, number)

    assert (answer["due_at"], answer["lamp"]) == (f"{MONDAY}T15:00:00+08:00", "red")
    assert (answer["held"], answer["overdue_seconds"]) == (False, 3600)
    assert answer["question"]["holds"] == []
    check_against_command(standing, [answer], tmp_path)


def test_an_extension_asked_for_in_the_second_of_the_hand_back_counts(
    standing: Office, tmp_path: Path
) -> None:
    number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
    standing.set(f"{MONDAY}T10:00")
    asked = standing.ask("officer_a", number, "extension")
    standing.plain(number, "hand_back")
    standing.grant("dispatcher", number, asked.id)
    act_at(standing, f"{MONDAY}T10:20", number, "redispatch")

    answer = answer_of(standing, number)

    assert due_of(standing, number) == "11-24 09:20"
    assert [line["at"] for line in answer["lines"] if line["kind"] == "extension"] == [
        f"{MONDAY}T09:59:59+08:00"
    ]
    check_against_command(standing, [answer], tmp_path)


def test_a_same_time_verification_is_due_at_the_end_of_its_window_without_a_question(
    standing: Office,
) -> None:
    standing.set(f"{MONDAY}T10:00")
    number = standing.report()
    standing.walk(number, "handled")
    standing.move("intake_operator", number, "send_verification", inspector="inspector_2", same_time=True)

    answer = answer_of(standing, number, "verification")

    assert answer["question"] is None
    assert answer["lines"][-1]["to"] == answer["due_at"]
    check_case(standing, number)
