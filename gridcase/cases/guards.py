"""The guards of workflow files: each is one function that answers nothing or a reason (flow.md 9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridcase.cases.casefile import CaseFile
from gridcase.cases.places import lies_in
from gridcase.cases.records import is_lacking
from gridcase.directory.people import Actor, DepartmentCard
from gridcase.engine.guards import ArgumentKind, Guard
from gridcase.errors import Reason


@dataclass
class MoveFacts:
    """What a guard may look at: the case, the actor, what was sent, and what was looked up for it.

    `case` is None for a report; `blank` is then the case before its first step. Looked-up values are None when the move did not name such a thing.
    `place` maps cell, community, street, district and responsibility_grid of the report or of corrections.
    """

    actor: Actor
    records: dict[str, Any]
    now: datetime
    case: CaseFile | None = None
    blank: CaseFile | None = None
    photo_count: int = 0
    photo_kinds: frozenset[str] = frozenset()
    place: Mapping[str, Any] = field(default_factory=dict)
    is_inspector_report: bool = False
    is_class_known: bool = True
    department: DepartmentCard | None = None
    assisting: list[DepartmentCard] = field(default_factory=list)
    inspector: Actor | None = None
    handler: Actor | None = None
    main_case: CaseFile | None = None
    is_condition_known: bool = False
    has_duplicates: bool = False
    may_settle: Callable[[str], bool] = lambda _class: False
    needs_other_inspector: bool = False

    def lacks(self, record: str) -> bool:
        """Whether a needed record is absent or too short."""
        return is_lacking(record, self.records, photo_count=self.photo_count)


Check = Callable[[MoveFacts, str | None], Reason | None]
GUARDS: dict[str, Guard] = {}
# What an inspector answers to a confirmation (核实): the problem is there, or it is not.
CONFIRMED, CONFIRMED_ABSENT = "confirm", "confirm_absent"
CONFIRMATIONS = (CONFIRMED, CONFIRMED_ABSENT)


def _guard(argument: ArgumentKind = "none", *, sent: bool = False, **shown: Any) -> Callable[[Check], Check]:
    """Register a guard under the function's name. `sent`: it depends on what is still to be sent. `shown`: see Guard."""

    def register(check: Check) -> Check:
        GUARDS[check.__name__] = Guard(check.__name__, check, argument=argument, judges_sent=sent, **shown)
        return check

    return register


def _unless(holds: bool, code: str, **data: Any) -> Reason | None:
    return None if holds else Reason(code, data)


def _case(facts: MoveFacts) -> CaseFile:
    """The case, or for a report the blank one: a guard on the first transition finds no history."""
    case = facts.case or facts.blank
    if case is None:
        raise LookupError("a guard is judged on a case or on a report")
    return case


def _reporting(facts: MoveFacts) -> tuple[str, bool]:
    """Who reported, and whether as an inspector; for a report it is the acting person."""
    entries = _case(facts).entries
    if not entries:
        return facts.actor.name, facts.is_inspector_report
    return entries[0].step.actor, entries[0].step.role == "inspector"


def _class_of(facts: MoveFacts) -> str:
    values = {
        **(facts.case.fields if facts.case else {}),
        **facts.records,
        **(facts.records.get("corrections") or {}),
    }
    return f"{values.get('kind')}/{values.get('main_code')}/{values.get('sub_code')}"


# --- report and intake ---------------------------------------------------------------------------------------


@_guard(sent=True)
def point_in_cell(facts: MoveFacts, _argument: str | None) -> Reason | None:
    is_asked = facts.case is None or bool({"lon", "lat"} & set(facts.records.get("corrections") or {}))
    return _unless(not is_asked or "cell" in facts.place, "point_in_cell")


