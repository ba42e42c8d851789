"""What agreeing to an open request does, and what became of a decided one: the arithmetic beside the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, Request
from gridcase.cases.clocks import due_after_hold
from gridcase.cases.loading import load_case
from gridcase.cases.releases import HOLDING_KINDS, until_moment
from gridcase.cases.requests import effects_of_grant, most_granted
from gridcase.cases.runs import Run
from gridcase.cases.shown import china_text
from gridcase.cases.terms import used_count
from gridcase.errors import Reason, Refused


@dataclass(frozen=True, slots=True)
class DecisionTerms:
    """What holds for the decision about one open request now.

    `clock` is the clock that it is about (None: of none), `due_at` its present due moment (None while held),
    `ended_at` and `on_time` how it ended, if it did; `running` is the clock that the state is measured by, where it
    is another one. Agreeing adds `size` and moves the due moment to `due_then` with the verdict `on_time_then`; of a
    hold `held_until` is when it ends and `due_then` the due moment after that. `used` of `most` (None = any number)
    were used before (`terms.used_count`). `reasons` are against agreeing now.
    """

    kind: str
    used: int
    most: int | None
    clock: str | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None
    on_time: bool | None = None
    running: str | None = None
    size: str | None = None
    due_then: datetime | None = None
    on_time_then: bool | None = None
    held_until: datetime | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def left_then(self) -> int | None:
        """How many more may be granted after this one; None = any number."""
        return None if self.most is None else max(0, self.most - self.used - 1)


def decision_terms(desk: Desk, case: CaseFile, request: Request) -> DecisionTerms | None:
    """The terms of deciding about a request now; None where the workflow knows its kind no more."""
    rule = case.definition.requests.get(request.kind)
    if rule is None:
        return None
    run = case.runs.find(rule.clock, request.run) if rule.clock else None
    reasons: list[Reason] = []
    due_then, on_time_then, size = None, None, None
    try:
        effects = effects_of_grant(desk, case, request, rule=rule)
    except Refused as refused:
        effects, reasons = [], list(refused.reasons)
    if rule.kind == "extension" and effects:
        due_then, on_time_then, size = effects[0].due_at, effects[0].on_time, effects[0].limit
    is_hold = rule.kind in HOLDING_KINDS
    held_until = until_moment(request.until) if is_hold and request.until else None
    if effects and held_until is not None and run is not None:
        due_then = due_after_hold(run, desk.now, desk.book.clock_desk, until=held_until)
    state_run = case.state_run if case.is_open else None
    return DecisionTerms(
        kind=rule.kind,
        used=used_count(case, rule, run=request.run),
        most=most_granted(desk, rule),
        clock=run.clock if run else None,
        due_at=run.due_at if run else None,
        ended_at=run.ended_at if run else None,
        on_time=run.on_time if run else None,
        running=state_run.clock if state_run and run and state_run.clock != run.clock else None,
        size=size,
        due_then=due_then,
        on_time_then=on_time_then,
        held_until=held_until,
        reasons=tuple(reasons),
    )


def after_decision(desk: Desk, number: str, request_id: str) -> dict[str, Any]:
    """What became of a request: `kind`, `label`, `clock` and its `due` moment, `held_until`; of none an empty dict.

    Moments are texts in China time. To be asked after the decision was written, in its transaction.
    """
    case = load_case(desk, number)
    request = case.requests.get(request_id) if case else None
    rule = case.definition.requests.get(request.kind) if case and request else None
    if case is None or request is None or rule is None:
        return {}
    run = case.runs.find(rule.clock, request.run) if rule.clock else None
    is_held = request.state == "granted" and rule.kind in HOLDING_KINDS and request.until is not None
    return {
        "kind": rule.kind,
        "label": rule.label,
        "clock": _label(case, run),
        "due": china_text(run.due_at) if run else None,
        "held_until": china_text(until_moment(request.until)) if is_held and request.until else None,
    }


def _label(case: CaseFile, run: Run | None) -> str | None:
    rule = case.definition.clocks.get(run.clock) if run else None
    return rule.label if rule else None
