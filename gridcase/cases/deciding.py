"""Which open requests wait for one person: to pass them on or to decide them (flow.md 1, rule 2, and 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.cases.book import Desk
from gridcase.cases.casefile import OPEN_REQUEST
from gridcase.cases.duty import own_cells
from gridcase.cases.loading import load_case
from gridcase.cases.models import Case, CaseParty, RequestRow, StepRow
from gridcase.cases.request_offers import requests_offered
from gridcase.cases.visibility import visible
from gridcase.db import table_of
from gridcase.directory.people import HANDLING_KINDS, Actor
from gridcase.directory.queries import find_department
from gridcase.engine.definition import Definition, RequestRule

_CASE, _STEP, _PARTY = table_of(Case).c, table_of(StepRow).c, table_of(CaseParty).c
_REQUEST = table_of(RequestRow).c


@dataclass(frozen=True)
class Waiting:
    """The cases whose requests wait for a person: `condition` on `cases`, and since when the oldest waits."""

    condition: ColumnElement[bool]
    oldest: datetime | None


def may_decide(desk: Desk, actor: Actor) -> bool:
    """Whether any workflow has a request that a role of this person passes on or decides."""
    return any(
        actor.has_role(role)
        for definition in desk.book.flows.by_version.values()
        for rule in definition.requests.values()
        for role in (*rule.decides, *([rule.forwards] if rule.forwards else ()))
    )


def waiting_for(desk: Desk, actor: Actor) -> Waiting:
    """What this person passes on or decides next; a request that still waits for whoever passes it on is not theirs.

    The rows of the tables tell nearly all of it. Where they do not, because a request of the kind was granted
    before (then another desk may decide) or this person passed one of the case on, the case itself is asked.
    """
    sure, doubtful = _conditions(desk, actor)
    open_ones = and_(
        _REQUEST.district == desk.district,
        _REQUEST.state.in_(sorted(OPEN_REQUEST)),
        _REQUEST.number.in_(_asked_now(desk)),
        _CASE.has_open_request,
        or_(_CASE.is_open, _REQUEST.kind == "appeal"),
        _REQUEST.applicant != actor.name,
        _is_other_department(desk, actor),
        visible(actor, desk.book.flows, own_cells=own_cells(desk, actor)),
    )
    joined = and_(_CASE.district == _REQUEST.district, _CASE.number == _REQUEST.number)
    tables = table_of(RequestRow).join(table_of(Case), joined)
    plain = select(_REQUEST.number).select_from(tables).where(open_ones, sure)
    oldest = [desk.connection.execute(
        select(func.min(_REQUEST.asked_at)).select_from(tables).where(open_ones, sure)
    ).scalar_one()]  # fmt: skip
    judged = []
    unsure = select(_REQUEST.number).select_from(tables).where(open_ones, doubtful).distinct()
    for number in desk.connection.execute(unsure).scalars().all():
        asked = list(_judged(desk, actor, number))
        if asked:
            judged.append(number)
            oldest += asked
    found = _CASE.number.in_(plain)
    return Waiting(
        or_(found, _CASE.number.in_(judged)) if judged else found,
        min((moment for moment in oldest if moment is not None), default=None),
    )


def _asked_now(desk: Desk) -> Select[Any]:
    """The cases with an open request, by the index of states alone.

    SQLite, which keeps no statistics, would rather read all requests of the district than come from that index.
    """
    marked = aliased(RequestRow)
    return select(marked.number).where(
        marked.district == desk.district, marked.state.in_(sorted(OPEN_REQUEST))
    )


def _judged(desk: Desk, actor: Actor, number: str) -> Iterator[datetime]:
    case = load_case(desk, number)
    if case is None:
        return
    for request_id, acts in requests_offered(desk, actor, case)["acts"].items():
        if case.requests[request_id] in case.open_requests and ("forward" in acts or "grant" in acts):
            yield case.requests[request_id].asked_at


def _is_other_department(desk: Desk, actor: Actor) -> ColumnElement[bool]:
    """Nobody decides about a request of their own handling department."""
    own = find_department(desk.connection, desk.district, actor.department) if actor.department else None
    if own is None or own.kind not in HANDLING_KINDS:
        return _REQUEST.applicant.is_not(None)
    return or_(_REQUEST.applicant_department.is_(None), _REQUEST.applicant_department != actor.department)


def _conditions(desk: Desk, actor: Actor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Requests that are certainly this person's by their role, and those of which only the case itself knows."""
    versions: dict[tuple[Any, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (name, version), definition in desk.book.flows.by_version.items():
        for rule in definition.requests.values():
            for part in _parts(definition, rule, actor):
                versions[part][name].append(version)
    sure, doubtful = [], []
    for (kind, state, is_centre, how), names in versions.items():
        here = [
            and_(_CASE.workflow == name, _CASE.definition_version.in_(own)) for name, own in names.items()
        ]
        base = [or_(*here), _REQUEST.kind == kind]
        if state is not None:
            base.append(_REQUEST.state == state)
        if is_centre and actor.department is not None:
            base.append(~_has_handled(actor.department))
        if how == "forward":
            sure.append(and_(*base))
            continue
        # Another desk may be asked after a grant; whoever passed a request on decides about it no more.
        unclear = [_passed_on_by(actor)] if how == "only" else [_passed_on_by(actor), _granted_before()]
        if how != "later":
            sure.append(and_(*base, *(~one for one in unclear)))
        doubtful.append(and_(*base, or_(*unclear)))
    return or_(false(), *sure), or_(false(), *doubtful)


def _parts(definition: Definition, rule: RequestRule, actor: Actor) -> Iterator[tuple[Any, ...]]:
    """Kind, state (None: any open one), whether the role is one of the centre, and how the role comes to it.

    `only`: it decides every one; `first`: the first one, perhaps further ones; `later`: perhaps further ones.
    """
    if rule.forwards and actor.has_role(rule.forwards):
        yield rule.kind, "requested", _is_centre(definition, rule.forwards), "forward"
    state = "forwarded" if rule.forwards else None
    for role in dict.fromkeys(role for role in rule.decides if actor.has_role(role)):
        is_only = set(rule.decides) == {role}
        how = "only" if is_only else "first" if role == rule.decides[0] else "later"
        yield rule.kind, state, _is_centre(definition, role), how


def _is_centre(definition: Definition, code: str) -> bool:
    role = definition.roles.get(code)
    return role is not None and role.centre


def _has_handled(department: str) -> ColumnElement[bool]:
    return (
        select(_PARTY.number)
        .where(
            _PARTY.district == _CASE.district,
            _PARTY.number == _CASE.number,
            _PARTY.kind == "department",
            _PARTY.code == department,
        )
        .exists()
    )


def _passed_on_by(actor: Actor) -> ColumnElement[bool]:
    step = select(_STEP.number).where(
        _STEP.district == _CASE.district,
        _STEP.number == _CASE.number,
        _STEP.trigger == "forward",
        _STEP.actor == actor.name,
    )
    return and_(_REQUEST.state == "forwarded", step.exists())


def _granted_before() -> ColumnElement[bool]:
    earlier = aliased(RequestRow)
    return (
        select(earlier.number)
        .where(
            earlier.district == _REQUEST.district,
            earlier.number == _REQUEST.number,
            earlier.kind == _REQUEST.kind,
            earlier.state.not_in([*sorted(OPEN_REQUEST), "refused", "withdrawn"]),
        )
        .exists()
    )
