"""Requests of departments and desks: asking, forwarding, deciding, withdrawing, releasing (flow.md 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, Request
from gridcase.cases.clocks import extend_effect, hold_effect
from gridcase.cases.forms import MoveForm, RequestAnswer, RequestForm
from gridcase.cases.loading import load_case
from gridcase.cases.permission import check_decider, check_roles
from gridcase.cases.records import SHORTEST_REASON
from gridcase.cases.releases import HOLDING_KINDS, release_draft, until_moment
from gridcase.cases.service import applicant_kind, move, not_before, release_due, settled_case
from gridcase.cases.texts import check_texts
from gridcase.cases.writing import Draft, append
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.engine.definition import RequestRule, Transition
from gridcase.errors import Invalid, NotFound, NotPermitted, Reason, Refused
from gridcase.facts import ClockEffect

# These three change the handling clock and exclude each other (flow.md 5, Requests).
CLOCK_KINDS = ("extension", "suspension", "deferral")


def ask(desk: Desk, actor: Actor, number: str, *, form: RequestForm) -> RequestAnswer:
    """Ask for an extension, a suspension, a deferral, a void, or appeal against a late closing.

    Raises NotFound, NotPermitted, Invalid `unknown_request`, and Refused with every reason: `wrong_state`,
    `not_held`, `before_due`, `requests_left`, `no_other_request`, `until_in_range`, `closed_late`, `own_department_main`,
    `record_missing`.
    """
    case = settled_case(desk, actor, number)
    desk = not_before(desk, case)
    rule = case.definition.requests.get(form.kind)
    if rule is None:
        raise Invalid(
            "unknown_request", f"the flow has no request {form.kind!r}", field="kind", kind=form.kind
        )
    roles = check_roles(case, actor, rule.asks)
    check_texts(desk, {"reason": form.reason, "document": form.document})
    reasons = _reasons_against(desk, case, actor, form=form, rule=rule)
    if reasons:
        raise Refused(reasons)
    request_id = f"R{len(case.requests) + 1}"
    data: dict[str, Any] = {"request": request_id, "request_kind": form.kind}
    if form.until is not None:
        data["until"] = form.until.isoformat()
    if form.document:
        data["document"] = form.document
    return _append(desk, case, request_id, draft=Draft(
        trigger="request", to_state=case.state or "", actor=actor, role=roles[0], data=data, reason=form.reason.strip(),
        photos=form.photos,
    ))  # fmt: skip


def _reasons_against(
    desk: Desk, case: CaseFile, actor: Actor, *, form: RequestForm, rule: RequestRule
) -> list[Reason]:
    reasons = _state_reasons(case, rule)
    if rule.kind in (*CLOCK_KINDS, "appeal"):
        reasons += appeal_reasons(case, rule) if rule.kind == "appeal" else clock_reasons(desk, case, rule)
        if actor.department is None or actor.department != case.department:
            reasons.append(Reason("own_department_main"))
    elif any(request.kind == rule.kind for request in case.open_requests):
        reasons.append(Reason("no_other_request"))
    if rule.kind in HOLDING_KINDS:
        reasons += _until_reasons(desk, form.until, rule)
    asking = next(role for role in rule.asks if actor.has_role(role))
    return reasons + _missing_records(form, is_of_centre=case.definition.roles[asking].centre)


def _state_reasons(case: CaseFile, rule: RequestRule) -> list[Reason]:
    if case.state not in rule.states:
        return [Reason("wrong_state", {"state": case.state, "states": list(rule.states)})]
    if rule.kind != "void":
        return []
    # A case that was never filed is rejected, not voided (flow.md 4): the voiding move would say so in the end.
    guards = {guard for row in _voiding_rows(case) if case.state in row.sources for guard in row.guards}
    missing = sorted(
        guard.argument or ""
        for guard in guards
        if guard.name == "after" and not case.has_fired(guard.argument or "")
    )
    return [Reason("after", {"trigger": trigger}) for trigger in missing]


def _voiding_rows(case: CaseFile) -> list[Transition]:
    return [
        row
        for row in case.definition.transitions
        if any(guard.name == "void_request_open" for guard in row.guards)
    ]


def clock_reasons(desk: Desk, case: CaseFile, rule: RequestRule) -> list[Reason]:
    """Why an extension, a suspension or a deferral may not be asked for now, whatever is sent (flow.md 5)."""
    reasons = []
    run = case.runs.latest(rule.clock) if rule.clock else None
    if case.is_held:
        reasons.append(Reason("not_held"))
    if run is not None and run.due_at is not None and desk.now > run.due_at:
        reasons.append(Reason("before_due", {"due_at": run.due_at}))
    granted, most = granted_count(case, rule), most_granted(desk, rule)
    if most is not None and granted >= most:
        reasons.append(Reason("requests_left", {"granted": granted, "max": most}))
    if any(request.kind in CLOCK_KINDS for request in case.open_requests):
        reasons.append(Reason("no_other_request"))
    return reasons


def appeal_reasons(case: CaseFile, rule: RequestRule) -> list[Reason]:
    """Why an appeal may not be made now: only of what was late, once; one taken back does not count (flow.md 5)."""
    reasons = []
    run = case.runs.latest(rule.clock) if rule.clock else None
    if run is None or run.on_time is not False:
        reasons.append(Reason("closed_late"))
    earlier = [request for request in case.requests.values() if request.kind == "appeal"]
    if any(request.is_open for request in earlier):
        reasons.append(Reason("no_other_request"))
    decided = sum(request.state in ("granted", "refused") for request in earlier)
    if decided >= (rule.max or 1):
        reasons.append(Reason("requests_left", {"granted": decided, "max": rule.max or 1}))
    return reasons


def granted_count(case: CaseFile, rule: RequestRule, *, run: int | None = None) -> int:
    """Granted ones so far: of one run for an extension (each clock has its own), of the case otherwise.

    `run` is the number of the run, by default the newest.
    """
    if rule.kind == "extension" and rule.clock:
        latest = case.runs.latest(rule.clock)
        asked_for = latest if run is None else case.runs.find(rule.clock, run)
        return len(asked_for.extensions) if asked_for else 0
    return case.counters.get(f"{rule.kind}_count", 0)


def most_granted(desk: Desk, rule: RequestRule) -> int | None:
    """How many of a kind may be granted: by the definition, of extensions else by the setting; None = any number."""
    if rule.max is not None or rule.kind != "extension":
        return rule.max
    return desk.book.settings.extension.max


def _until_reasons(desk: Desk, until: date | None, rule: RequestRule) -> list[Reason]:
    if until is None:
        return [Reason("record_missing", {"field": "until"}, field="until")]
    today = desk.now.astimezone(CHINA).date()
    last = today + timedelta(days=rule.max_days) if rule.max_days is not None else None
    if until <= today or (last is not None and until > last):
        return [Reason("until_in_range", {"first": today + timedelta(days=1), "last": last})]
    return []


def _missing_records(form: RequestForm, *, is_of_centre: bool) -> list[Reason]:
    missing = []
    if len(form.reason.strip()) < SHORTEST_REASON:
        missing.append("reason")
    if form.kind == "suspension" and not form.photos:
        missing.append("photos")
    if form.kind == "void" and not is_of_centre and not (form.document or "").strip():
        missing.append("document")
    return [Reason("record_missing", {"field": name}, field=name) for name in missing]


# --- deciding ------------------------------------------------------------------------------------------------


def forward(
    desk: Desk, actor: Actor, number: str, *, request_id: str, opinion: str | None = None
) -> RequestAnswer:
    """Pass a request on to its decider. Raises as `grant`."""
    case, request, rule = _find(desk, actor, number, request_id=request_id)
    roles = check_roles(case, actor, [rule.forwards] if rule.forwards else [])
    check_decider(actor, request, applicant_kind(desk, request), is_decision=False)
    _check_state(case, request, ("requested",))
    draft = _decision(case, request, "forward", by=(actor, roles[0]), opinion=opinion)
    return _append(desk, case, request.id, draft=draft)


def grant(
    desk: Desk, actor: Actor, number: str, *, request_id: str, opinion: str | None = None
) -> RequestAnswer:
    """Grant a request. Granting a void request is the move that voids the case: one act, one step.

    Where a void passes two persons, the grant of the first is its forwarding; the state moves with the second
    (flow.md 4, two-level variant).
    Raises NotFound (`unknown_case`, `unknown_request`), NotPermitted (`role_missing`, `separation`,
    `approver_is_applicant`, `same_department`), Refused `request_state`, `wrong_state`, `not_held`, `until_in_range`.
    """
    case, request, rule = _find(desk, actor, number, request_id=request_id)
    desk = not_before(desk, case)
    is_first = rule.kind == "void" and request.state == "requested"
    if is_first and rule.forwards and actor.has_role(rule.forwards):
        return forward(desk, actor, number, request_id=request_id, opinion=opinion)
    _check_may_decide(desk, actor, case, request=request, rule=rule)
    _check_state(case, request, ("forwarded",) if rule.forwards else ("requested", "forwarded"))
    role = _deciding_role(case, actor, request=request, rule=rule)
    voiding = _voiding_trigger(case) if rule.kind == "void" else None
    if voiding is not None:
        moved = move(
            desk, actor, number, trigger=voiding, form=MoveForm({"opinion": opinion} if opinion else {})
        )
        return RequestAnswer(request.id, number, "granted", moved.version)
    effects = effects_of_grant(desk, case, request, rule=rule)
    draft = _decision(case, request, "grant", by=(actor, role), opinion=opinion)
    draft.effects = effects
    return _append(desk, case, request.id, draft=draft)


def _voiding_trigger(case: CaseFile) -> str | None:
    rows = _voiding_rows(case)
    here = [row for row in rows if case.state in row.sources] or rows
    return here[0].trigger if here else None


def effects_of_grant(desk: Desk, case: CaseFile, request: Request, *, rule: RequestRule) -> list[ClockEffect]:
    """What granting a request now does to the clocks. Raises Refused as `grant`."""
    run = case.runs.find(rule.clock, request.run) if rule.clock else None
    clocks = desk.book.clock_desk
    # A clock that ended without a verdict, for another department has the case, has no use for more time.
    is_past = run is None or not case.is_open or not (run.is_open or run.is_judged)
    # Nor can a clock be held whose place another has taken.
    is_replaced = rule.kind in HOLDING_KINDS and run is not case.runs.latest(rule.clock or "")
    if rule.kind in CLOCK_KINDS and (is_past or is_replaced):
        raise Refused([_state_reason(request)])
    if rule.kind == "extension" and run is not None:
        size = rule.size or desk.book.settings.extension.size
        limit = run.limit if size == "original" else size
        return [extend_effect(run, desk.now, clocks, asked_at=request.asked_at, limit=limit)]
    if rule.kind not in HOLDING_KINDS:
        return []
    until = until_moment(request.until) if request.until else None
    reasons = []
    if case.state not in rule.states or run is None or not run.is_open:
        reasons.append(Reason("wrong_state", {"state": case.state, "states": list(rule.states)}))
    if case.is_held:
        reasons.append(Reason("not_held"))
    if until is None or until <= desk.now:
        reasons.append(Reason("until_in_range", {"until": request.until}))
    if reasons or run is None:
        raise Refused(reasons)
    return [hold_effect(run, desk.now, clocks, kind=rule.kind, until=until)]


def refuse(
    desk: Desk, actor: Actor, number: str, *, request_id: str, opinion: str | None = None
) -> RequestAnswer:
    """Refuse a request, with a written reason in `opinion`. Raises as `grant`, and Refused `record_missing`."""
    case, request, rule = _find(desk, actor, number, request_id=request_id)
    _check_may_decide(desk, actor, case, request=request, rule=rule)
    is_open = request in case.open_requests
    role = _deciding_role(case, actor, request=request, rule=rule) if is_open else ""
    reasons = [] if is_open else [_state_reason(request)]
    if len((opinion or "").strip()) < SHORTEST_REASON:
        reasons.append(Reason("record_missing", {"field": "opinion"}, field="opinion"))
    if reasons:
        raise Refused(reasons)
    draft = _decision(case, request, "refuse", by=(actor, role), opinion=opinion)
    return _append(desk, case, request.id, draft=draft)


def _check_may_decide(
    desk: Desk, actor: Actor, case: CaseFile, *, request: Request, rule: RequestRule
) -> None:
    """Whoever may never decide here is told so first; which desk decides this one, only while it is open."""
    check_roles(case, actor, rule.decides)
    check_decider(actor, request, applicant_kind(desk, request))


def _deciding_role(case: CaseFile, actor: Actor, *, request: Request, rule: RequestRule) -> str:
    return check_roles(case, actor, [rule.decider(granted_count(case, rule, run=request.run))])[0]


def withdraw(
    desk: Desk, actor: Actor, number: str, *, request_id: str, opinion: str | None = None
) -> RequestAnswer:
    """Take one's own open request back. Raises NotPermitted `role_missing` for anybody but the applicant."""
    case, request, rule = _find(desk, actor, number, request_id=request_id)
    roles = check_roles(case, actor, rule.asks)
    if actor.name != request.applicant:
        raise NotPermitted("role_missing", "only the applicant withdraws a request", request=request.id)
    _check_state(case, request, ("requested", "forwarded"))
    draft = _decision(case, request, "withdraw", by=(actor, roles[0]), opinion=opinion)
    return _append(desk, case, request.id, draft=draft)


