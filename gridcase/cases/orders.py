"""Supervision orders (督办): giving one to a department or a desk, and the one reply to it (flow.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.followups import SupervisionOrder
from gridcase.cases.numbering import next_number
from gridcase.cases.permission import check_roles
from gridcase.cases.service import not_before, settled_case
from gridcase.cases.steps import moment_text
from gridcase.cases.texts import check_texts
from gridcase.cases.writing import Draft, append
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.directory.queries import find_department
from gridcase.engine.definition import Definition
from gridcase.errors import Invalid, NotFound, Reason, Refused

GIVEN_BY = ("shift_supervisor", "leader")
LEVELS = (1, 2, 3)
_OFFICER = "department_officer"
# Orders are numbered through the year, apart from cases: DB2026000001.
_SERIES = "DB%Y"


@dataclass(frozen=True, slots=True)
class OrderForm:
    """An order: level 1 to 3, what is asked, the moment until which a reply is wanted; to a department or a desk.

    Without either it goes to the main department.
    """

    level: int
    text: str
    reply_by: datetime
    department: str | None = None
    desk: str | None = None


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """The answer to an order or a reply: the order's own id in the case and number, and the case's version."""

    id: str
    number: str
    case: str
    version: int


def supervise(desk: Desk, actor: Actor, number: str, *, form: OrderForm) -> OrderAnswer:
    """Give a supervision order; the state of the case and its clocks stay as they are.

    Raises NotFound, NotPermitted (`role_missing`, `separation`), Invalid (`bad_value`, `unknown_department`,
    `unknown_role`, `missing_field`) and Refused with every reason: `wrong_state` (the case is over),
    `department_of_case`, `reply_by_in_future`, `record_missing` (no department has the case).
    """
    case = settled_case(desk, actor, number)
    desk = not_before(desk, case)
    roles = check_roles(case, actor, GIVEN_BY)
    _check_form(desk, case, form)
    department = None if form.desk is not None else form.department or case.department
    reasons = _reasons_against(desk, case, form, department=department)
    if reasons:
        raise Refused(reasons)
    order_id = f"S{len(case.follow_ups.orders) + 1}"
    data: dict[str, Any] = {
        "order": order_id,
        "order_number": next_number(desk.access, desk.district, desk.now.astimezone(CHINA).strftime(_SERIES)),
        "level": form.level,
        "reply_by": moment_text(form.reply_by),
    }
    data.update({"desk": form.desk} if department is None else {"department": department})
    draft = Draft("supervise", case.state or "", actor, roles[0], data, opinion=form.text.strip())
    draft.receiver = department or form.desk
    return _append(desk, case, draft)


def _check_form(desk: Desk, case: CaseFile, form: OrderForm) -> None:
    check_texts(desk, {"text": form.text, "department": form.department, "desk": form.desk})
    if form.level not in LEVELS:
        raise Invalid("bad_value", "level is 1, 2 or 3", field="level", choices=LEVELS)
    if not form.text.strip():
        raise Invalid("missing_field", "an order needs a text", field="text")
    if form.department is not None and form.desk is not None:
        raise Invalid("bad_value", "an order goes to a department or to a desk, not both", field="desk")
    if form.desk is not None:
        _check_desk(case.definition, form.desk)
    if (
        form.department is not None
        and find_department(desk.connection, desk.district, form.department) is None
    ):
        raise Invalid(
            "unknown_department",
            f"there is no department {form.department!r}",
            field="department",
            department=form.department,
        )


def _check_desk(definition: Definition, code: str) -> None:
    """A desk is a role of the centre; departments get their orders by name."""
    role = definition.roles.get(code)
    if role is None:
        raise Invalid("unknown_role", f"the flow has no role {code!r}", field="desk", role=code)
    if not role.centre:
        desks = [known.code for known in definition.roles.values() if known.centre]
        raise Invalid("bad_value", f"desk must be one of {', '.join(desks)}", field="desk", choices=desks)


def _reasons_against(desk: Desk, case: CaseFile, form: OrderForm, *, department: str | None) -> list[Reason]:
    reasons = []
    if not case.is_open:
        reasons.append(Reason("wrong_state", {"state": case.state}))
    if form.desk is None and department is None:
        reasons.append(Reason("record_missing", {"field": "department"}, field="department"))
    elif department is not None and department not in case.departments:
        # Nobody there may see the case, so nobody could reply (flow.md 1.8).
        reasons.append(Reason("department_of_case", {"department": department}, field="department"))
    if form.reply_by <= desk.now:
        reasons.append(Reason("reply_by_in_future", {"reply_by": form.reply_by}, field="reply_by"))
    return reasons


def reply(desk: Desk, actor: Actor, number: str, *, order_id: str, text: str) -> OrderAnswer:
    """Reply to an order, once, in time or late: an officer of its department, or a person of its desk.

    Also when the case is over: the order has its own clock. Raises NotFound (`unknown_case`, `unknown_order`),
    NotPermitted (`role_missing`, `separation`), Invalid `missing_field`, and Refused with every reason:
    `order_replied`, `order_department`.
    """
    case = settled_case(desk, actor, number)
    desk = not_before(desk, case)
    order = case.follow_ups.orders.get(order_id)
    if order is None:
        raise NotFound("unknown_order", f"the case has no supervision order {order_id!r}", order=order_id)
    roles = check_roles(case, actor, answering_roles(case.definition, order))
    check_texts(desk, {"text": text})
    if not text.strip():
        raise Invalid("missing_field", "a reply needs a text", field="text")
    reasons = []
    if order.replied_at is not None:
        reasons.append(Reason("order_replied", {"order": order.id, "replied_at": order.replied_at}))
    if order.department is not None and order.department != actor.department:
        reasons.append(Reason("order_department", {"department": order.department}))
    if reasons:
        raise Refused(reasons)
    data = {"order": order.id, "order_number": order.number}
    draft = Draft("reply_supervision", case.state or "", actor, roles[0], data, opinion=text.strip())
    draft.receiver = order.given_by
    return _append(desk, case, draft)


def answering_roles(definition: Definition, order: SupervisionOrder) -> tuple[str, ...]:
    """The roles that may reply to an order: its desk, or those who act for a department in this flow."""
    if order.desk is not None:
        return (order.desk,)
    officers = [
        role.code for role in definition.roles.values() if role.sees == "department" and not role.centre
    ]
    return tuple(officers) or (_OFFICER,)


def _append(desk: Desk, case: CaseFile, draft: Draft) -> OrderAnswer:
    append(desk, case, draft)
    data = draft.data
    return OrderAnswer(data["order"], data["order_number"], case.number, case.version)
