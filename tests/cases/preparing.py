"""Brings a case of the standard flow into any state, with all that the guards of a trigger want to find."""

from __future__ import annotations

from typing import Any

from gridcase.cases.flow_files import check_limit
from gridcase.cases.guards import GUARDS
from gridcase.cases.records import RECORD_NAMES
from gridcase.directory.people import Actor
from gridcase.engine import load_flows
from gridcase.engine.definition import Definition, Transition
from gridcase.resources import shipped_folder
from tests.making import PLAIN_RECORDS, Office

# Who acts in which role on a prepared case: department A is main, inspector_2 has the task.
IN_ROLE = {
    "inspector": "inspector_2",
    "intake_operator": "intake_operator",
    "shift_supervisor": "shift_supervisor",
    "dispatcher": "dispatcher",
    "upper_reviewer": "upper_reviewer",
    "department_officer": "officer_a",
    "handler": "handler_a",
    "leader": "leader",
    "administrator": "administrator",
    "system": "system",
}
RECORDS: dict[str, dict[str, Any]] = {
    **PLAIN_RECORDS,
    "reassign": {"inspector": "inspector", "reason": "换人核查"},
    "assign": {"handler": "handler_a"},
    "decline_assignment": {"reason": "设备故障"},
    "submit_result": {"photos": 1},
    "return_result": {"reason": "照片不清楚"},
    "merge": {"main_case": "", "opinion": "同一处"},
}
_ASSIGNED = {"revoke_assignment", "decline_assignment", "submit_result", "return_result"}


def standard_flow() -> Definition:
    """The shipped flow, with the guards and records of the register."""
    text = (shipped_folder() / "workflows" / "standard.toml").read_text(encoding="utf-8")
    files = {"standard.toml": text}
    return load_flows(files, GUARDS, records=RECORD_NAMES, check_limit=check_limit).latest("standard")


def definition(office: Office) -> Definition:
    return office.book.flows.latest("standard")


def bring(office: Office, state: str) -> str:
    """A new case in this state."""
    number = office.report()
    if state == "merged":
        main = office.report()
        office.move("intake_operator", number, "merge", main_case=main)
    elif state == "voided":
        office.walk(number, "filed")
        asked = office.ask("dispatcher", number, "void")
        office.grant("shift_supervisor", number, asked.id)
    elif state != "reported":
        office.walk(number, state)
    return number


def prepare(office: Office, row: Transition, state: str) -> str:
    """A new case in `state` for which every guard of `row` will hold when `records_of` goes with the move."""
    guards = {str(guard) for guard in row.guards}
    if "after:file" in guards:
        number = office.walk(office.report(), "filed", "accepted")
        if state == "reported":
            office.walk(number, "confirming")
            office.plain(number, "confirm_absent")
    else:
        number = bring(office, state)
    if "void_request_open" in guards:
        office.ask("dispatcher", number, "void")
    if row.trigger in _ASSIGNED:
        office.move("officer_a", number, "assign", handler="handler_a")
    if row.trigger == "return_result":
        office.move("handler_a", number, "submit_result", photos=1)
    return number


def records_of(office: Office, row: Transition, state: str) -> dict[str, Any]:
    """What the move needs: the records of the plain move, and no field that this table does not take."""
    sent = {
        name: value
        for name, value in {**RECORDS.get(row.trigger, {}), **office.records(row.trigger)}.items()
        if name == "photos" or name in (*row.records, *row.optional) or name in office.position
    }
    if row.trigger == "redispatch" and state == "verification_failed":
        sent["department"] = "B"
    if row.trigger == "merge":
        sent["main_case"] = office.report()
    return sent


def actor_for(row: Transition, role: str) -> str:
    """Who fires this table in this role on a prepared case."""
    return "inspector" if any(guard.name == "own_report" for guard in row.guards) else IN_ROLE[role]


def who_sees(office: Office, role: str) -> Actor:
    """The person of `IN_ROLE`, also a leader, so that no case is hidden and the flow itself has to refuse."""
    person = office.people[IN_ROLE[role]]
    return Actor(person.name, person.display_name, (role, "leader"), office.district, person.department)
