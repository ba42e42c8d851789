"""workflows/standard.toml says what flow.md 3 to 5 and clock.md 8 say, and nothing that they leave out."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridcase.cases.guards import GUARDS as REAL_GUARDS
from gridcase.cases.records import RECORD_NAMES
from gridcase.engine import Accepted, Definition, FlowMachine, Rejected, load_flows
from tests.engine.fakes import GUARDS, RECORDS, check_limit, facts, load

STANDARD = Path(__file__).parents[2] / "workflows" / "standard.toml"
CENTRE = ("inspector", "intake_operator", "shift_supervisor", "dispatcher")
DEPARTMENT = ("department_officer", "handler")
ENDS = ("closed", "force_closed", "rejected", "voided", "merged", "self_closed")

# flow.md 4, row by row: trigger, from, to, roles.
PAGE = """
report | (none) | reported | inspector, intake_operator, system
self_close | reported | self_closed | inspector
accept | reported | accepted | intake_operator
send_confirmation | reported, accepted | confirming | intake_operator
confirm | confirming | accepted | inspector
confirm_absent | confirming | reported | inspector
reassign | confirming, verifying | same | intake_operator
merge | reported, accepted | merged | intake_operator
reject | reported | rejected | intake_operator
reject | accepted | rejected | shift_supervisor
file | accepted | filed | shift_supervisor
dispatch | filed | dispatched | dispatcher
return_to_intake | filed, handed_back | accepted | dispatcher
receive | dispatched | handling | department_officer
hand_back | dispatched, handling | handed_back | department_officer
redispatch | handed_back, verification_failed | dispatched | dispatcher
give_feedback | handling | handled | department_officer
return_feedback | handled | handling | intake_operator, shift_supervisor
send_verification | handled | verifying | intake_operator
verify_pass | verifying | verified | inspector
verify_fail | verifying | verification_failed | inspector
verify_unable | verifying | handled | inspector
ask_more | verified | verifying | shift_supervisor
decline_closing | verified | verification_failed | shift_supervisor
rework | verification_failed | dispatched | dispatcher
close | verified | closed | shift_supervisor
force_close | filed, dispatched, handling, handed_back, handled, verification_failed, verified | force_closed | shift_supervisor
void | filed, dispatched, handling, handed_back, handled, verification_failed, reported, accepted | voided | shift_supervisor
assign | handling | same | department_officer
revoke_assignment | handling | same | department_officer
decline_assignment | handling | same | handler
submit_result | handling | same | handler
return_result | handling | same | department_officer
"""

# trigger, state: guards and needed records by flow.md 4 ("what stands under recorded is needed, except …").
NEEDS = """
report | (none) | point_in_cell class_in_catalogue inspector_photo |
self_close | reported | own_report self_handling_allowed | photos_after measure
accept | reported | last_confirmation_not_absent point_in_cell class_in_catalogue |
send_confirmation | accepted | no_open_confirmation | inspector
confirm | confirming | assigned_inspector point_in_cell class_in_catalogue | result photos_confirmation position
confirm_absent | confirming | assigned_inspector | photos_confirmation position
reassign | confirming | another_inspector | inspector reason
reassign | verifying | another_inspector not_handler other_inspector_if_set | inspector reason
merge | accepted | main_case_open same_class never_filed | main_case
reject | reported | never_filed | reason_code reason
reject | accepted | never_filed | reason_code reason
file | accepted | condition_chosen cell_in_area duplicates_seen confirmed_if_needed not_reporting_inspector point_in_cell class_in_catalogue | condition_no
dispatch | filed | one_main_department department_active limit_filed | department
return_to_intake | handed_back | | reason
receive | dispatched | own_department_main |
hand_back | handling | own_department_main no_open_assignment no_result_submitted not_held no_rework_since_dispatch | reason_code reason
redispatch | handed_back | one_main_department department_active | department
redispatch | verification_failed | one_main_department department_active other_department | department reason
give_feedback | handling | own_department_main has_photo:after not_held assignments_answered | measure
return_feedback | handled | | reason
send_verification | handled | not_handler other_inspector_if_set | inspector
verify_pass | verifying | assigned_inspector inside_window | photos_verification position
verify_fail | verifying | assigned_inspector | photos_verification position reason
verify_unable | verifying | assigned_inspector | reason
ask_more | verified | | inspector
decline_closing | verified | | reason
rework | verification_failed | same_department | reason
close | verified | passed_after_feedback conditions_ticked has_photo:after no_open_request | ticked
force_close | verified | | reason document
void | filed | void_request_open |
void | reported | void_request_open after:file |
assign | handling | own_department_main handler_of_own_department no_open_assignment | handler
revoke_assignment | handling | own_department_main own_assignment no_result_submitted |
decline_assignment | handling | own_assignment no_result_submitted | reason
submit_result | handling | own_assignment | photos_after
return_result | handling | own_department_main own_assignment result_submitted | reason
"""


@pytest.fixture(scope="module")
def standard() -> Definition:
    return load(STANDARD.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def machine(standard: Definition) -> FlowMachine:
    return FlowMachine(standard, GUARDS)


def cells(page: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in page.strip().splitlines()]


def test_every_way_of_the_page_is_there_and_no_other(standard: Definition) -> None:
    expected = set()
    for trigger, froms, to, roles in cells(PAGE):
        for state in froms.split(", "):
            for role in roles.split(", "):
                expected.add(
                    (trigger, None if state == "(none)" else state, None if to == "same" else to, role)
                )

    ways = {
        (row.trigger, state, row.to, role)
        for row in standard.transitions
        for state in row.froms
        for role in row.roles
    }

    assert ways == expected


@pytest.mark.parametrize(("trigger", "state", "guards", "records"), cells(NEEDS))
def test_a_move_asks_for_the_guards_and_records_of_the_page(
    standard: Definition, trigger: str, state: str, guards: str, records: str
) -> None:
    state_or_none = None if state == "(none)" else state
    [row] = [row for row in standard.rows(trigger) if state_or_none in row.froms]

    assert sorted(str(ref) for ref in row.guards) == sorted(guards.split())
    assert sorted(row.records) == sorted(records.split())


def test_the_page_of_needs_covers_every_table(standard: Definition) -> None:
    covered = {(trigger, state) for trigger, state, _, _ in cells(NEEDS)}

    for row in standard.transitions:
        assert any((row.trigger, state or "(none)") in covered for state in row.froms), row


def test_every_move_may_carry_an_opinion(standard: Definition) -> None:
    assert [row.trigger for row in standard.transitions if "opinion" not in row.optional] == []


@pytest.mark.parametrize("trigger", ["accept", "confirm", "file"])
def test_intake_confirmation_and_filing_may_correct_the_report(standard: Definition, trigger: str) -> None:
    [row] = standard.rows(trigger)

    assert "corrections" in row.optional


def accepted_ways(machine: FlowMachine) -> set[tuple[str, str | None, str]]:
    ways = set()
    for trigger in machine.definition.triggers:
        for state in (None, *machine.definition.states):
            for role in machine.definition.roles:
                verdict = machine.judge(trigger, state, roles=[role], facts=facts())
                if isinstance(verdict, Accepted):
                    ways.add((role, state, verdict.to))
    return ways


def test_what_is_deliberately_not_there_is_refused_to_everybody(machine: FlowMachine) -> None:
    ways = {(state, to) for _, state, to in accepted_ways(machine) if state != to}

    assert {to for state, to in ways if state == "handed_back"} == {
        "accepted", "dispatched", "force_closed", "voided",
    }  # fmt: skip
    assert ("verification_failed", "closed") not in ways
    assert {state for state, to in ways if to == "closed"} == {"verified"}
    assert not [way for way in ways if way[0] in ENDS]


def test_a_department_moves_only_what_is_its_own(machine: FlowMachine) -> None:
    triggers = {row.trigger for row in machine.definition.transitions if set(row.roles) & set(DEPARTMENT)}
    ways = {(state, to) for role, state, to in accepted_ways(machine) if role in DEPARTMENT and state != to}

    assert triggers == {
        "receive", "hand_back", "give_feedback",
        "assign", "revoke_assignment", "decline_assignment", "submit_result", "return_result",
    }  # fmt: skip
    assert ways == {
        ("dispatched", "handling"), ("dispatched", "handed_back"), ("handling", "handed_back"),
        ("handling", "handled"),
    }  # fmt: skip


@pytest.mark.parametrize("role", ["leader", "administrator"])
def test_leaders_and_administrators_move_no_case(machine: FlowMachine, role: str) -> None:
    for trigger in machine.definition.triggers:
        for state in (None, *machine.definition.states):
            verdict = machine.judge(trigger, state, roles=[role], facts=facts())

            assert isinstance(verdict, Rejected)
            assert verdict.forbidden


def test_centre_roles_and_rights_to_see_are_those_of_the_page(standard: Definition) -> None:
    assert tuple(code for code, role in standard.roles.items() if role.centre) == CENTRE
    assert {code: role.sees for code, role in standard.roles.items()} == {
        "inspector": "own",
        "intake_operator": "area",
        "shift_supervisor": "area",
        "dispatcher": "area",
        "department_officer": "department",
        "handler": "assigned",
        "leader": "area",
        "administrator": "none",
        "system": "none",
    }


def test_states_have_the_stages_of_the_page(standard: Definition) -> None:
    stages = {name: state.stage for name, state in standard.states.items()}

    assert stages == {
        "reported": "report", "confirming": "report", "accepted": "filing", "filed": "dispatch",
        "dispatched": "handling", "handling": "handling", "handed_back": "dispatch", "handled": "feedback",
        "verifying": "verification", "verification_failed": "dispatch", "verified": "closing",
        **dict.fromkeys(ENDS, "terminal"),
    }  # fmt: skip


def test_receiving_restarts_no_clock(standard: Definition) -> None:
    assert standard.states["dispatched"].clock == standard.states["handling"].clock == "handling"
    assert standard.clock_acts("receive", "dispatched", "handling") == ()


# What a step does to the clocks, by clock.md 8 (start and resume together: flow.md 9, "Clocks").
CLOCKS = """
report | - | reported | intake start
accept | reported | accepted | intake stop; filing start
send_confirmation | reported | confirming | intake hold; filing hold; confirmation start
send_confirmation | accepted | confirming | intake hold; filing hold; confirmation start
confirm | confirming | accepted | intake stop; confirmation stop; filing resume start
confirm_absent | confirming | reported | intake resume; confirmation stop; filing stop
reassign | confirming | confirming | confirmation start
reassign | verifying | verifying | verification start
reject | reported | rejected | intake stop; filing stop
merge | accepted | merged | intake stop; filing stop
self_close | reported | self_closed | intake stop
file | accepted | filed | filing stop; dispatch start
dispatch | filed | dispatched | dispatch stop; handling start
return_to_intake | handed_back | accepted | filing start; dispatch stop; handling stop
hand_back | handling | handed_back | dispatch start; handling hold
redispatch | handed_back | dispatched | dispatch stop; handling resume start
rework | verification_failed | dispatched | dispatch stop; handling start
give_feedback | handling | handled | handling stop; verification_sending start
return_feedback | handled | handling | handling resume; verification_sending stop
send_verification | handled | verifying | verification_sending stop; verification start
verify_pass | verifying | verified | verification stop; closing start
verify_fail | verifying | verification_failed | verification stop; dispatch start
verify_unable | verifying | handled | verification stop; verification_sending start
ask_more | verified | verifying | closing stop; verification start
decline_closing | verified | verification_failed | closing stop; dispatch start
close | verified | closed | closing stop
force_close | verified | force_closed | closing stop; dispatch stop
void | filed | voided | dispatch stop
assign | handling | handling |
"""


@pytest.mark.parametrize(("trigger", "state", "to", "expected"), cells(CLOCKS))
def test_a_step_moves_the_clocks_of_the_page(
    standard: Definition, trigger: str, state: str, to: str, expected: str
) -> None:
    acts = standard.clock_acts(trigger, None if state == "-" else state, to)

    told = {f"{clock.name} {' '.join(done)}" for clock, done in acts}
    assert told == {part.strip() for part in expected.split(";") if part.strip()}


def test_clocks_have_the_shipped_limits(standard: Definition) -> None:
    assert {name: clock.limit for name, clock in standard.clocks.items()} == {
        "intake": "0.25紧急工作时",
        "confirmation": "0.5紧急工作时",
        "filing": "0.25紧急工作时",
        "dispatch": "0.25紧急工作时",
        "handling": "filed",
        "verification_sending": "0.25紧急工作时",
        "verification": "0.5紧急工作时",
        "closing": "0.25紧急工作时",
    }


def test_requests_are_asked_and_decided_by_the_roles_of_the_page(standard: Definition) -> None:
    requests = standard.requests

    assert {kind: (rule.asks, rule.decides, rule.forwards) for kind, rule in requests.items()} == {
        "extension": (("department_officer",), ("dispatcher", "shift_supervisor"), None),
        "suspension": (("department_officer",), ("shift_supervisor",), None),
        "deferral": (("department_officer",), ("shift_supervisor",), None),
        "void": (("dispatcher", "intake_operator", "department_officer"), ("shift_supervisor",), None),
        "appeal": (("department_officer",), ("shift_supervisor",), "dispatcher"),
    }
    assert all(requests[kind].states == ("dispatched", "handling") for kind in list(requests)[:3])
    assert set(requests["void"].states) == {state for row in standard.rows("void") for state in row.sources}
    assert (requests["suspension"].max, requests["suspension"].max_days) == (1, 365)
    assert [requests["extension"].decider(granted) for granted in (0, 1, 2)] == [
        "dispatcher", "shift_supervisor", "shift_supervisor",
    ]  # fmt: skip


def test_the_worked_example_of_the_page_can_be_walked(machine: FlowMachine) -> None:
    walk = """
        report:intake_operator send_confirmation:intake_operator confirm:inspector file:shift_supervisor
        dispatch:dispatcher receive:department_officer give_feedback:department_officer
        send_verification:intake_operator verify_fail:inspector rework:dispatcher receive:department_officer
        give_feedback:department_officer send_verification:intake_operator verify_pass:inspector close:shift_supervisor
    """
    state: str | None = None
    for act in walk.split():
        trigger, role = act.split(":")
        verdict = machine.judge(trigger, state, roles=[role], facts=facts())

        assert isinstance(verdict, Accepted), (act, state, verdict)
        state = verdict.to

    assert state == "closed"


def test_the_register_offers_every_guard_and_record_that_files_may_name() -> None:
    offered = {name: guard.argument for name, guard in REAL_GUARDS.items()}

    assert offered == {name: guard.argument for name, guard in GUARDS.items()}
    assert set(RECORDS) <= RECORD_NAMES


def test_the_standard_flow_is_sound_under_the_guards_of_the_register() -> None:
    text = STANDARD.read_text(encoding="utf-8")

    flows = load_flows({"standard.toml": text}, REAL_GUARDS, records=RECORD_NAMES, check_limit=check_limit)

    assert FlowMachine(flows.latest("standard"), REAL_GUARDS).definition.version == 1
