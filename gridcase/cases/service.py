"""Reports and moves: the commands that make and move cases, each one transaction with one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, Request
from gridcase.cases.clocks import ClockMove, Timing, effects_of_move
from gridcase.cases.definitions import keep_version
from gridcase.cases.duplicates import numbered_with_duplicates
from gridcase.cases.forms import Moved, MoveForm, Reported, ReportForm
from gridcase.cases.gather import check_fields, filing_of, gather
from gridcase.cases.guards import MoveFacts
from gridcase.cases.loading import visible_case
from gridcase.cases.permission import check_decider, check_roles, check_trigger
from gridcase.cases.photos import PhotoFile
from gridcase.cases.records import photo_kind
from gridcase.cases.releases import due_releases
from gridcase.cases.reporting import read_report
from gridcase.cases.steps import moment_text
from gridcase.cases.suggesting import suggested_record
from gridcase.cases.texts import check_texts
from gridcase.cases.windows import same_time_window
from gridcase.cases.writing import Draft, append
from gridcase.clock import Task, due_moment, parse_limit
from gridcase.directory.people import Actor
from gridcase.directory.queries import find_department
from gridcase.engine import Accepted, Rejected
from gridcase.engine.definition import Transition
from gridcase.errors import ChangedMeanwhile, NotPermitted, Reason, Refused
from gridcase.facts.stages import ENDINGS
from gridcase.spatial import convert

# Opinion and reason stand in columns of their own; the last two are only for the judging.
_NOT_IN_DATA = frozenset({"opinion", "reason", "receiver", "applied_corrections", "corrections"})


# --- report --------------------------------------------------------------------------------------------------


def report(desk: Desk, actor: Actor, form: ReportForm) -> Reported:
    """Make a case from a report.

    Raises Invalid (`unknown_channel`, `unknown_workflow`, `class_in_catalogue`, `unknown_condition`,
    `outside_grid`, `too_long`), NotPermitted `role_missing`, Refused with every reason, such as `inspector_photo`.
    """
    reading = read_report(desk, actor, form)
    definition, fields = reading.definition, reading.fields
    machine = desk.book.machine(definition)
    verdict = machine.judge(reading.trigger, None, roles=reading.roles, facts=reading.facts)
    if isinstance(verdict, Rejected):
        raise _rejection(verdict)
    keep_version(desk, definition)
    case = CaseFile(number="", definition=definition, fields=dict(fields))
    draft = _draft_of_move(desk, case, verdict, facts=reading.facts, photos=form.photos)
    draft.data = {**fields, **draft.data}
    desk.book.photos.keep(form.photos)
    # As late as can be: what is refused before has used no number up.
    case.number, duplicates = numbered_with_duplicates(desk, fields)
    append(desk, case, draft)
    return Reported(
        number=case.number,
        state=verdict.to,
        version=case.version,
        cell=fields["cell"],
        community=fields["community"],
        street=fields["street"],
        district=fields["district"],
        duplicates=tuple(duplicates),
    )


# --- moves ---------------------------------------------------------------------------------------------------


def move(desk: Desk, actor: Actor, number: str, *, trigger: str, form: MoveForm) -> Moved:
    """Fire a trigger on a case.

    Raises NotFound (`unknown_case`, `unknown_trigger`), NotPermitted (`role_missing`, `separation`,
    `approver_is_applicant`, `same_department`), ChangedMeanwhile for a stale version, Invalid for what cannot be
    read, Refused with every reason (flow.md 1.9).
    """
    case = settled_case(desk, actor, number)
    desk = not_before(desk, case)
    rows = check_trigger(case.definition, trigger)
    roles = check_roles(case, actor, [role for row in rows for role in row.roles])
    granted = granted_request(desk, case, actor, rows=rows)
    check_version(case, form.version)
    here = tuple(row for row in rows if case.state in row.froms and set(row.roles) & set(roles)) or rows
    check_fields(here, form.records)
    check_texts(desk, form.records)
    facts = gather(desk, actor, case, form=form, rows=here)
    verdict = desk.book.machine(case.definition).judge(trigger, case.state, roles=roles, facts=facts)
    missing = _missing_corrections(facts)
    if isinstance(verdict, Rejected):
        raise _rejection(verdict, also=missing)
    if missing:
        raise Refused(missing)
    draft = _draft_of_move(desk, case, verdict, facts=facts, photos=form.photos)
    if granted is not None:
        draft.data.update(request=granted.id, request_kind=granted.kind)
    entry = append(desk, case, draft)
    return Moved(
        number, case.state or "", case.version, {"no": entry.step.no, "trigger": trigger, "hash": entry.hash}
    )


def settled_case(desk: Desk, actor: Actor, number: str) -> CaseFile:
    """The visible case, with the holds whose date has come released first. Raises NotFound `unknown_case`."""
    case = visible_case(desk, actor, number)
    release_due(desk, case)
    return case


def not_before(desk: Desk, case: CaseFile) -> Desk:
    """The desk at a moment not before the case's last step, which a node with a faster clock may have written."""
    last = case.entries[-1].step.at
    return desk if desk.now >= last else desk.at(last)


