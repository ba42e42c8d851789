"""The case as its steps tell it: a fold over the history that guards, pages and the case row read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridcase.cases.followups import FollowUps
from gridcase.cases.runs import Run, Runs
from gridcase.cases.steps import FIRST_HASH, Entry
from gridcase.cases.subtasks import SubTasks
from gridcase.engine.definition import Definition

OPEN_REQUEST = frozenset({"requested", "forwarded"})
REQUEST_STEPS = frozenset({"request", "forward", "grant", "refuse", "withdraw", "release"})


@dataclass(slots=True)
class Request:
    """A request and what became of it; `state` as api.md 5 names it, `opinion` what was said with the decision."""

    id: str
    kind: str
    applicant: str
    department: str | None
    asked_at: datetime
    reason: str
    until: str | None = None
    document: str | None = None
    state: str = "requested"
    decided_by: str | None = None
    decided_at: datetime | None = None
    forwarded_by: str | None = None
    forwarded_at: datetime | None = None
    forwarded_opinion: str | None = None
    opinion: str | None = None
    # The run of its clock that it was asked for; 0 when the clock had not run.
    run: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REQUEST


@dataclass(slots=True)
class Assignment:
    """A task of one handler inside the main department: open, submitted, revoked, declined or past.

    `has_result`: a result was submitted, also when it was returned and the task is open again.
    """

    handler: str
    assigned_at: datetime
    state: str = "open"
    has_result: bool = False


@dataclass(slots=True)
class Task:
    """An inspection task: who was sent, when, by which trigger, and whether at the same time of day."""

    inspector: str
    trigger: str
    sent_at: datetime
    is_same_time: bool = False
    window: tuple[datetime, datetime] | None = None


@dataclass(slots=True)
class CaseFile:
    """Everything the steps of one case say. `fields` are the report's columns with corrections applied."""

    number: str
    definition: Definition
    fields: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    runs: Runs = field(default_factory=Runs)
    state: str | None = None
    entered_at: datetime | None = None
    entered_from: str | None = None
    department: str | None = None
    last_department: str | None = None
    departments: list[str] = field(default_factory=list)
    inspectors: list[str] = field(default_factory=list)
    task: Task | None = None
    assignments: list[Assignment] = field(default_factory=list)
    requests: dict[str, Request] = field(default_factory=dict)
    filings: list[dict[str, Any]] = field(default_factory=list)
    filed_at: datetime | None = None
    filed_by: str | None = None
    ended_at: datetime | None = None
    attempt: int = 1
    first_attempt_on_time: bool | None = None
    # Clock and run by which the first attempt was judged.
    first_attempt_run: tuple[str, int] | None = None
    counters: dict[str, int] = field(default_factory=dict)
    photo_kinds: set[str] = field(default_factory=set)
    is_difficult: bool = False
    is_overdue_exempt: bool = False
    appeal_result: str | None = None
    main_case: str | None = None
    sub_tasks: SubTasks = field(default_factory=SubTasks)
    follow_ups: FollowUps = field(default_factory=FollowUps)

    @property
    def version(self) -> int:
        return len(self.entries)

    @property
    def last_hash(self) -> str:
        return self.entries[-1].hash if self.entries else FIRST_HASH

    @property
    def reported_at(self) -> datetime:
        return self.entries[0].step.at

    @property
    def reported_by(self) -> str:
        return self.entries[0].step.actor

    @property
    def is_open(self) -> bool:
        return self.state is not None and not self.definition.states[self.state].terminal

    @property
    def open_assignment(self) -> Assignment | None:
        """The assignment whose handler has not answered, or None."""
        last = self.assignments[-1] if self.assignments else None
        return last if last is not None and last.state == "open" else None

    @property
    def open_requests(self) -> list[Request]:
        return [
            request
            for request in self.requests.values()
            # What a case did not live to see decided is over with it; an appeal comes after the end.
            if request.is_open and (self.is_open or request.kind == "appeal")
        ]

    @property
    def state_run(self) -> Run | None:
        """The newest run of the clock that the present state is measured by."""
        clock = self.definition.states[self.state].clock if self.state else None
        return self.runs.latest(clock) if clock else None

    @property
    def is_held(self) -> bool:
        """True while a hold asked for by a request lies open."""
        return any(request.state == "granted" and request.kind in ("suspension", "deferral")
                   for request in self.requests.values()) and self.is_open  # fmt: skip

    def last_step(self, *triggers: str) -> Entry | None:
        """The newest entry of one of the triggers, or None."""
        for entry in reversed(self.entries):
            if entry.step.trigger in triggers:
                return entry
        return None

    def has_fired(self, trigger: str) -> bool:
        """Whether the trigger was ever fired in this case."""
        return self.last_step(trigger) is not None


