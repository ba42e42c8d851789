"""Separation of centre and departments, and of applicant and approver (flow.md 1, rules 1 and 2)."""

from __future__ import annotations

import pytest

from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from tests.cases.refusing import refusal
from tests.making import Office


def someone(office: Office, *roles: str, department: str | None = None, name: str = "某人") -> Actor:
    """A person as a moved or wrongly set up account would be: the directory would not make all of them."""
    return Actor(name, name, roles, office.district, department)


@pytest.mark.parametrize("department", ["A", "S"])
def test_nobody_of_a_department_that_handles_the_case_acts_for_the_centre(
    standing: Office, department: str
) -> None:
    number = standing.walk(standing.report(), "filed")
    standing.move("dispatcher", number, "dispatch", department="A", assisting=["S"])
    turncoat = someone(standing, "shift_supervisor", department=department)

    error = refusal(
        standing,
        lambda: standing.move(turncoat, number, "force_close", reason="不再处置", document="文件 1"),
    )

    assert isinstance(error, NotPermitted)
    assert error.code == "separation"


def test_a_department_stays_barred_when_the_case_went_on_to_another(standing: Office) -> None:
    number = standing.walk(standing.report(), "handed_back")
    standing.move("dispatcher", number, "redispatch", department="B")
    before, after = (someone(standing, "shift_supervisor", department=code) for code in ("A", "S"))

    error = refusal(
        standing,
        lambda: standing.move(before, number, "force_close", reason="不再处置", document="文件 1"),
    )
    moved = standing.move(after, number, "force_close", reason="不再处置", document="文件 1")

    assert error.code == "separation"
    assert moved.state == "force_closed"


def test_the_rule_holds_for_every_centre_role(standing: Office) -> None:
    number = standing.walk(standing.report(), "handled")
    acts = {
        "intake_operator": ("send_verification", {"inspector": "inspector_2"}),
        "shift_supervisor": ("return_feedback", {"reason": "照片不清楚"}),
        "dispatcher": ("dispatch", {"department": "A"}),
    }

    for role, (trigger, records) in acts.items():
        insider = someone(standing, role, department="A")
        error = refusal(standing, lambda: standing.move(insider, number, trigger, **records))  # noqa: B023
        assert error.code == "separation", role


def test_a_handling_role_beside_the_centre_role_still_acts_for_the_department(standing: Office) -> None:
    number = standing.walk(standing.report(), "dispatched")
    both = someone(standing, "shift_supervisor", "department_officer", department="A")

    moved = standing.move(both, number, "receive")

    assert moved.state == "handling"
    assert standing.case(number).entries[-1].step.role == "department_officer"


def test_nobody_decides_about_their_own_request(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")
    person = someone(standing, "dispatcher", "shift_supervisor")
    asked = standing.ask(person, number, "void")

    by_grant = refusal(standing, lambda: standing.grant(person, number, asked.id))
    by_move = refusal(standing, lambda: standing.move(person, number, "void"))
    by_refusal = refusal(standing, lambda: standing.refuse(person, number, asked.id))

    for error in (by_grant, by_move, by_refusal):
        assert isinstance(error, NotPermitted)
        assert error.code == "approver_is_applicant"


def test_two_people_of_one_office_of_the_centre_may_ask_and_grant(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")
    asked = standing.ask("dispatcher", number, "void")
    colleague = someone(standing, "shift_supervisor", department="Z")

    answer = standing.grant(colleague, number, asked.id)

    assert answer.state == "granted"
    assert standing.case(number).state == "voided"


@pytest.mark.parametrize("how", ["grant", "refuse"])
def test_nobody_of_the_applicants_handling_department_decides(standing: Office, how: str) -> None:
    number = standing.walk(standing.report(), "handling")
    asked = standing.ask("officer_a", number, "suspension", until="2026-10-20", photos=1)
    insider = someone(standing, "shift_supervisor", department="A")

    error = refusal(
        standing, lambda: standing.decide(how, insider, number, request=asked.id, opinion="同意办理")
    )

    # The department is main here, so that the wider rule speaks first.
    assert isinstance(error, NotPermitted)
    assert error.code in ("separation", "same_department")
