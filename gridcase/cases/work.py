"""What waits for one person: their queues by stage, with a count by lamp and the oldest entry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from gridcase.cases.book import Desk
from gridcase.cases.confirmations import left_unconfirmed
from gridcase.cases.deciding import may_decide, waiting_for
from gridcase.cases.duty import own_cells
from gridcase.cases.models import Case, SubTaskRow
from gridcase.cases.shown import GREEN, RED, YELLOW, china_text
from gridcase.cases.visibility import visible
from gridcase.db import table_of
from gridcase.directory.people import Actor

_CASE = table_of(Case).c
_SUB_TASK = table_of(SubTaskRow).c
DECIDING_LABEL, UNCONFIRMED_LABEL = "待审批申请", "待补核实"


def queues(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """One entry a state that waits for a role of this person, in the order of the definition.

    Empty ones too, but of the other workflows beside the usual one only where something waits.
    """
    found = []
    for name in desk.book.flows.names:
        definition = desk.book.flows.latest(name)
        states = [state for state in definition.states.values() if state.owner in actor.roles]
        if not states:
            continue
        counted = _counted(desk, actor, name, states=[state.name for state in states])
        for state in states:
            row = counted.get(state.name, {})
            found.append(
                {
                    "workflow": name,
                    "state": state.name,
                    "label": state.label,
                    "stage": state.stage,
                    "count": row.get("count", 0),
                    "lamps": {lamp: row.get(lamp) or 0 for lamp in (GREEN, YELLOW, RED)},
                    "held": row.get("held") or 0,
                    "oldest": china_text(row.get("oldest")),
                }
            )
    usual = desk.book.settings.workflow.default
    has_usual = any(entry["workflow"] == usual for entry in found)
    return [entry for entry in found if entry["count"] or entry["workflow"] == usual or not has_usual]


def assisting(desk: Desk, actor: Actor) -> dict[str, Any]:
    """What an officer's department is asked to assist in now: how many sub-tasks, since when the oldest."""
    count, oldest = 0, None
    if actor.department is not None and actor.has_role("department_officer"):
        query = select(func.count(), func.min(_SUB_TASK.asked_at)).where(
            _SUB_TASK.district == desk.district,
            _SUB_TASK.department == actor.department,
            _SUB_TASK.ended_at.is_(None),
        )
        count, oldest = desk.connection.execute(query).one()
    return {"count": count, "oldest": china_text(oldest)}


def deciding(desk: Desk, actor: Actor) -> dict[str, Any] | None:
    """The cases with a request that this person passes on or decides next, by lamp, and since when the oldest waits.

    None for a person whose roles decide nothing.
    """
    if not may_decide(desk, actor):
        return None
    waiting = waiting_for(desk, actor)
    return {**_summed(desk, DECIDING_LABEL, waiting.condition), "oldest": china_text(waiting.oldest)}


def unconfirmed(desk: Desk, actor: Actor) -> dict[str, Any] | None:
    """The cases at other desks that only a confirmation sent by this person brings on, as `deciding`.

    None for a person who sends no confirmations.
    """
    left = left_unconfirmed(desk, actor)
    if left is None:
        return None
    return _summed(
        desk, UNCONFIRMED_LABEL, and_(left, visible(actor, desk.book.flows, own_cells=own_cells(desk, actor)))
    )


def _summed(desk: Desk, label: str, condition: ColumnElement[bool]) -> dict[str, Any]:
    """How many cases, by lamp, and the oldest entry among them."""
    query = select(
        func.count().label("count"), *_lamps(desk), func.min(_CASE.entered_at).label("oldest")
    ).where(_CASE.district == desk.district, condition)
    row = desk.connection.execute(query).mappings().one()
    return {
        "label": label,
        "count": row["count"],
        "lamps": {lamp: row[lamp] or 0 for lamp in (GREEN, YELLOW, RED)},
        "held": row["held"] or 0,
        "oldest": china_text(row["oldest"]),
    }


def _lamps(desk: Desk) -> list[Any]:
    now = desk.now
    conditions = {
        RED: _CASE.due_at < now,
        YELLOW: and_(_CASE.due_at >= now, _CASE.yellow_at <= now),
        GREEN: and_(_CASE.due_at >= now, _CASE.yellow_at > now),
        "held": _CASE.is_held,
    }
    return [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in conditions.items()]


def _counted(desk: Desk, actor: Actor, workflow: str, *, states: list[str]) -> dict[str, dict[str, Any]]:
    query = (
        select(
            _CASE.state,
            func.count().label("count"),
            *_lamps(desk),
            func.min(_CASE.entered_at).label("oldest"),
        )
        .where(
            _CASE.district == desk.district,
            _CASE.workflow == workflow,
            _CASE.state.in_(states),
            _CASE.is_open,
            visible(actor, desk.book.flows, own_cells=own_cells(desk, actor)),
            _waits_for(actor),
        )
        .group_by(_CASE.state)
    )
    return {row["state"]: dict(row) for row in desk.connection.execute(query).mappings()}


def _waits_for(actor: Actor) -> Any:
    """An inspector's task is one person's, a department's case one department's; a desk's is anybody's."""
    conditions = [or_(_CASE.inspector.is_(None), _CASE.inspector == actor.name)]
    if actor.has_role("department_officer"):
        conditions.append(or_(_CASE.department.is_(None), _CASE.department == actor.department))
    return and_(*conditions)
