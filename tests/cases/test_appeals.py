"""Appeals 申诉: after a late closing, once, by the main department; the fact stays, the case counts as on time (flow.md 5)."""

from __future__ import annotations

import pytest

from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from tests.cases.checking import check_case
from tests.cases.clocking import act_at, dispatched, run_of
from tests.cases.refusing import reasons, refusal
from tests.making import Office

MONDAY = "2026-11-23"


def closed(office: Office, *, is_late: bool = True) -> str:
    number = dispatched(office, "4工作时", f"{MONDAY}T09:00")
    act_at(office, f"{MONDAY}T{'16' if is_late else '10'}:00", number, "receive", "give_feedback")
    office.walk(number, "closed")
    return number


def figures(office: Office, number: str) -> dict[str, int]:
    (row,) = office.rows("case_fact", number)
    return {
        name: row[name]
        for name in ("late_handled", "on_time_handled", "late_closed", "on_time_closed", "appeal_exempted")
    }


def test_an_approved_appeal_changes_how_the_case_counts_and_nothing_else(standing_both: Office) -> None:
    office = standing_both
    number = closed(office)
    before, run = office.case(number), run_of(office, number)
    late = {
        "late_handled": 1,
        "on_time_handled": 0,
        "late_closed": 1,
        "on_time_closed": 0,
        "appeal_exempted": 0,
    }
    assert figures(office, number) == late
    asked = office.ask("officer_a", number, "appeal", reason="连续暴雨，有气象证明")
    assert reasons(office, lambda: office.grant("shift_supervisor", number, asked.id)) == {"request_state"}
    office.forward("dispatcher", number, asked.id)
    assert figures(office, number) == late

    office.grant("shift_supervisor", number, asked.id)

    case, after = check_case(office, number), run_of(office, number)
    assert (case.state, case.appeal_result, case.is_overdue_exempt) == ("closed", "granted", True)
    assert (after.on_time, after.due_at, after.overdue_seconds(office.now)) == (
        False, run.due_at, run.overdue_seconds(office.now),
    )  # fmt: skip
    assert case.counters == before.counters
    assert figures(office, number) == {
        "late_handled": 0, "on_time_handled": 1, "late_closed": 0, "on_time_closed": 1, "appeal_exempted": 1,
    }  # fmt: skip


def test_a_refused_appeal_leaves_everything_and_uses_the_one_chance_up(standing: Office) -> None:
    number = closed(standing)
    asked = standing.ask("officer_a", number, "appeal")
    before = figures(standing, number)
    assert reasons(standing, lambda: standing.ask("officer_a2", number, "appeal")) == {"no_other_request"}
    standing.forward("dispatcher", number, asked.id)
    standing.refuse("shift_supervisor", number, asked.id)

    assert (standing.case(number).appeal_result, figures(standing, number)) == ("refused", before)
    assert reasons(standing, lambda: standing.ask("officer_a", number, "appeal")) == {"requests_left"}


def test_an_appeal_that_was_taken_back_uses_nothing_up(standing: Office) -> None:
    number = closed(standing)
    standing.withdraw("officer_a", number, standing.ask("officer_a", number, "appeal").id)

    assert standing.case(number).appeal_result is None
    assert standing.ask("officer_a", number, "appeal").state == "requested"


def test_only_a_late_closing_is_appealed(standing: Office) -> None:
    on_time, running = closed(standing, is_late=False), standing.walk(standing.report(), "handling")

    assert reasons(standing, lambda: standing.ask("officer_a", on_time, "appeal")) == {"closed_late"}
    assert reasons(standing, lambda: standing.ask("officer_a", running, "appeal")) >= {"wrong_state"}


def test_only_the_main_departments_officer_appeals(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")
    standing.move("dispatcher", number, "dispatch", department="A", assisting=["B"])
    standing.tick(days=30)
    standing.walk(number, "closed")

    assert reasons(standing, lambda: standing.ask("officer_b", number, "appeal")) == {"own_department_main"}
    error = refusal(standing, lambda: standing.ask("dispatcher", number, "appeal"))
    assert (isinstance(error, NotPermitted), error.code) == (True, "role_missing")


@pytest.mark.parametrize(("how", "who", "code"), [
    ("forward", "shift_supervisor", "role_missing"),
    ("grant", "dispatcher", "role_missing"),
    ("refuse", "dispatcher", "role_missing"),
    ("grant", "officer_a", "role_missing"),
    ("release", "shift_supervisor", "role_missing"),
])  # fmt: skip
def test_it_is_passed_on_and_decided_by_their_desks_alone(
    standing: Office, how: str, who: str, code: str
) -> None:
    number = closed(standing)
    asked = standing.ask("officer_a", number, "appeal")

    error = refusal(standing, lambda: standing.decide(how, who, number, request=asked.id, opinion="情况属实"))

    assert (isinstance(error, NotPermitted), error.code) == (True, code)


@pytest.mark.parametrize("how", ["grant", "refuse"])
def test_whoever_passed_an_appeal_on_does_not_decide_it(standing: Office, how: str) -> None:
    number = closed(standing)
    asked = standing.ask("officer_a", number, "appeal")
    both = Actor("两岗", "两岗", ("dispatcher", "shift_supervisor"), standing.district)
    standing.forward(both, number, asked.id)

    error = refusal(
        standing, lambda: standing.decide(how, both, number, request=asked.id, opinion="情况属实")
    )

    assert (isinstance(error, NotPermitted), error.code) == (True, "approver_is_applicant")