def release(
    desk: Desk, actor: Actor, number: str, *, request_id: str, opinion: str | None = None
) -> RequestAnswer:
    """End a granted suspension or deferral before its date: by the main department or by the deciding role."""
    case, request, rule = _find(desk, actor, number, request_id=request_id)
    desk = not_before(desk, case)
    roles = check_roles(case, actor, (*rule.asks, *rule.decides) if rule.kind in HOLDING_KINDS else ())
    deciding = [role for role in roles if role in rule.decides]
    reasons = []
    if request.state != "granted" or not case.is_open:
        reasons.append(_state_reason(request))
    if not deciding and actor.department != case.department:
        reasons.append(Reason("own_department_main"))
    if reasons:
        raise Refused(reasons)
    draft = release_draft(desk, case, request, by=(actor, roles[0]), at=desk.now)
    draft.opinion = opinion
    return _append(desk, case, request.id, draft=draft)


def _find(desk: Desk, actor: Actor, number: str, *, request_id: str) -> tuple[CaseFile, Request, RequestRule]:
    case = settled_case(desk, actor, number)
    request = case.requests.get(request_id)
    if request is None:
        raise NotFound("unknown_request", f"the case has no request {request_id!r}", request=request_id)
    rule = case.definition.requests.get(request.kind)
    if rule is None:
        # Decided under an earlier version: this one knows no such request.
        raise Refused([_state_reason(request)])
    return case, request, rule


def _check_state(case: CaseFile, request: Request, wanted: Sequence[str]) -> None:
    if request.state not in wanted or request not in case.open_requests:
        raise Refused([_state_reason(request)])


def _state_reason(request: Request) -> Reason:
    return Reason("request_state", {"request": request.id, "state": request.state})


def _decision(
    case: CaseFile, request: Request, trigger: str, *, by: tuple[Actor, str], opinion: str | None
) -> Draft:
    return Draft(
        trigger=trigger,
        to_state=case.state or "",
        actor=by[0],
        role=by[1],
        data={"request": request.id, "request_kind": request.kind},
        opinion=opinion,
    )


def _append(desk: Desk, case: CaseFile, request_id: str, *, draft: Draft) -> RequestAnswer:
    desk = not_before(desk, case)
    check_texts(desk, {"opinion": draft.opinion})
    append(desk, case, draft)
    return RequestAnswer(request_id, case.number, case.requests[request_id].state, case.version)


def release_holds(desk: Desk, number: str) -> int:
    """The job's share for one case: release what is due. Answers how many steps were written."""
    case = load_case(desk, number)
    return release_due(desk, case) if case is not None else 0
