"""The forms beside the flow: supervision orders and replies, reminders, findings and revocations, call-backs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gridcase.cases import findings, orders
from gridcase.cases.book import Desk
from gridcase.cases.orders import LEVELS, OrderForm
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, Reason
from gridcase.notices.reminding import remind
from gridcase.web.context import premises
from gridcase.web.pages.answering import Act, answer_form, case_number
from gridcase.web.pages.beside import form_key
from gridcase.web.pages.sending import Sent, client_id_of, form_fields, read_moment

FOLLOW_UPS = Blueprint("follow_ups", __name__)

_SATISFIED = {"yes": True, "no": False}

Form = MultiDict[str, str]
# Runs the act of a form; answers what the page is told.
Run = Callable[[Desk, Actor], object]


@FOLLOW_UPS.post("/cases/<number>/supervision-orders")
def supervise(number: str) -> Response | tuple[str, int]:
    """Give a supervision order."""
    number = case_number(number)

    def read(form: Form) -> tuple[dict[str, Any], Run]:
        made = _read_order(form)
        return _values(form, "level", "text", "reply_by", "to"), lambda desk, actor: orders.supervise(
            desk, actor, number, form=made
        )

    return _answer(number, "supervise", read)


@FOLLOW_UPS.post("/cases/<number>/supervision-orders/<order_id>/reply")
def reply(number: str, order_id: str) -> Response | tuple[str, int]:
    """Reply to a supervision order."""
    number = case_number(number)

    def read(form: Form) -> tuple[dict[str, Any], Run]:
        text = form.get("text", "")
        return {"text": text}, lambda desk, actor: orders.reply(
            desk, actor, number, order_id=order_id, text=text
        )

    return _answer(number, "reply_supervision", read, of=order_id)


@FOLLOW_UPS.post("/cases/<number>/reminders")
def send_reminder(number: str) -> Response | tuple[str, int]:
    """Remind whoever holds the case."""
    number = case_number(number)

    def read(form: Form) -> tuple[dict[str, Any], Run]:
        text, site = form.get("text", ""), premises().site
        return {"text": text}, lambda desk, actor: remind(desk, actor, number, text=text, site=site)

    return _answer(number, "remind", read)


@FOLLOW_UPS.post("/cases/<number>/findings")
def find(number: str) -> Response | tuple[str, int]:
    """Find that handling was faked, responsibility passed on, or a problem missed."""
    number = case_number(number)

    def read(form: Form) -> tuple[dict[str, Any], Run]:
        kind, reason = form.get("kind", ""), form.get("reason", "")
        return {"kind": kind, "reason": reason}, lambda desk, actor: findings.find(
            desk, actor, number, kind=kind, reason=reason
        )

    return _answer(number, "find", read)


@FOLLOW_UPS.post("/cases/<number>/findings/<finding_id>/revoke")
def revoke(number: str, finding_id: str) -> Response | tuple[str, int]:
    """Take a finding back."""
    number = case_number(number)

    def read(form: Form) -> tuple[dict[str, Any], Run]:
        reason = form.get("reason", "")
        return {"reason": reason}, lambda desk, actor: findings.revoke_finding(
            desk, actor, number, finding_id=finding_id, reason=reason
        )

    return _answer(number, "revoke_finding", read, of=finding_id)


@FOLLOW_UPS.post("/cases/<number>/call-backs")
def call_back(number: str) -> Response | tuple[str, int]:
    """Record whether the reporter of a closed case is satisfied."""
    number = case_number(number)

    def read(form: Form) -> tuple[dict[str, Any], Run]:
        is_satisfied, opinion = _SATISFIED.get(form.get("satisfied", "")), form.get("opinion", "")
        if is_satisfied is None:
            fault = Reason("record_missing", {"field": "satisfied"}, field="satisfied")
            raise Invalid("record_missing", "satisfied or not", errors=[fault])
        return {"satisfied": is_satisfied, "opinion": opinion}, lambda desk, actor: findings.call_back(
            desk, actor, number, is_satisfied=is_satisfied, opinion=opinion
        )

    return _answer(number, "call_back", read)


def _answer(
    number: str, act: str, read: Callable[[Form], tuple[dict[str, Any], Run]], *, of: str | None = None
) -> Response | tuple[str, int]:
    """Do what a form asks for; `of` is the order or the finding that it belongs to."""
    form = form_fields()

    def prepare() -> tuple[Sent, Act]:
        values, run = read(form)

        def do(desk: Desk, actor: Actor) -> dict[str, Any]:
            run(desk, actor)
            return {"number": number, "state": act}

        return Sent(form, client_id_of(form), values=values), do

    return answer_form(number, form_key(act, of), form, prepare=prepare)


def _values(form: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: form.get(name, "") for name in names}


def _read_order(form: Form) -> OrderForm:
    """The order of a form. Raises Invalid with the field that is missing or cannot be read."""
    kind, _, code = form.get("to", "").partition(":")
    level, reply_by = form.get("level", ""), read_moment(form, "reply_by")
    if reply_by is None:
        fault = Reason("record_missing", {"field": "reply_by"}, field="reply_by")
        raise Invalid("record_missing", "until when is a reply wanted", errors=[fault])
    return OrderForm(
        level=int(level) if level in map(str, LEVELS) else 0,
        text=form.get("text", ""),
        reply_by=reply_by,
        department=code if kind == "department" and code else None,
        desk=code if kind == "desk" and code else None,
    )