def fold(number: str, version_of: Callable[[int], Definition], entries: Sequence[Entry]) -> CaseFile:
    """The case that these entries (at least one, in order) make; `version_of` gives each version of its workflow.

    Each entry is read by the version under which it was written: a case can be taken over to another.
    """
    case = CaseFile(number=number, definition=version_of(entries[0].definition_version))
    for entry in entries:
        if entry.definition_version != case.definition.version:
            case.definition = version_of(entry.definition_version)
        apply(case, entry)
    return case


def apply(case: CaseFile, entry: Entry) -> None:
    """Add one entry to the case."""
    step, data = entry.step, entry.step.data
    if not case.entries:
        case.fields.update(data)
    case.entries.append(entry)
    for effect in step.clocks:
        case.runs.apply(effect)
        if (
            effect.act == "extend"
            and effect.on_time is not None
            and (effect.clock, effect.run) == case.first_attempt_run
        ):
            # Granted after the feedback: the grant corrects what was judged late (flow.md 5, Requests).
            case.first_attempt_on_time = effect.on_time
    for key, absorb in _BY_RECORD.items():
        if key in data:
            absorb(case, entry, data)
    absorb_trigger = _BY_TRIGGER.get(step.trigger)
    if absorb_trigger is not None:
        absorb_trigger(case, entry, data)
    if "request" in data and step.trigger not in REQUEST_STEPS:
        # A move that names a request is its grant, whatever the flow calls the move (flow.md 5).
        _decided("granted")(case, entry, data)
    case.follow_ups.take(entry)
    if step.to_state != case.state:
        _enter(case, entry)
    case.sub_tasks.take(step, attempt=case.attempt, is_over=not case.is_open or case.department is None)


def _enter(case: CaseFile, entry: Entry) -> None:
    step = entry.step
    if "inspector" not in step.data:
        case.task = None
    case.entered_from, case.state, case.entered_at = case.state, step.to_state, step.at
    if not case.is_open:
        case.ended_at = step.at


def _count(case: CaseFile, counter: str) -> None:
    case.counters[counter] = case.counters.get(counter, 0) + 1


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _corrections(case: CaseFile, _entry: Entry, data: Mapping[str, Any]) -> None:
    case.fields.update(data["corrections"])


def _filing(case: CaseFile, entry: Entry, data: Mapping[str, Any]) -> None:
    case.filings.append(data["filing"])
    case.fields["condition_no"] = data["filing"]["condition_no"]
    case.filed_by = entry.step.actor
    case.filed_at = case.filed_at or entry.step.at


def _dispatch(case: CaseFile, _entry: Entry, data: Mapping[str, Any]) -> None:
    department = data["department"]
    if case.last_department is not None and case.last_department != department:
        _count(case, "misdispatch_count")
    case.department = case.last_department = department
    for assignment in case.assignments:
        # A new dispatch or attempt: what a handler left open or submitted belongs to the one before.
        if assignment.state in ("open", "submitted"):
            assignment.state = "past"
    _add(case.departments, department)
    for assisting in data.get("assisting") or ():
        _add(case.departments, assisting)


def _inspection(case: CaseFile, entry: Entry, data: Mapping[str, Any]) -> None:
    window = data.get("window")
    case.task = Task(
        inspector=data["inspector"],
        trigger=entry.step.trigger,
        sent_at=entry.step.at,
        is_same_time=bool(data.get("same_time")),
        window=tuple(datetime.fromisoformat(text) for text in window) if window else None,  # type: ignore[arg-type]
    )
    _add(case.inspectors, data["inspector"])


def _assignment(case: CaseFile, entry: Entry, data: Mapping[str, Any]) -> None:
    case.assignments.append(Assignment(data["handler"], entry.step.at))


def _photos(case: CaseFile, _entry: Entry, data: Mapping[str, Any]) -> None:
    case.photo_kinds.update(photo["kind"] for photo in data["photos"])


def _main_case(case: CaseFile, _entry: Entry, data: Mapping[str, Any]) -> None:
    case.main_case = data["main_case"]


