"""Who may act on a case at all: the 403 rules of flow.md 1, before the flow itself is asked."""

from __future__ import annotations

from collections.abc import Iterable

from gridcase.cases.casefile import CaseFile, Request
from gridcase.directory.people import HANDLING_KINDS, Actor
from gridcase.engine.definition import Definition, Transition
from gridcase.errors import NotFound, NotPermitted


def check_trigger(definition: Definition, trigger: str) -> tuple[Transition, ...]:
    """The tables of a trigger. Raises NotFound `unknown_trigger`."""
    rows = definition.rows(trigger)
    if not rows:
        raise NotFound("unknown_trigger", f"the flow has no move {trigger!r}", trigger=trigger)
    return rows


def check_roles(case: CaseFile, actor: Actor, roles: Iterable[str]) -> tuple[str, ...]:
    """The roles of this list that the person holds and may use on this case.

    Raises NotPermitted `role_missing` when there is none, `separation` when each of them is a centre role and the
    person's department handles or handled this case (flow.md 1, rule 1b).
    """
    held = tuple(dict.fromkeys(role for role in roles if actor.has_role(role)))
    if not held:
        raise NotPermitted(
            "role_missing", "no role of this person may ever do this here", roles=list(dict.fromkeys(roles))
        )
    if actor.department is None or actor.department not in case.departments:
        return held
    known = case.definition.roles
    apart = tuple(role for role in held if role not in known or not known[role].centre)
    if not apart:
        raise NotPermitted(
            "separation", "the department of this person handles this case", department=actor.department
        )
    return apart


def check_decider(
    actor: Actor, request: Request, applicant_kind: str | None, *, is_decision: bool = True
) -> None:
    """Approver and applicant are apart (flow.md 1, rule 2).

    Whoever passed a request on has had a say already: the decision is another person's. Raises NotPermitted
    `approver_is_applicant`, or `same_department` for the applicant's own handling department.
    """
    if actor.name == request.applicant or (is_decision and actor.name == request.forwarded_by):
        raise NotPermitted(
            "approver_is_applicant", "nobody decides about their own request", request=request.id
        )
    if (
        request.department is not None
        and request.department == actor.department
        and applicant_kind in HANDLING_KINDS
    ):
        raise NotPermitted(
            "same_department", "nobody decides about a request of their own department", request=request.id
        )