def check_version(case: CaseFile, version: int | None) -> None:
    """Raises ChangedMeanwhile, naming who did what when, if the sender saw another version."""
    if version is None or version == case.version:
        return
    last = case.entries[-1]
    raise ChangedMeanwhile(
        version=case.version,
        trigger=last.step.trigger,
        actor=last.step.actor,
        actor_name=last.actor_name,
        at=last.step.at,
    )


def granted_request(
    desk: Desk, case: CaseFile, actor: Actor, *, rows: tuple[Transition, ...]
) -> Request | None:
    """The void request that this move would grant; whoever asked for it may not (flow.md 1, rule 2)."""
    if not any(guard.name == "void_request_open" for row in rows for guard in row.guards):
        return None
    request = next((request for request in case.open_requests if request.kind == "void"), None)
    if request is not None:
        check_decider(actor, request, applicant_kind(desk, request))
    return request


def applicant_kind(desk: Desk, request: Request) -> str | None:
    """The kind of the department that asked, or None when the applicant has none."""
    if request.department is None:
        return None
    found = find_department(desk.access.connection, desk.district, request.department)
    return found.kind if found else None


def _missing_corrections(facts: MoveFacts) -> list[Reason]:
    """A confirmation that the class is another has to say which (flow.md 4)."""
    is_told = facts.records.get("result") != "class_changed" or bool(facts.records.get("corrections"))
    return [] if is_told else [Reason("record_missing", {"field": "corrections"}, field="corrections")]


def _rejection(verdict: Rejected, *, also: Sequence[Reason] = ()) -> Refused | NotPermitted:
    if verdict.forbidden:
        return NotPermitted("role_missing", "no role of this person may ever do this here")
    return Refused([*verdict.reasons, *also])


def _draft_of_move(
    desk: Desk, case: CaseFile, verdict: Accepted, *, facts: MoveFacts, photos: Sequence[PhotoFile]
) -> Draft:
    data = _data_of_move(desk, case, verdict, facts=facts)
    window = data.get("window")
    filing = data.get("filing") or (case.filings[-1] if case.filings else None)
    clock_move = ClockMove(
        trigger=verdict.transition.trigger,
        from_state=case.state,
        to_state=verdict.to,
        at=desk.now,
        department=data.get("department") or case.department,
        filed=timing_of(filing),
        due_by_window=datetime.fromisoformat(window[1]) if window else None,
        department_before=case.department,
    )
    records = facts.records
    return Draft(
        trigger=verdict.transition.trigger,
        to_state=verdict.to,
        actor=facts.actor,
        role=verdict.role,
        data=data,
        effects=effects_of_move(case.definition, case.runs, move=clock_move, desk=desk.book.clock_desk),
        opinion=records.get("opinion"),
        reason=records.get("reason"),
        receiver=_receiver(facts, verdict),
        photos=photos,
        photo_kind=photo_kind(
            (*verdict.transition.records, *verdict.transition.optional),
            other="before" if verdict.transition.is_start else "other",
        ),
    )


def timing_of(filing: Mapping[str, Any] | None) -> Timing | None:
    """The frozen limit, reading and working hours of a filing record."""
    if filing is None:
        return None
    return Timing(filing["limit"], filing["workday"], tuple((start, end) for start, end in filing["slots"]))


