"""Supervision orders, findings, call-backs and the proposal of an order as the interface and the pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.findings import CALLS_BACK, FINDS, has_named_reporter, is_closed, was_filed
from gridcase.cases.followups import CallBack, Finding, SupervisionOrder
from gridcase.cases.orders import GIVEN_BY, LEVELS, answering_roles
from gridcase.cases.permission import check_roles
from gridcase.cases.reminding import reasons_against, reminding_roles
from gridcase.cases.shown import china_text, shown_case
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted


def follow_up_views(desk: Desk, actor: Actor, case: CaseFile) -> dict[str, Any]:
    """The keys `supervision_orders`, `findings`, `call_backs` and `proposals` of a case."""
    known = case.follow_ups
    return {
        "supervision_orders": [order_view(order, desk.now) for order in known.orders.values()],
        "findings": [finding_view(finding) for finding in known.findings.values()],
        "call_backs": [call_back_view(call) for call in known.call_backs.values()],
        "proposals": proposals(actor, case),
    }


def order_view(order: SupervisionOrder, now: datetime) -> dict[str, Any]:
    """One supervision order; `late_seconds` runs on until there is a reply."""
    return {
        "id": order.id,
        "number": order.number,
        "level": order.level,
        "department": order.department,
        "desk": order.desk,
        "given_by": order.given_by,
        "given_at": china_text(order.given_at),
        "text": order.text,
        "reply_by": china_text(order.reply_by),
        "reply": order.reply,
        "replied_by": order.replied_by,
        "replied_at": china_text(order.replied_at),
        "late_seconds": order.late_seconds(now),
    }


def finding_view(finding: Finding) -> dict[str, Any]:
    """One finding; it stands while `revoked_at` is empty."""
    return {
        "id": finding.id,
        "kind": finding.kind,
        "reason": finding.reason,
        "found_by": finding.found_by,
        "found_at": china_text(finding.found_at),
        "revoked_by": finding.revoked_by,
        "revoked_at": china_text(finding.revoked_at),
        "revoke_reason": finding.revoke_reason,
    }


def call_back_view(call: CallBack) -> dict[str, Any]:
    """One call-back."""
    return {
        "id": call.id,
        "satisfied": call.is_satisfied,
        "opinion": call.opinion,
        "called_by": call.called_by,
        "called_at": china_text(call.called_at),
    }


def proposals(actor: Actor, case: CaseFile) -> list[dict[str, Any]]:
    """The supervision order that an escalation proposes, for those who may give it; empty once one was given.

    It goes to whom the state waits for, a level above the orders that the case has had.
    """
    escalation, state = case.follow_ups.escalation, case.definition.states[case.state or ""]
    if escalation is None or escalation.is_answered or not _may(actor, case, GIVEN_BY):
        return []
    owner = case.definition.roles.get(state.owner or "")
    is_desk = owner is not None and owner.centre
    return [
        {
            "kind": "supervision_order",
            "level": min(len(case.follow_ups.orders) + 1, LEVELS[-1]),
            "department": None if is_desk else case.department,
            "desk": state.owner if is_desk else None,
            "state": state.name,
            "entered_at": china_text(case.entered_at),
            "longest_stay": escalation.longest_stay,
            "escalated_at": china_text(escalation.at),
            "escalate_to": escalation.to,
        }
    ]


def follow_ups_offered(desk: Desk, actor: Actor, number: str) -> list[dict[str, Any]]:
    """As `follow_ups_of`, of a case by its number. Raises NotFound `unknown_case`."""
    return follow_ups_of(actor, shown_case(desk, actor, number))


def follow_ups_of(actor: Actor, case: CaseFile) -> list[dict[str, Any]]:
    """Which acts beside the flow this person may do now: `act`, with the order or finding that it belongs to.

    The act `supervise` carries the proposals. Only role, state and person are judged here.
    """
    offered: list[dict[str, Any]] = []
    known = case.follow_ups
    if case.is_open and _may(actor, case, GIVEN_BY):
        offered.append({"act": "supervise", "proposals": proposals(actor, case)})
    if not reasons_against(case) and _may(actor, case, reminding_roles(case.definition)):
        offered.append({"act": "remind"})
    offered += [
        {"act": "reply_supervision", "order": order.id}
        for order in known.orders.values()
        if order.replied_at is None
        and order.department in (None, actor.department)
        and _may(actor, case, answering_roles(case.definition, order))
    ]
    if was_filed(case) and _may(actor, case, (FINDS,)):
        offered.append({"act": "find"})
        offered += [
            {"act": "revoke_finding", "finding": finding.id}
            for finding in known.findings.values()
            if finding.stands and finding.found_by != actor.name
        ]
    if is_closed(case) and has_named_reporter(case) and _may(actor, case, (CALLS_BACK,)):
        offered.append({"act": "call_back"})
    return offered


def _may(actor: Actor, case: CaseFile, roles: tuple[str, ...]) -> bool:
    try:
        check_roles(case, actor, roles)
    except NotPermitted:
        return False
    return True
