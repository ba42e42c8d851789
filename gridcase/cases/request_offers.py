"""Which requests a case lets one person ask for, and which open ones they may forward, decide, withdraw or release."""

from __future__ import annotations

from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, Request
from gridcase.cases.permission import check_decider, check_roles
from gridcase.cases.releases import HOLDING_KINDS
from gridcase.cases.requests import CLOCK_KINDS, granted_count
from gridcase.cases.service import applicant_kind
from gridcase.cases.terms import terms_of
from gridcase.directory.people import Actor
from gridcase.engine.definition import RequestRule
from gridcase.errors import NotPermitted


def requests_offered(desk: Desk, actor: Actor, case: CaseFile) -> dict[str, Any]:
    """`asks`: kind, label, whether a date, a paper, photos are wanted, and `terms`; `acts`: by request id, what may
    be done.

    Role, state, department and open requests decide what is offered; times and numbers used up are told by the
    reasons of the terms.
    """
    rules = case.definition.requests
    return {
        "asks": [
            _asked(desk, actor, case, rule=rule) for rule in rules.values() if _may_ask(case, actor, rule)
        ],
        "acts": {
            request.id: acts
            for request in case.requests.values()
            if (acts := _acts(desk, actor, case, request=request))
        },
    }


def _may_ask(case: CaseFile, actor: Actor, rule: RequestRule) -> bool:
    if case.state not in rule.states or not _holds(case, actor, rule.asks):
        return False
    is_clock = rule.kind in CLOCK_KINDS
    # Those that change the clock exclude each other, any other only its own kind.
    excluded = CLOCK_KINDS if is_clock else (rule.kind,)
    if any(request.kind in excluded for request in case.open_requests):
        return False
    return not is_clock or (actor.department is not None and actor.department == case.department)


def _holds(case: CaseFile, actor: Actor, roles: tuple[str, ...]) -> bool:
    try:
        check_roles(case, actor, roles)
    except NotPermitted:
        return False
    return True


def _asked(desk: Desk, actor: Actor, case: CaseFile, *, rule: RequestRule) -> dict[str, Any]:
    asking = next(role for role in rule.asks if actor.has_role(role))
    return {
        "kind": rule.kind,
        "label": rule.label,
        "wants_date": rule.kind in HOLDING_KINDS,
        "max_days": rule.max_days,
        "wants_photos": rule.kind == "suspension",
        "wants_document": rule.kind == "void" and not case.definition.roles[asking].centre,
        "terms": terms_of(desk, case, rule),
    }


def _acts(desk: Desk, actor: Actor, case: CaseFile, *, request: Request) -> list[str]:
    rule = case.definition.requests.get(request.kind)
    if rule is None:
        return []
    if request.state == "granted":
        is_held = case.is_open and rule.kind in HOLDING_KINDS
        may_end = _holds(case, actor, rule.decides) or (
            _holds(case, actor, rule.asks) and actor.department == case.department
        )
        return ["release"] if is_held and may_end else []
    if not request.is_open:
        return []
    if request.applicant == actor.name:
        return ["withdraw"] if _holds(case, actor, rule.asks) else []
    acts = []
    if rule.forwards and request.state == "requested" and _holds(case, actor, (rule.forwards,)):
        acts = ["forward"] if _is_apart(desk, actor, request, is_decision=False) else []
    if not _is_apart(desk, actor, request, is_decision=True):
        return acts
    if _holds(case, actor, (rule.decider(granted_count(case, rule, run=request.run)),)):
        is_ready = request.state == "forwarded" or not rule.forwards
        acts += ["grant", "refuse"] if is_ready else ["refuse"]
    return acts


def _is_apart(desk: Desk, actor: Actor, request: Request, *, is_decision: bool) -> bool:
    try:
        check_decider(actor, request, applicant_kind(desk, request), is_decision=is_decision)
    except NotPermitted:
        return False
    return True