def _data_of_move(desk: Desk, case: CaseFile, verdict: Accepted, *, facts: MoveFacts) -> dict[str, Any]:
    records = facts.records
    data = {
        name: _plain(value)
        for name, value in records.items()
        if name not in _NOT_IN_DATA and value is not None
    }
    corrections = records.get("applied_corrections")
    if corrections:
        data["corrections"] = corrections
        data["corrected_from"] = {name: case.fields.get(name) for name in corrections}
    fields = {**case.fields, **(corrections or {})}
    if "condition_no" in verdict.transition.records:
        confirmations = case.counters.get("confirmation_count", 0)
        data["filing"] = filing_of(
            desk, facts.actor, fields, no=records["condition_no"], confirmations=confirmations
        )
    if facts.department is not None:
        data["department_kind"] = facts.department.kind
        data.update(suggested_record(desk, case, verdict.transition))
    elif case.last_department is not None and _names_guard(verdict, "same_department"):
        # The move goes back to the department that had the case: the step names it, asked or not.
        main = find_department(desk.access.connection, desk.district, case.last_department)
        data.update(department=case.last_department, department_kind=main.kind if main else "handling")
    if _names_guard(verdict, "same_department") and "assisting" not in data:
        # So do those who assist it; a list that is sent takes their place.
        assisting = case.sub_tasks.open_departments
        data.update({"assisting": assisting} if assisting else {})
    if data.get("coordinate_system"):
        lon, lat = convert(data["lon"], data["lat"], data["coordinate_system"])
        data["position"] = {"lon": round(lon, 8), "lat": round(lat, 8)}
    if verdict.transition.trigger == "hand_back":
        data["hand_back_due_at"] = hand_back_due(desk, case)
        if case.counters.get("hand_back_count", 0) + 1 >= desk.book.settings.hand_back.difficult_from:
            data["difficult"] = True
    is_end = case.definition.states[verdict.to].terminal
    if is_end != (verdict.to in ENDINGS) and verdict.to != case.state:
        # Figures know the ends of the standard flow by name; of any other the step tells.
        data["ends"] = is_end
    if facts.inspector is not None:
        data.update(_window(desk, case, verdict, is_asked=bool(records.get("same_time"))))
    return data


def hand_back_due(desk: Desk, case: CaseFile) -> str | None:
    """Until when the last dispatch may be handed back without counting as late (clock.md 8)."""
    last = case.last_step("dispatch", "redispatch", "rework")
    if last is None:
        return None
    clocks = desk.book.clock_desk
    task = Task(last.step.at, parse_limit(desk.book.settings.hand_back.limit))
    return moment_text(due_moment(task, clocks.rules_of(clocks.workday, clocks.slots)))


def _window(desk: Desk, case: CaseFile, verdict: Accepted, *, is_asked: bool) -> dict[str, Any]:
    """The same-time window of an inspection task; a task handed on keeps being one."""
    is_kept = case.task is not None and case.task.is_same_time and verdict.to == case.state
    if not (is_asked or is_kept) or not case.entries:
        return {}
    width = timedelta(minutes=desk.book.settings.verification.window_minutes)
    start, end = same_time_window(case.reported_at, desk.now, width)
    return {"same_time": True, "window": [start.isoformat(), end.isoformat()]}


def _receiver(facts: MoveFacts, verdict: Accepted) -> str | None:
    named = facts.handler or facts.inspector
    if named is not None:
        return named.name
    if facts.department is not None:
        return facts.department.code
    # Receiving needs no name: whoever receives is the receiver (flow.md 4).
    given = facts.records.get("receiver")
    return given or (facts.actor.name if "receiver" in verdict.transition.optional else None)


def _names_guard(verdict: Accepted, name: str) -> bool:
    return any(guard.name == name for guard in verdict.transition.guards)


def _plain(value: Any) -> Any:
    return moment_text(value) if isinstance(value, datetime) else value


# --- holds that end by their date ----------------------------------------------------------------------------


def release_due(desk: Desk, case: CaseFile) -> int:
    """Write the releases of holds whose date has come, each with the moment of its date. Answers how many."""
    drafts = due_releases(desk, case)
    for draft in drafts:
        append(desk, case, draft)
    return len(drafts)