@_guard(sent=True)
def class_in_catalogue(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(facts.is_class_known, "class_in_catalogue", category=_class_of(facts))


@_guard(sent=True)
def inspector_photo(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(not facts.is_inspector_report or facts.photo_count > 0, "inspector_photo")


@_guard(is_quiet=True)
def own_report(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(_reporting(facts)[0] == facts.actor.name, "own_report")


@_guard(is_quiet=True)
def self_handling_allowed(facts: MoveFacts, _argument: str | None) -> Reason | None:
    category = _class_of(facts)
    return _unless(facts.may_settle(category), "self_handling_allowed", category=category)


@_guard(cleared_by=("send_confirmation",))
def last_confirmation_not_absent(facts: MoveFacts, _argument: str | None) -> Reason | None:
    last = _case(facts).last_step(*CONFIRMATIONS)
    return _unless(last is None or last.step.trigger == CONFIRMED, "last_confirmation_not_absent")


@_guard()
def no_open_confirmation(facts: MoveFacts, _argument: str | None) -> Reason | None:
    task = _case(facts).task
    return _unless(task is None or task.trigger != "send_confirmation", "no_open_confirmation")


@_guard(sent=True)
def main_case_open(facts: MoveFacts, _argument: str | None) -> Reason | None:
    main = facts.main_case
    is_fit = (
        main is not None and main.is_open and main.main_case is None and main.number != _case(facts).number
    )
    return _unless(is_fit, "main_case_open", main_case=facts.records.get("main_case"))


@_guard(sent=True)
def same_class(facts: MoveFacts, _argument: str | None) -> Reason | None:
    main = facts.main_case
    keys = ("kind", "main_code", "sub_code")
    is_same = main is not None and all(main.fields[key] == _case(facts).fields[key] for key in keys)
    return _unless(is_same, "same_class")


@_guard()
def never_filed(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(not _case(facts).filings, "never_filed")


# --- filing --------------------------------------------------------------------------------------------------


@_guard(sent=True, record="condition_no")
def condition_chosen(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(facts.is_condition_known, "condition_chosen")


@_guard()
def cell_in_area(facts: MoveFacts, _argument: str | None) -> Reason | None:
    values = facts.place or _case(facts).fields
    area = facts.actor.area
    return _unless(lies_in(values, area), "cell_in_area", cell=values["cell"], area=area)


@_guard(sent=True)
def duplicates_seen(facts: MoveFacts, _argument: str | None) -> Reason | None:
    is_seen = not facts.has_duplicates or facts.records.get("duplicates_seen") is True
    return _unless(is_seen, "duplicates_seen")


@_guard(cleared_by=("send_confirmation",))
def confirmed_if_needed(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(not is_confirmation_owed(_case(facts)), "confirmed_if_needed")


def is_confirmation_owed(case: CaseFile) -> bool:
    """Whether the channel asks for a confirmation before filing, and the last one did not find the problem there."""
    last = case.last_step(*CONFIRMATIONS)
    is_present = last is not None and last.step.trigger == CONFIRMED
    return bool(case.fields.get("needs_confirmation")) and not is_present


@_guard()
def not_reporting_inspector(facts: MoveFacts, _argument: str | None) -> Reason | None:
    reporter, is_inspector = _reporting(facts)
    return _unless(not is_inspector or reporter != facts.actor.name, "not_reporting_inspector")


# --- dispatch and handling -----------------------------------------------------------------------------------


@_guard(sent=True, record="department")
def one_main_department(facts: MoveFacts, _argument: str | None) -> Reason | None:
    department = facts.department
    # An office of the centre is never a main or assisting department (api.md 4).
    is_fit = all(card.handles for card in facts.assisting)
    return _unless(is_fit and department is not None and department.handles, "one_main_department")


@_guard(sent=True)
def department_active(facts: MoveFacts, _argument: str | None) -> Reason | None:
    named = [*facts.assisting, *([facts.department] if facts.department else [])]
    return _unless(all(card.is_active for card in named), "department_active")


@_guard(cleared_by=("return_to_intake",))
def limit_filed(facts: MoveFacts, _argument: str | None) -> Reason | None:
    filings = _case(facts).filings
    return _unless(bool(filings) and bool(filings[-1].get("limit")), "limit_filed")


@_guard(sent=True)
def same_department(facts: MoveFacts, _argument: str | None) -> Reason | None:
    named = facts.records.get("department")
    before = _case(facts).last_department
    return _unless(named in (None, before), "same_department", department=before)


@_guard(sent=True)
def other_department(facts: MoveFacts, _argument: str | None) -> Reason | None:
    before = _case(facts).last_department
    return _unless(facts.records.get("department") != before, "other_department", department=before)


@_guard(is_quiet=True)
def own_department_main(facts: MoveFacts, _argument: str | None) -> Reason | None:
    department = _case(facts).department
    return _unless(department is not None and department == facts.actor.department, "own_department_main")


@_guard(is_quiet=True)
def own_assignment(facts: MoveFacts, _argument: str | None) -> Reason | None:
    case = _case(facts)
    last = case.assignments[-1] if case.assignments else None
    is_live = last is not None and last.state in ("open", "submitted")
    is_handler = last is not None and last.handler == facts.actor.name
    is_officer = facts.actor.has_role("department_officer") and facts.actor.department == case.department
    return _unless(is_live and (is_handler or is_officer), "own_assignment")


@_guard(sent=True, is_quiet=True)
def handler_of_own_department(facts: MoveFacts, _argument: str | None) -> Reason | None:
    handler = facts.handler
    is_ours = (
        handler is not None and handler.has_role("handler") and handler.department == facts.actor.department
    )
    return _unless(is_ours, "handler_of_own_department")


@_guard()
def no_open_assignment(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(_case(facts).open_assignment is None, "no_open_assignment")


@_guard(cleared_by=("submit_result", "revoke_assignment"))
def assignments_answered(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(_case(facts).open_assignment is None, "assignments_answered")


@_guard()
def no_result_submitted(facts: MoveFacts, _argument: str | None) -> Reason | None:
    # A result that was returned was submitted nevertheless; one of an earlier dispatch or attempt is past.
    is_submitted = any(
        assignment.has_result and assignment.state != "past" for assignment in _case(facts).assignments
    )
    return _unless(not is_submitted, "no_result_submitted")


@_guard(cleared_by=("submit_result",))
def result_submitted(facts: MoveFacts, _argument: str | None) -> Reason | None:
    assignments = _case(facts).assignments
    return _unless(bool(assignments) and assignments[-1].state == "submitted", "result_submitted")


@_guard()
def not_held(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(not _case(facts).is_held, "not_held")


@_guard()
def no_rework_since_dispatch(facts: MoveFacts, _argument: str | None) -> Reason | None:
    last = _case(facts).last_step("dispatch", "redispatch", "rework")
    return _unless(last is None or last.step.trigger != "rework", "no_rework_since_dispatch")


# --- verification and closing --------------------------------------------------------------------------------


@_guard(is_quiet=True)
def assigned_inspector(facts: MoveFacts, _argument: str | None) -> Reason | None:
    task = _case(facts).task
    return _unless(task is not None and task.inspector == facts.actor.name, "assigned_inspector")


@_guard(sent=True)
def another_inspector(facts: MoveFacts, _argument: str | None) -> Reason | None:
    task = _case(facts).task
    return _unless(task is None or facts.records.get("inspector") != task.inspector, "another_inspector")


@_guard(sent=True)
def not_handler(facts: MoveFacts, _argument: str | None) -> Reason | None:
    handlers = {assignment.handler for assignment in _case(facts).assignments}
    named = facts.inspector
    is_handler = named is not None and (
        named.name in handlers
        or (named.department is not None and named.department in _case(facts).departments)
    )
    return _unless(not is_handler, "not_handler")


@_guard(sent=True)
def other_inspector_if_set(facts: MoveFacts, _argument: str | None) -> Reason | None:
    reporter, is_inspector = _reporting(facts)
    is_reporter = is_inspector and facts.records.get("inspector") == reporter
    return _unless(not (facts.needs_other_inspector and is_reporter), "other_inspector_if_set")


@_guard()
def inside_window(facts: MoveFacts, _argument: str | None) -> Reason | None:
    task = _case(facts).task
    if task is None or task.window is None:
        return None
    start, end = task.window
    return _unless(start <= facts.now <= end, "inside_window", window_from=start, window_to=end)


@_guard(cleared_by=("ask_more",))
def passed_after_feedback(facts: MoveFacts, _argument: str | None) -> Reason | None:
    last = _case(facts).last_step("give_feedback", "verify_pass")
    return _unless(last is not None and last.step.trigger == "verify_pass", "passed_after_feedback")


@_guard(sent=True, record="ticked")
def conditions_ticked(facts: MoveFacts, _argument: str | None) -> Reason | None:
    filings = _case(facts).filings
    wanted = set(range(1, len(filings[-1]["closing_conditions"]) + 1)) if filings else set()
    missing = sorted(wanted - set(facts.records.get("ticked") or ()))
    return _unless(not missing, "conditions_ticked", missing=missing)


@_guard()
def no_open_request(facts: MoveFacts, _argument: str | None) -> Reason | None:
    return _unless(not _case(facts).open_requests, "no_open_request")


@_guard(is_quiet=True)
def void_request_open(facts: MoveFacts, _argument: str | None) -> Reason | None:
    case = _case(facts)
    rule = case.definition.requests.get("void")
    # Where a request is passed on before the decision, nobody grants it before that (flow.md 5).
    wanted = "forwarded" if rule is not None and rule.forwards else "requested"
    states = [request.state for request in case.open_requests if request.kind == "void"]
    return _unless(wanted in states or "forwarded" in states, "void_request_open", state=wanted)


# --- for any flow --------------------------------------------------------------------------------------------


@_guard("photo_kind", sent=True)
def has_photo(facts: MoveFacts, argument: str | None) -> Reason | None:
    return _unless(argument in facts.photo_kinds, "has_photo", kind=argument)


@_guard("state")
def came_from(facts: MoveFacts, argument: str | None) -> Reason | None:
    return _unless(_case(facts).entered_from == argument, "came_from", state=argument)


@_guard("trigger")
def after(facts: MoveFacts, argument: str | None) -> Reason | None:
    return _unless(_case(facts).has_fired(argument or ""), "after", trigger=argument)


@_guard("trigger")
def never(facts: MoveFacts, argument: str | None) -> Reason | None:
    return _unless(not _case(facts).has_fired(argument or ""), "never", trigger=argument)


def _last_actor(facts: MoveFacts, trigger: str | None) -> tuple[str | None, str | None]:
    last = _case(facts).last_step(trigger or "")
    return (last.step.actor, last.step.department) if last else (None, None)


@_guard("trigger")
def actor_of(facts: MoveFacts, argument: str | None) -> Reason | None:
    return _unless(_last_actor(facts, argument)[0] == facts.actor.name, "actor_of", trigger=argument)


@_guard("trigger")
def not_actor_of(facts: MoveFacts, argument: str | None) -> Reason | None:
    return _unless(_last_actor(facts, argument)[0] != facts.actor.name, "not_actor_of", trigger=argument)


@_guard("trigger")
def not_organisation_of(facts: MoveFacts, argument: str | None) -> Reason | None:
    theirs, ours = _last_actor(facts, argument)[1], facts.actor.department
    # Without a department on either side nobody can say that the two are apart (api.md 5).
    is_apart = theirs is not None and ours is not None and theirs != ours
    return _unless(is_apart, "not_organisation_of", trigger=argument)


@_guard("text", sent=True)
def result_is(facts: MoveFacts, argument: str | None) -> Reason | None:
    result = facts.records.get("result")
    if result is None and facts.case is not None:
        told = [entry.step.data["result"] for entry in facts.case.entries if "result" in entry.step.data]
        result = told[-1] if told else None
    return _unless(result == argument, "result_is", result=argument)


@_guard()
def not_own_unit(facts: MoveFacts, _argument: str | None) -> Reason | None:
    case = _case(facts)
    own = facts.actor.department
    places = (case.fields.get("cell"), case.fields.get("community"), case.fields.get("street"))
    is_own = (own is not None and own in case.departments) or facts.actor.area in places
    return _unless(not is_own, "not_own_unit")
