"""Histories by hand: plays the standard flow with clocks that run round the clock, and writes the steps down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from gridcase.facts import ClockEffect, FactRow, Step, facts

START = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)  # 09:00 in China
MINUTE = timedelta(minutes=1)

# trigger -> (states it is fired from, state it leads to; None keeps the state), flow.md 4 and 5
FLOW: dict[str, tuple[tuple[str, ...], str | None]] = {
    "self_close": (("reported",), "self_closed"),
    "accept": (("reported",), "accepted"),
    "send_confirmation": (("reported", "accepted"), "confirming"),
    "confirm": (("confirming",), "accepted"),
    "confirm_absent": (("confirming",), "reported"),
    "reassign": (("confirming", "verifying"), None),
    "merge": (("reported", "accepted"), "merged"),
    "reject": (("reported", "accepted"), "rejected"),
    "file": (("accepted",), "filed"),
    "dispatch": (("filed",), "dispatched"),
    "return_to_intake": (("filed", "handed_back"), "accepted"),
    "receive": (("dispatched",), "handling"),
    "hand_back": (("dispatched", "handling"), "handed_back"),
    "redispatch": (("handed_back", "verification_failed"), "dispatched"),
    "give_feedback": (("handling",), "handled"),
    "return_feedback": (("handled",), "handling"),
    "send_verification": (("handled",), "verifying"),
    "verify_pass": (("verifying",), "verified"),
    "verify_fail": (("verifying",), "verification_failed"),
    "verify_unable": (("verifying",), "handled"),
    "ask_more": (("verified",), "verifying"),
    "decline_closing": (("verified",), "verification_failed"),
    "rework": (("verification_failed",), "dispatched"),
    "close": (("verified",), "closed"),
    "force_close": (
        ("filed", "dispatched", "handling", "handed_back", "handled", "verification_failed", "verified"),
        "force_closed",
    ),
    "void": (("filed", "dispatched", "handling", "handed_back", "handled", "verification_failed"), "voided"),
}
NEVER_AFTER_FILING = ("self_close", "merge", "reject")

ROLES = {
    "report": "intake_operator",
    "self_close": "inspector",
    "confirm": "inspector",
    "confirm_absent": "inspector",
    "verify_pass": "inspector",
    "verify_fail": "inspector",
    "verify_unable": "inspector",
    "file": "shift_supervisor",
    "close": "shift_supervisor",
    "force_close": "shift_supervisor",
    "ask_more": "shift_supervisor",
    "decline_closing": "shift_supervisor",
    "void": "shift_supervisor",
    "dispatch": "dispatcher",
    "redispatch": "dispatcher",
    "rework": "dispatcher",
    "return_to_intake": "dispatcher",
    "receive": "department_officer",
    "hand_back": "department_officer",
    "give_feedback": "department_officer",
}

# clock -> starts, stops, holds, resumes, as clock.md 8
CLOCKS: dict[str, tuple[set[str], set[str], set[str], set[str]]] = {
    "intake": (
        {"report"},
        {"accept", "confirm", "reject", "merge", "self_close"},
        {"send_confirmation"},
        {"confirm_absent"},
    ),
    "confirmation": (
        {"send_confirmation", "reassign@confirming"},
        {"confirm", "confirm_absent"},
        set(),
        set(),
    ),
    "filing": (
        {"accept", "confirm", "return_to_intake"},
        {"file", "reject", "merge", "confirm_absent"},
        {"send_confirmation"},
        {"confirm"},
    ),
    "dispatch": (
        {"file", "hand_back", "verify_fail", "decline_closing"},
        {"dispatch", "redispatch", "rework", "return_to_intake", "force_close", "void"},
        set(),
        set(),
    ),
    "handling": (
        {"dispatch", "redispatch", "rework"},
        {"give_feedback", "return_to_intake"},
        {"hand_back"},
        {"redispatch", "return_feedback"},
    ),
    "verification_sending": (
        {"give_feedback", "verify_unable"},
        {"send_verification", "return_feedback"},
        set(),
        set(),
    ),
    "verification": (
        {"send_verification", "reassign@verifying", "ask_more"},
        {"verify_pass", "verify_fail", "verify_unable"},
        set(),
        set(),
    ),
    "closing": ({"verify_pass"}, {"close", "force_close", "ask_more", "decline_closing"}, set(), set()),
}
DESK_LIMIT = timedelta(minutes=15)
LIMITS = {"confirmation": timedelta(minutes=30), "verification": timedelta(minutes=30)}
TERMINAL = {"closed", "force_closed", "rejected", "voided", "merged", "self_closed"}


@dataclass
class _Run:
    run: int
    due_at: datetime
    department: str | None
    is_open: bool = True
    stopped_at: datetime | None = None
    held_from: datetime | None = None
    held_until: datetime | None = None
    rest: timedelta | None = None

    @property
    def shown_due(self) -> datetime | None:
        return None if self.held_from is not None and self.rest is not None else self.due_at


class Story:
    """A case told step by step; `now` moves on by a minute after each step, or by `wait`."""

    def __init__(self, *, start: datetime = START, limit: timedelta = timedelta(hours=4)) -> None:
        self.now = start
        self.limit = limit
        self.steps: list[Step] = []
        self.state: str | None = None
        self.department: str | None = None
        self.has_been_filed = False
        self.has_rework = False
        self.runs: dict[str, _Run] = {}
        self._ids = 0

    def wait(self, **span: float) -> Self:
        """Let time pass."""
        self.now += timedelta(**span)
        return self

    def until(self, moment: datetime) -> Self:
        """Let time pass until the moment."""
        self.now = moment
        return self

    def report(self, role: str = "inspector", **data: Any) -> Self:
        """The first step; `data` overrides the records of a plain report."""
        records: dict[str, Any] = {
            "kind": "event",
            "main_code": "01",
            "sub_code": "10",
            "channel": "inspector" if role == "inspector" else "hotline_12345",
            "is_public": role != "inspector",
            "is_assigned": False,
            "needs_confirmation": False,
            "urgent": False,
            "cell": "120104001001001",
            "community": "120104001001",
            "street": "120104001",
            "district": "120104",
        }
        return self._write("report", "reported", role=role, data={**records, **data})

    def do(self, trigger: str, *, actor: str | None = None, **data: Any) -> Self:
        """Fire one trigger of the standard flow; refuses what the flow refuses."""
        sources, target = FLOW[trigger]
        assert self.state in sources, f"{trigger} from {self.state}"
        if trigger in ("send_confirmation", "send_verification", "reassign", "ask_more"):
            data.setdefault("inspector", "inspector_2")
        if trigger == "file":
            data.setdefault("filing", {"urgent": False})
            self.has_been_filed = True
        if trigger in ("dispatch", "redispatch", "rework"):
            data.setdefault("department", self.department or "A")
            data.setdefault("department_kind", "handling")
            self.department = data["department"]
            self.has_rework = trigger == "rework"
        return self._write(trigger, target or self.state, actor=actor, data=data)

    def play(self, triggers: str) -> Self:
        """Fire several triggers, joined by blanks."""
        for trigger in triggers.split():
            self.do(trigger)
        return self

    def to_dispatched(self) -> Self:
        """An inspector's report, accepted, filed and dispatched."""
        return self.report().play("accept file dispatch")

    def to_handled(self) -> Self:
        """As far as the department's feedback."""
        return self.to_dispatched().play("receive give_feedback")

    def to_closed(self) -> Self:
        """As far as closing."""
        return self.to_handled().play("send_verification verify_pass close")

    def note(self, trigger: str, *, role: str = "shift_supervisor", **data: Any) -> Self:
        """A step that keeps the state: requests, orders, findings, call-backs."""
        return self._write(trigger, self.state, role=role, data=data)

    def grant(self, kind: str, *, asked_at: datetime | None = None, until: datetime | None = None) -> Self:
        """A request of `kind` granted now; an extension counts from `asked_at`, a hold is to end at `until`."""
        effects = []
        run = self.runs.get("handling")
        if kind == "extension" and run is not None:
            run.due_at += self.limit
            on_time = None if run.stopped_at is None else run.stopped_at <= run.due_at
            effects = [
                ClockEffect(
                    "handling",
                    run.run,
                    "extend",
                    self.now,
                    due_at=run.shown_due,
                    asked_at=asked_at,
                    on_time=on_time,
                )
            ]
        elif kind in ("suspension", "deferral") and run is not None:
            effects = [self._hold("handling", run, kind, until=until)]
        return self._write("grant", self.state, data={"request": "r1", "request_kind": kind}, effects=effects)

    def release(self, kind: str = "suspension") -> Self:
        """The hold of a suspension or deferral ends now."""
        effects = [self._resume("handling", self.runs["handling"])]
        return self._write(
            "release",
            self.state,
            role="system",
            data={"request": "r1", "request_kind": kind},
            effects=effects,
        )

    @property
    def is_suspended(self) -> bool:
        run = self.runs.get("handling")
        return run is not None and run.is_open and run.held_from is not None and self.state != "handed_back"

    @property
    def held_until(self) -> datetime | None:
        """The planned end of the hold of the handling clock, if there is one."""
        return self.runs["handling"].held_until

    @property
    def due_at(self) -> datetime:
        """The due moment of the handling clock, whatever holds it."""
        return self.runs["handling"].due_at

    def facts(self, *, until: datetime | None = None) -> FactRow:
        """The fact row of the story so far."""
        row = facts(self.steps, until=until)
        assert row is not None
        return row

    def _write(
        self,
        trigger: str,
        to_state: str | None,
        *,
        actor: str | None = None,
        role: str | None = None,
        data: dict[str, Any],
        effects: list[ClockEffect] | None = None,
    ) -> Self:
        role = role or ROLES.get(trigger, "intake_operator")
        before, self.state = self.state, to_state
        all_effects = [*(effects or []), *self._effects(trigger, before)]
        step = Step(
            no=len(self.steps) + 1,
            trigger=trigger,
            from_state=before,
            to_state=to_state or "",
            at=self.now,
            actor=actor or f"{role}_1",
            role=role,
            data=data,
            clocks=tuple(all_effects),
        )
        self.steps.append(step)
        self.now += MINUTE
        return self

    def _effects(self, trigger: str, before: str | None) -> list[ClockEffect]:
        effects = []
        for clock in CLOCKS:
            effects += self._effects_on(clock, trigger, before)
        if self.state in TERMINAL:
            for clock, run in self.runs.items():
                if run.is_open:
                    run.is_open = False
                    effects.append(ClockEffect(clock, run.run, "end", self.now, used=0))
        return effects

    def _effects_on(self, clock: str, trigger: str, before: str | None) -> list[ClockEffect]:
        starts, stops, holds, resumes = (
            {trigger, f"{trigger}@{before}"} & triggers != set() for triggers in CLOCKS[clock]
        )
        run = self.runs.get(clock)
        if starts and resumes and run is not None and run.is_open and run.held_from is not None:
            starts = clock == "handling" and run.department != self.department
        if starts:
            ended = [ClockEffect(clock, run.run, "end", self.now, used=0)] if run and run.is_open else []
            limit = self.limit if clock == "handling" else LIMITS.get(clock, DESK_LIMIT)
            run = _Run(run.run + 1 if run else 1, self.now + limit, self.department)
            self.runs[clock] = run
            return [
                *ended,
                ClockEffect(clock, run.run, "start", self.now, due_at=run.due_at, department=run.department),
            ]
        if run is None:
            return []
        if stops and run.is_open:
            return [self._stop(clock, run)]
        if holds and run.is_open and run.held_from is None:
            return [self._hold(clock, run, trigger)]
        if resumes and (run.held_from is not None or run.stopped_at is not None):
            return [self._resume(clock, run)]
        return []

    def _stop(self, clock: str, run: _Run) -> ClockEffect:
        if run.held_from is not None and run.rest is not None:
            run.due_at = self.now + run.rest
        run.is_open, run.stopped_at, run.held_from, run.rest = False, self.now, None, None
        return ClockEffect(
            clock, run.run, "stop", self.now, due_at=run.due_at, on_time=self.now <= run.due_at, used=0
        )

    def _hold(self, clock: str, run: _Run, kind: str, *, until: datetime | None = None) -> ClockEffect:
        run.held_from, run.held_until = self.now, until
        run.rest = run.due_at - self.now if self.now < run.due_at else None
        due_at = run.shown_due
        return ClockEffect(clock, run.run, "hold", self.now, due_at=due_at, hold_kind=kind, until_at=until)

    def _resume(self, clock: str, run: _Run) -> ClockEffect:
        held_from = run.held_from or run.stopped_at
        if run.held_from is None and run.stopped_at is not None and run.stopped_at < run.due_at:
            run.rest = run.due_at - run.stopped_at
        if run.rest is not None:
            run.due_at = self.now + run.rest
        run.is_open, run.stopped_at, run.held_from, run.rest = True, None, None, None
        return ClockEffect(clock, run.run, "resume", self.now, due_at=run.due_at, held_from=held_from)
