"""Which cases still owe the confirmation that their channel asks for, and who can send it (flow.md 4, `file`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.cases.book import Desk
from gridcase.cases.guards import CONFIRMATIONS, CONFIRMED, GUARDS
from gridcase.cases.models import Case, StepRow
from gridcase.db import table_of
from gridcase.directory.people import Actor
from gridcase.engine.definition import Definition

# Until a case is filed it waits in these stages (flow.md 3).
BEFORE_FILING = ("report", "filing")
_NEEDED = "confirmed_if_needed"
_CASE, _STEP = table_of(Case).c, table_of(StepRow).c


def owing_confirmation(desk: Desk, items: Sequence[Mapping[str, Any]]) -> set[str]:
    """As `guards.is_confirmation_owed`: the numbers among these rows of a list of which it holds, by one query.

    A row does not carry what its channel asked for at the report; the channel as it is now tells it.
    """
    asked = sorted(
        item["number"]
        for item in items
        if item["is_open"] and item["stage"] in BEFORE_FILING and _is_asked(desk, item)
    )
    query = select(_CASE.number).where(_CASE.district == desk.district, _CASE.number.in_(asked), _is_owed())
    return set(desk.connection.scalars(query)) if asked else set()


def _is_asked(desk: Desk, item: Mapping[str, Any]) -> bool:
    flow = desk.book.flows.get(item["workflow"], item["definition_version"])
    return item["channel"] in _asking(desk) and bool(flow.rows(CONFIRMED))


def _asking(desk: Desk) -> list[str]:
    """The channels whose cases are to be confirmed before they are filed."""
    return [code for code, one in desk.book.channels.items() if one.needs_confirmation]


def _is_owed() -> ColumnElement[bool]:
    """The condition on `cases` that the last confirmation did not find the problem there, or that none was made."""
    last = (
        select(_STEP.trigger)
        .where(
            _STEP.district == _CASE.district, _STEP.number == _CASE.number, _STEP.trigger.in_(CONFIRMATIONS)
        )
        .order_by(_STEP.no.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, "") != CONFIRMED


def left_unconfirmed(desk: Desk, actor: Actor) -> ColumnElement[bool] | None:
    """The condition on `cases` that one waits at another desk, which has no way on until this person sends it out.

    None for a person who sends no confirmations. What waits at a desk of their own stands in its queue.
    """
    places, anywhere = [], set()
    for (name, version), flow in desk.book.flows.by_version.items():
        states = _left_at(flow, actor)
        anywhere |= states
        if states:
            workflow = and_(_CASE.workflow == name, _CASE.definition_version == version)
            places.append(and_(workflow, _CASE.state.in_(sorted(states))))
    if not places:
        return None
    # The states by themselves, as the index has them, before the workflows that they are of.
    return and_(
        _CASE.is_open,
        _CASE.state.in_(sorted(anywhere)),
        _CASE.channel.in_(_asking(desk)),
        or_(*places),
        _is_owed(),
    )


def _left_at(flow: Definition, actor: Actor) -> set[str]:
    """The states of other desks that lack a way on without a confirmation, and from which this person sends it."""
    sent_from = {
        state
        for trigger in GUARDS[_NEEDED].cleared_by
        for row in flow.rows(trigger)
        if any(actor.has_role(role) for role in row.roles)
        for state in row.sources
    }
    stopped = {
        state
        for row in flow.transitions
        if any(guard.name == _NEEDED for guard in row.guards)
        for state in row.sources
    }
    return {state for state in sent_from & stopped if flow.states[state].owner not in actor.roles}
