"""What is wanted of a department in each case of a page of its inbox: to receive, assign, feed back, reply, answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.inbox import Entry
from gridcase.cases.models import StepRow
from gridcase.db import table_of
from gridcase.directory.people import Actor
from gridcase.engine.definition import Definition

_STEP = table_of(StepRow).c
_ASSIGN, SUBMIT, _RETURNED = "assign", "submit_result", "return_feedback"
# The last of these tells how far the work inside the department is.
_WITHIN = (_ASSIGN, "revoke_assignment", "decline_assignment", SUBMIT, "return_result", "receive", _RETURNED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is wanted, or waited for.

    `code`: `move` (the usual way on, `label`), `assign` (to a handler, or the usual way on), `review` (a submitted
    result), `again` (a returned feedback), `await_handler` (`person`), `await_release`, `await_others` (`label` of
    their role), `reply_order` (until `at`), `answer_assisting`, `answered_assisting`, `appeal`.
    """

    code: str
    label: str | None = None
    person: str | None = None
    at: datetime | None = None


def wanted_in(
    desk: Desk, actor: Actor, entries: Sequence[Entry], *, items: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[Wanted]]:
    """What is wanted in each of these entries, by number; `items` are their rows of the list."""
    within = last_within(desk, [entry.number for entry in entries if entry.waits_here])
    return {
        entry.number: [
            *_own(desk, actor, entry, item=items.get(entry.number, {}), within=within),
            *_beside(entry),
        ]
        for entry in entries
    }


def _beside(entry: Entry) -> Iterator[Wanted]:
    if entry.reply_by is not None:
        yield Wanted("reply_order", at=entry.reply_by)
    if entry.is_assisting:
        yield Wanted("answered_assisting" if entry.is_answered else "answer_assisting")
    if entry.may_appeal:
        yield Wanted("appeal")


def _own(
    desk: Desk, actor: Actor, entry: Entry, *, item: Mapping[str, Any], within: Mapping[str, str]
) -> Iterator[Wanted]:
    definition = desk.book.flows.get(entry.workflow, entry.version)
    if entry.is_sent:
        owner = definition.roles.get(definition.states[entry.state].owner or "")
        yield Wanted("await_others", label=owner.label if owner is not None else None)
    if not entry.waits_here:
        return
    if entry.is_held:
        yield Wanted("await_release")
        return
    usual = _usual_way(definition, entry.state, actor.roles)
    if item.get("handler"):
        yield Wanted("await_handler", person=item["handler"])
    elif not _may_assign(definition, entry.state, actor.roles):
        yield Wanted("move", label=usual)
    else:
        code = {SUBMIT: "review", _RETURNED: "again"}.get(within.get(entry.number, ""), "assign")
        yield Wanted(code, label=usual)


def _usual_way(definition: Definition, state: str, roles: Iterable[str]) -> str | None:
    """The label of the first move onward that one of the roles has in a state."""
    held = set(roles)
    return next(
        (
            row.label
            for row in definition.transitions
            if state in row.froms and row.to != state and not row.backward and held & set(row.roles)
        ),
        None,
    )


def _may_assign(definition: Definition, state: str, roles: Iterable[str]) -> bool:
    held = set(roles)
    return any(state in row.froms and held & set(row.roles) for row in definition.rows(_ASSIGN))


def last_within(desk: Desk, numbers: Sequence[str]) -> dict[str, str]:
    """The last move inside the department of each of a page of cases."""
    if not numbers:
        return {}
    query = (
        select(_STEP.number, _STEP.trigger)
        .where(_STEP.district == desk.district, _STEP.number.in_(list(numbers)), _STEP.trigger.in_(_WITHIN))
        .order_by(_STEP.number, _STEP.no)
    )
    return dict(desk.connection.execute(query).all())