def _answered(state: str) -> Callable[[CaseFile, Entry, Mapping[str, Any]], None]:
    def absorb(case: CaseFile, _entry: Entry, _data: Mapping[str, Any]) -> None:
        if case.assignments:
            last = case.assignments[-1]
            last.state, last.has_result = state, last.has_result or state == "submitted"

    return absorb


def _counted(counter: str) -> Callable[[CaseFile, Entry, Mapping[str, Any]], None]:
    def absorb(case: CaseFile, _entry: Entry, _data: Mapping[str, Any]) -> None:
        _count(case, counter)

    return absorb


def _difficult(case: CaseFile, _entry: Entry, data: Mapping[str, Any]) -> None:
    case.is_difficult = case.is_difficult or bool(data["difficult"])


def _return_to_intake(case: CaseFile, _entry: Entry, _data: Mapping[str, Any]) -> None:
    case.department = None


def _rework(case: CaseFile, _entry: Entry, _data: Mapping[str, Any]) -> None:
    _count(case, "rework_count")
    case.attempt += 1


def _judge_first_attempt(case: CaseFile, entry: Entry, _data: Mapping[str, Any]) -> None:
    if case.attempt == 1:
        case.first_attempt_on_time = entry.on_time
        judged = (effect for effect in entry.step.clocks if effect.act == "stop")
        case.first_attempt_run = next(((effect.clock, effect.run) for effect in judged), None)


def _feedback_returned(case: CaseFile, _entry: Entry, _data: Mapping[str, Any]) -> None:
    _count(case, "feedback_return_count")
    if case.attempt == 1:
        case.first_attempt_on_time = case.first_attempt_run = None


def _asked(case: CaseFile, entry: Entry, data: Mapping[str, Any]) -> None:
    if "request" not in data:
        return
    rule = case.definition.requests.get(data["request_kind"])
    case.requests[data["request"]] = Request(
        id=data["request"],
        kind=data["request_kind"],
        applicant=entry.step.actor,
        department=entry.step.department,
        asked_at=entry.step.at,
        reason=entry.reason or "",
        until=data.get("until"),
        document=data.get("document"),
        run=case.runs.count(rule.clock) if rule is not None and rule.clock else 0,
    )


def _decided(state: str) -> Callable[[CaseFile, Entry, Mapping[str, Any]], None]:
    def absorb(case: CaseFile, entry: Entry, data: Mapping[str, Any]) -> None:
        request = case.requests.get(data.get("request", ""))
        if request is None:
            return
        request.state = state
        if state == "forwarded":
            request.forwarded_by, request.forwarded_at = entry.step.actor, entry.step.at
            request.forwarded_opinion = entry.opinion
        if state in ("granted", "refused", "withdrawn"):
            request.decided_by, request.decided_at = entry.step.actor, entry.step.at
            request.opinion = entry.opinion
        if state == "granted" and request.kind in ("extension", "suspension", "deferral"):
            _count(case, f"{request.kind}_count")
        if request.kind == "appeal" and state in ("granted", "refused"):
            case.appeal_result = state
            case.is_overdue_exempt = state == "granted"

    return absorb


Absorb = Callable[[CaseFile, Entry, Mapping[str, Any]], None]

_BY_RECORD: dict[str, Absorb] = {
    "corrections": _corrections,
    "filing": _filing,
    "department_kind": _dispatch,
    "inspector": _inspection,
    "handler": _assignment,
    "photos": _photos,
    "main_case": _main_case,
    "difficult": _difficult,
}

_BY_TRIGGER: dict[str, Absorb] = {
    "send_confirmation": _counted("confirmation_count"),
    "return_to_intake": _return_to_intake,
    "hand_back": _counted("hand_back_count"),
    "rework": _rework,
    "give_feedback": _judge_first_attempt,
    "return_feedback": _feedback_returned,
    "revoke_assignment": _answered("revoked"),
    "decline_assignment": _answered("declined"),
    "submit_result": _answered("submitted"),
    "return_result": _answered("open"),
    "request": _asked,
    "forward": _decided("forwarded"),
    "grant": _decided("granted"),
    "refuse": _decided("refused"),
    "withdraw": _decided("withdrawn"),
    "release": _decided("released"),
    "supervise": _counted("supervision_count"),
    "remind": _counted("reminder_count"),
}
