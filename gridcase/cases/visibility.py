"""Who sees which case: rule 8 of flow.md 1, once for a single case and once as a condition for lists."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, false, or_

from gridcase.cases.casefile import CaseFile
from gridcase.cases.models import Case, CaseParty
from gridcase.directory.people import Actor
from gridcase.engine import Flows
from gridcase.engine.definition import Definition

_AREA_COLUMNS = {6: "district", 9: "street", 12: "community"}


def may_see(case: CaseFile, actor: Actor) -> bool:
    """Whether this person may see the case (list, detail, export, photos, figures)."""
    return any(_role_sees(case, actor, role) for role in actor.roles)


def sees_reporter(case: CaseFile, actor: Actor) -> bool:
    """Whether this person may know who reported: not when they see the case only as open in own cells."""
    for code in actor.roles:
        role = case.definition.roles.get(code)
        sees = role.sees if role else _elsewhere(case.definition, code)
        if sees == "own":
            if case.reported_by == actor.name or actor.name in case.inspectors:
                return True
        elif _role_sees(case, actor, code):
            return True
    return False


def _role_sees(case: CaseFile, actor: Actor, role_code: str) -> bool:
    role = case.definition.roles.get(role_code)
    sees = role.sees if role else _elsewhere(case.definition, role_code)
    if sees == "area":
        return lies_in(case.fields, actor.area)
    if sees == "own":
        is_own = case.reported_by == actor.name or actor.name in case.inspectors
        return is_own or (case.is_open and lies_in(case.fields, actor.area))
    if sees == "department":
        return actor.department is not None and actor.department in case.departments
    if sees == "assigned":
        return any(assignment.handler == actor.name for assignment in case.assignments)
    return False


def _elsewhere(definition: Definition, role_code: str) -> str:
    """A leader reads every workflow that is not restricted, also one that does not list the role."""
    return "area" if role_code == "leader" and not definition.restricted else "none"


def lies_in(place: dict[str, object], area: str) -> bool:
    """Whether a place (cell and responsibility_grid) lies in an area by its code."""
    return bool(area) and (str(place["cell"]).startswith(area) or place.get("responsibility_grid") == area)


def visible(actor: Actor, flows: Flows) -> ColumnElement[bool]:
    """The condition on `cases` that lets through what this person may see."""
    conditions = [_role_condition(actor, role, flows) for role in actor.roles]
    return or_(*conditions) if conditions else false()


def _role_condition(actor: Actor, role_code: str, flows: Flows) -> ColumnElement[bool]:
    by_sight: dict[str, list[str]] = {}
    for name in flows.names:
        definition = flows.latest(name)
        role = definition.roles.get(role_code)
        sees = role.sees if role else _elsewhere(definition, role_code)
        by_sight.setdefault(sees, []).append(name)
    parts = []
    for sees, names in by_sight.items():
        condition = _sight(actor, sees)
        if condition is not None:
            is_all = len(names) == len(tuple(flows.names))
            parts.append(condition if is_all else and_(Case.workflow.in_(names), condition))
    return or_(*parts) if parts else false()


def _sight(actor: Actor, sees: str) -> ColumnElement[bool] | None:
    if sees == "area":
        return in_area(actor.area)
    if sees == "own":
        is_own = or_(Case.reported_by == actor.name, _party("inspector", [actor.name]))
        return or_(is_own, and_(Case.is_open, in_area(actor.area)))
    if sees == "department" and actor.department is not None:
        return _party("department", [actor.department])
    if sees == "assigned":
        return _party("handler", [actor.name])
    return None


def in_area(area: str) -> ColumnElement[bool]:
    """The condition that a case lies in an area: district, street, community, cell or responsibility grid."""
    if not area:
        return false()
    column = _AREA_COLUMNS.get(len(area)) if area.isdigit() else None
    if column == "district":
        return Case.district == area
    if column is not None:
        return getattr(Case, column) == area  # type: ignore[no-any-return]
    return or_(Case.cell == area, Case.responsibility_grid == area)


def _party(kind: str, codes: Iterable[str]) -> ColumnElement[bool]:
    return exists().where(
        CaseParty.district == Case.district,
        CaseParty.number == Case.number,
        CaseParty.kind == kind,
        CaseParty.code.in_(list(codes)),
    )
