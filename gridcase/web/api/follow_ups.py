"""The calls beside the flow: supervision orders and their replies, reminders, findings, call-backs, notices of a case."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gridcase.cases import findings, orders
from gridcase.cases.book import Desk
from gridcase.cases.loading import visible_case
from gridcase.cases.orders import OrderForm
from gridcase.cases.shown import china_text
from gridcase.cases.visibility import check_centre
from gridcase.directory.people import Actor
from gridcase.notices.queries import notices_of_case
from gridcase.notices.reminding import remind
from gridcase.notices.service import Notice
from gridcase.web.api.bodies import (
    CallBackBody,
    FindingBody,
    OrderBody,
    ReminderBody,
    ReplyBody,
    RevocationBody,
)
from gridcase.web.api.calls import Asked, Calls, Sent
from gridcase.web.api.follow_up_answers import FollowUpReply, NoticesReply, OrderReply
from gridcase.web.context import premises

FOLLOW_UPS = Calls("follow-ups")

# A notice lies ready for its receiver as soon as it is stored; other channels are yet to come.
_CHANNEL, _STATE = "site", "stored"
_REPORTER = "reporter"


@FOLLOW_UPS.write("/cases/{number}/supervision-orders", OrderBody, answer=OrderReply)
def give_supervision_order(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """督办 (give a supervision order to a department or to a desk)."""
    body: OrderBody = sent.body
    form = OrderForm(body.level, body.text, body.reply_by, body.department, body.desk)
    return asdict(orders.supervise(desk, actor, sent.path["number"], form=form))


@FOLLOW_UPS.write("/cases/{number}/supervision-orders/{order_id}/reply", ReplyBody, answer=OrderReply)
def reply_to_supervision_order(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """回复督办 (reply to a supervision order, once)."""
    path = sent.path
    return asdict(orders.reply(desk, actor, path["number"], order_id=path["order_id"], text=sent.body.text))


@FOLLOW_UPS.write("/cases/{number}/reminders", ReminderBody, answer=FollowUpReply)
def remind_of_case(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """催办 (remind the department, or whoever else the case waits for; never of a held case)."""
    done = remind(desk, actor, sent.path["number"], text=sent.body.text, site=premises().site)
    return {"id": done.id, "number": done.case.number, "version": done.case.version}


@FOLLOW_UPS.write("/cases/{number}/findings", FindingBody, answer=FollowUpReply)
def make_finding(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """认定 (find that handling was faked, responsibility passed on, or a problem missed)."""
    body: FindingBody = sent.body
    found = findings.find(desk, actor, sent.path["number"], kind=body.kind, reason=body.reason or "")
    return asdict(found)


@FOLLOW_UPS.write("/cases/{number}/findings/{finding_id}/revoke", RevocationBody, answer=FollowUpReply)
def revoke_finding(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """撤销认定 (take a finding back: another shift supervisor, with a reason)."""
    path = sent.path
    revoked = findings.revoke_finding(
        desk, actor, path["number"], finding_id=path["finding_id"], reason=sent.body.reason or ""
    )
    return asdict(revoked)


@FOLLOW_UPS.write("/cases/{number}/call-backs", CallBackBody, answer=FollowUpReply)
def make_call_back(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """回访 (record whether the reporter of a closed case is satisfied)."""
    body: CallBackBody = sent.body
    called = findings.call_back(
        desk, actor, sent.path["number"], is_satisfied=body.satisfied, opinion=body.opinion
    )
    return asdict(called)


@FOLLOW_UPS.read("/cases/{number}/notices", answer=NoticesReply, refuses=(403, 404))
def show_notices(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """本案的通知 (the notices about a case, for roles of the centre)."""
    case = visible_case(desk, actor, asked.path["number"])
    check_centre(case, actor, desk.book.flows)
    found = notices_of_case(desk.connection, desk.district, case.number)
    return {"items": [_notice(notice) for notice in found]}


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "to": notice.department or notice.role or _REPORTER,
        "channel": _CHANNEL,
        "created_at": china_text(notice.created_at),
        "state": _STATE,
        "text": notice.text,
    }
