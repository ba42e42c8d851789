"""What a handler (处置人员) has to do: the cases that are assigned to them, and those they have handed in (flow.md 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.listing import named_cases
from gridcase.cases.models import Case, CaseParty
from gridcase.cases.offers import offers_of
from gridcase.cases.shown import china_text, shown_case
from gridcase.cases.view import photos_by_case
from gridcase.cases.wanted import SUBMIT, last_within
from gridcase.db import table_of
from gridcase.directory.people import Actor

HANDLER = "handler"
MOST_TASKS, MOST_HANDED_IN = 60, 20
_CASE, _PARTY = table_of(Case).c, table_of(CaseParty).c
_SHOWN = (
    "number", "version", "state_label", "kind", "main_name", "sub_name", "description", "address", "street",
    "community", "lon", "lat", "cell", "due_at", "lamp", "remaining_seconds", "held", "urgent", "attempt",
)  # fmt: skip


def assigned_to(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """The open assignments of this person, the first due first: each with photos, words and what may be done."""
    # A held case has no due moment and comes last.
    first_due = [_CASE.due_at.is_(None), _CASE.due_at]
    numbers = _numbers(desk, actor, [_CASE.handler == actor.name], by=first_due, limit=MOST_TASKS)
    items = {item["number"]: item for item in named_cases(desk, actor, numbers)}
    photos = photos_by_case(desk, numbers)
    return [_task(desk, actor, items[number], photos=photos[number]) for number in numbers if number in items]


def handed_in(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """The cases in which this person's result waits for the department, the newest first."""
    mine = select(_PARTY.number).where(
        _PARTY.district == _CASE.district,
        _PARTY.number == _CASE.number,
        _PARTY.kind == HANDLER,
        _PARTY.code == actor.name,
    )
    others = or_(_CASE.handler.is_(None), _CASE.handler != actor.name)
    numbers = _numbers(
        desk, actor, [others, mine.exists()], by=[_CASE.entered_at.desc()], limit=MOST_HANDED_IN
    )
    within = last_within(desk, numbers)
    found = named_cases(desk, actor, [number for number in numbers if within.get(number) == SUBMIT])
    return [{name: item[name] for name in ("number", "sub_name", "address", "state_label")} for item in found]


def _numbers(
    desk: Desk, actor: Actor, conditions: Sequence[ColumnElement[bool]], *, by: Sequence[Any], limit: int
) -> list[str]:
    """Numbers of open cases of the own department, by whose index they are found."""
    query = (
        select(_CASE.number)
        .where(
            _CASE.district == desk.district,
            _CASE.department == actor.department,
            _CASE.is_open,
            *conditions,
        )
        .order_by(*by, _CASE.number)
        .limit(limit)
    )
    return list(desk.connection.scalars(query))


def _task(
    desk: Desk, actor: Actor, item: Mapping[str, Any], *, photos: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    case = shown_case(desk, actor, item["number"])
    return {
        **{name: item[name] for name in _SHOWN},
        **_words(case),
        "photos": photos,
        "moves": offers_of(desk, actor, case, of_role=HANDLER)["allowed"],
    }


def _words(case: CaseFile) -> dict[str, Any]:
    """What was said with the assignment, why a result was sent back, why the case is handled again."""
    assigned = case.last_step("assign")
    returned = case.last_step("return_result")
    is_again = returned is not None and assigned is not None and returned.step.at >= assigned.step.at
    failed = case.last_step("verify_fail", "decline_closing") if case.attempt > 1 else None
    return {
        "given_at": china_text(assigned.step.at) if assigned is not None else None,
        "said": assigned.opinion if assigned is not None else None,
        "returned": returned.reason if is_again and returned is not None else None,
        "failed": failed.reason if failed is not None else None,
    }
