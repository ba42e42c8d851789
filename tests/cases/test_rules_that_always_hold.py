"""The rules of flow.md 1 and what its section 4 leaves out on purpose, generated from both shipped definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gridcase.cases.flow_files import check_limit
from gridcase.cases.guards import GUARDS
from gridcase.cases.records import RECORD_NAMES
from gridcase.directory.people import Actor
from gridcase.engine import load_flows
from gridcase.engine.definition import Definition, Transition
from gridcase.errors import GridcaseError, NotPermitted, Refused
from gridcase.resources import shipped_folder
from tests.cases.checking import check_case
from tests.cases.preparing import actor_for, prepare, records_of
from tests.cases.refusing import refusal
from tests.making import Office

NAMES = ("standard", "two_level")


def _flows() -> dict[str, Definition]:
    folder = shipped_folder() / "workflows"
    files = {f"{name}.toml": (folder / f"{name}.toml").read_bytes() for name in NAMES}
    flows = load_flows(files, GUARDS, records=RECORD_NAMES, check_limit=check_limit)
    return {name: flows.latest(name) for name in NAMES}


FLOWS = _flows()
STANDARD = FLOWS["standard"]
BOTH = pytest.mark.parametrize("name", NAMES)


def someone(office: Office, *roles: str, department: str | None = None, name: str = "某人") -> Actor:
    return Actor(name, name, roles, office.district, department)


def passed_around(office: Office, name: str) -> str:
    """A case that B had, that A handles now and S assists in."""
    number = office.walk(office.report(workflow=name), "filed")
    office.move("dispatcher", number, "dispatch", department="B")
    office.move("officer_b", number, "hand_back", reason_code="not_ours", reason="不属本局职责")
    office.move("dispatcher", number, "redispatch", department="A", assisting=["S"])
    return office.walk(number, "handling")


# --- rule 1: separation --------------------------------------------------------------------------------------


def centre_triggers(flow: Definition) -> Iterator[tuple[str, str]]:
    """Every trigger beside the report with each centre role that fires it."""
    for trigger in flow.triggers:
        roles = {role for row in flow.rows(trigger) if row.sources for role in row.roles}
        yield from ((trigger, role) for role in sorted(roles) if flow.roles[role].centre)


@BOTH
def test_nobody_of_any_department_of_a_case_fires_any_trigger_of_the_centre(
    standing: Office, name: str
) -> None:
    number, tried = passed_around(standing, name), 0
    before = standing.case(number).version

    for trigger, role in centre_triggers(FLOWS[name]):
        for department in ("A", "B", "S"):
            insider = someone(standing, role, department=department)
            with pytest.raises(NotPermitted) as caught:
                standing.move(insider, number, trigger, **standing.records(trigger))
            assert caught.value.code == "separation", (trigger, role, department)
            tried += 1

    assert tried > 50
    assert check_case(standing, number).version == before


@BOTH
def test_a_handling_department_may_never_end_or_judge_a_case(name: str) -> None:
    barred = {
        "file", "reject", "confirm", "confirm_absent", "verify_pass", "verify_fail", "verify_unable", "close",
        "force_close", "void", "approve_close", "return_close", "approve_reject", "return_reject",
    }  # fmt: skip
    flow = FLOWS[name]
    apart = {code for code, role in flow.roles.items() if not role.centre}

    assert {"department_officer", "handler"} <= apart
    assert [row.trigger for row in flow.transitions if row.trigger in barred and apart & set(row.roles)] == []


# --- rule 2: applicant and approver --------------------------------------------------------------------------

ASKED: dict[str, dict[str, Any]] = {
    "extension": {}, "suspension": {"until": "2026-10-20", "photos": 1}, "deferral": {"until": "2026-10-20"},
    "void": {"document": "函 3 号"}, "appeal": {},
}  # fmt: skip


def asked(office: Office, name: str, kind: str, who: str | Actor) -> tuple[str, str]:
    number = office.walk(office.report(workflow=name), "handling")
    if kind == "appeal":
        office.tick(days=30)
        office.walk(number, "verified")
        office.move("shift_supervisor_z", number, "close", ticked=[1])
        if name == "two_level":
            office.move("upper_reviewer", number, "approve_close")
    return number, office.ask(who, number, kind, **ASKED[kind]).id


@BOTH
@pytest.mark.parametrize("kind", sorted(ASKED))
def test_nobody_forwards_or_decides_what_they_or_their_department_asked_for(
    standing: Office, name: str, kind: str
) -> None:
    rule = FLOWS[name].requests[kind]
    roles = (*rule.asks, *rule.decides, *((rule.forwards,) if rule.forwards else ()))
    applicant = someone(standing, *roles, department="A")
    number, request = asked(standing, name, kind, applicant)
    colleague = someone(standing, *roles, department="A", name="同事")

    for who in (applicant, colleague):
        for how in (*(("forward",) if rule.forwards else ()), "grant", "refuse"):
            error = refusal(
                standing,
                lambda: standing.decide(how, who, number, request=request, opinion="情况属实"),  # noqa: B023
            )
            assert isinstance(error, NotPermitted), (who.name, how)
            assert error.code in ("separation", "approver_is_applicant", "same_department")


@BOTH
def test_the_desk_that_asks_for_a_void_has_no_say_in_it(standing: Office, name: str) -> None:
    rule = FLOWS[name].requests["void"]
    roles = ("dispatcher", *rule.decides, *((rule.forwards,) if rule.forwards else ()))
    applicant = someone(standing, *roles)
    number, request = asked(standing, name, "void", applicant)

    for how in ("grant", "refuse"):
        error = refusal(
            standing,
            lambda: standing.decide(how, applicant, number, request=request, opinion="情况属实"),  # noqa: B023
        )
        assert error.code == "approver_is_applicant"


# --- rules 3 and 4: history and what stays -------------------------------------------------------------------

KEPT = ("step", "photo", "filing_record", "case_party", "note")
GOING_BACK = [row for row in STANDARD.transitions if row.backward and row.sources]


@pytest.mark.parametrize("row", GOING_BACK, ids=[f"{row.trigger}-{row.sources[0]}" for row in GOING_BACK])
def test_nothing_is_lost_on_the_way_back(standing: Office, row: Transition) -> None:
    state = row.sources[0]
    number = prepare(standing, row, state)
    standing.add_photo("intake_operator", number, "other")
    before = {table: standing.rows(table, number) for table in KEPT}

    standing.move(actor_for(row, row.roles[0]), number, row.trigger, **records_of(standing, row, state))

    after = {table: standing.rows(table, number) for table in KEPT}
    for table in KEPT:
        assert [kept for kept in before[table] if kept not in after[table]] == [], table
    assert len(after["step"]) == len(before["step"]) + 1


# --- rule 5: nobody owns a case ------------------------------------------------------------------------------

DESKS = ("intake_operator", "shift_supervisor", "dispatcher")
OF_A_DESK = [
    (row, role) for row in STANDARD.transitions if row.sources for role in row.roles if role in DESKS
]


@pytest.mark.parametrize(
    ("row", "role"), OF_A_DESK, ids=[f"{row.trigger}-{row.sources[0]}-{role}" for row, role in OF_A_DESK]
)
def test_any_user_of_the_desk_goes_on_where_another_left_off(
    standing: Office, row: Transition, role: str
) -> None:
    state = row.sources[0]
    number = prepare(standing, row, state)
    newcomer = someone(standing, role, name="接班人")

    moved = standing.move(newcomer, number, row.trigger, **records_of(standing, row, state))

    assert moved.state == (row.to or state)
    assert standing.case(number).entries[-1].step.actor == "接班人"


# --- section 4: what is deliberately not there ---------------------------------------------------------------

FORBIDDEN = {
    "standard": {
        "handed_back": {"handled", "verifying", "verified", "closed", "handling", "filed"},
        "verification_failed": {"closed", "verified", "handled", "handling"},
        "handled": {"closed", "verified"},
    },
    "two_level": {
        "handed_back": {"handled", "verifying", "verified", "close_review", "closed", "handling", "filed"},
        "verification_failed": {"close_review", "closed", "verified", "handled", "handling"},
        "handled": {"close_review", "closed", "verified"},
        "verified": {"closed"},
        "reported": {"rejected"},
        "accepted": {"rejected"},
    },
}


@pytest.mark.parametrize(("name", "state"), [(name, state) for name in NAMES for state in FORBIDDEN[name]])
def test_no_trigger_of_anybody_leads_where_no_way_is_meant_to_be(
    standing: Office, name: str, state: str
) -> None:
    flow = FLOWS[name]
    office = standing
    number = office.report(workflow=name)
    if state != "reported":
        office.walk(number, state)
    assert office.case(number).state == state
    before = office.case(number).version
    wanted = {row.trigger for row in flow.transitions if row.to in FORBIDDEN[name][state]}

    tried = 0
    for trigger in sorted(wanted):
        if any(state in row.sources and row.to not in FORBIDDEN[name][state] for row in flow.rows(trigger)):
            continue
        for role in flow.roles:
            department = {"department_officer": "A", "handler": "A"}.get(role)
            who = someone(office, role, "leader", department=department)
            with pytest.raises((Refused, NotPermitted)):
                office.move(who, number, trigger, **office.records(trigger))
            tried += 1

    assert tried > 0
    assert check_case(office, number).version == before


@BOTH
def test_departments_fire_nothing_beside_their_own_moves(name: str) -> None:
    fired = {
        row.trigger for row in FLOWS[name].transitions if {"department_officer", "handler"} & set(row.roles)
    }

    assert fired == {
        "receive", "hand_back", "give_feedback",
        "assign", "revoke_assignment", "decline_assignment", "submit_result", "return_result",
    }  # fmt: skip


# --- rule 7: no case is deleted ------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(
    "trigger", ["delete", "remove", "reopen", "to_reported", "to_closed", "set_state", "migrate"]
)
def test_there_is_no_such_move(standing: Office, name: str, trigger: str) -> None:
    number = standing.report(workflow=name)
    everybody = someone(standing, *FLOWS[name].roles)

    error = refusal(standing, lambda: standing.move(everybody, number, trigger, reason="没有这一步"))

    assert isinstance(error, GridcaseError)
    assert error.code == "unknown_trigger"
