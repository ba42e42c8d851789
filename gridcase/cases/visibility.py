"""Who sees which case: rule 8 of flow.md 1, once for a single case and once as a condition for lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import ColumnElement, and_, exists, false, or_

from gridcase.cases.casefile import CaseFile
from gridcase.cases.models import Case, CaseParty
from gridcase.cases.places import levels_of, lies_in
from gridcase.directory.people import Actor
from gridcase.engine import Flows
from gridcase.engine.definition import Definition, Role
from gridcase.errors import NotPermitted

# The cells in which the duty roster has a person on duty; None: it says nothing, the person's area counts.
OwnCells = Callable[[], Collection[str] | None]


def _by_area() -> None:
    return None


def may_see(case: CaseFile, actor: Actor, flows: Flows, *, own_cells: OwnCells = _by_area) -> bool:
    """Whether this person may see the case (list, detail, export, photos, figures).

    `own_cells` is asked only where it decides.
    """
    return any(
        _role_sees(case, actor, sight_of(case.definition, code, flows), own_cells=own_cells)
        for code in actor.roles
    )


def sees_reporter(case: CaseFile, actor: Actor, flows: Flows) -> bool:
    """Whether this person may know who reported: not when they see the case only as open in own cells."""
    for code in actor.roles:
        sees = sight_of(case.definition, code, flows)
        if sees == "own":
            if case.reported_by == actor.name or actor.name in case.inspectors:
                return True
        elif _role_sees(case, actor, sees, own_cells=_by_area):
            return True
    return False


def sight_of(definition: Definition, code: str, flows: Flows) -> str:
    """What a role sees of the cases of a definition: `area`, `own`, `department`, `assigned` or `none`.

    A restricted workflow is seen by its own roles only. Any other is also seen by roles that it does not list, as
    far as another workflow says: one code is the same role everywhere (flow.md 1.8 and 9).
    """
    role = _role_of(definition, code, flows)
    return role.sees if role is not None else "none"


def _role_of(definition: Definition, code: str, flows: Flows) -> Role | None:
    role = definition.roles.get(code)
    if role is None and not definition.restricted:
        others = (flows.latest(name).roles.get(code) for name in flows.names)
        role = next((other for other in others if other is not None), None)
    return role


def check_centre(case: CaseFile, actor: Actor, flows: Flows) -> None:
    """Raises NotPermitted `role_missing` for a person without a role of the centre, though the case is visible."""
    held = (_role_of(case.definition, code, flows) for code in actor.roles)
    if not any(role is not None and role.centre for role in held):
        raise NotPermitted("role_missing", "only roles of the centre may read this")


def _role_sees(case: CaseFile, actor: Actor, sees: str, *, own_cells: OwnCells) -> bool:
    if sees == "area":
        return lies_in(case.fields, actor.area)
    if sees == "own":
        if case.reported_by == actor.name or actor.name in case.inspectors:
            return True
        return case.is_open and _is_in_own_cells(case, actor, own_cells())
    if sees == "department":
        return actor.department is not None and actor.department in case.departments
    if sees == "assigned":
        return any(assignment.handler == actor.name for assignment in case.assignments)
    return False


def _is_in_own_cells(case: CaseFile, actor: Actor, cells: Collection[str] | None) -> bool:
    return lies_in(case.fields, actor.area) if cells is None else case.fields.get("cell") in cells


def visible(actor: Actor, flows: Flows, *, own_cells: Collection[str] | None = None) -> ColumnElement[bool]:
    """The condition on `cases` that lets through what this person may see; `own_cells` as for `may_see`."""
    conditions = [_role_condition(actor, code, flows, own_cells=own_cells) for code in actor.roles]
    return or_(*conditions) if conditions else false()


def _role_condition(
    actor: Actor, code: str, flows: Flows, *, own_cells: Collection[str] | None
) -> ColumnElement[bool]:
    by_sight: dict[str, dict[str, list[int]]] = {}
    for (name, version), definition in flows.by_version.items():
        versions = by_sight.setdefault(sight_of(definition, code, flows), {})
        versions.setdefault(name, []).append(version)
    parts = []
    for sees, names in by_sight.items():
        condition = _sight(actor, sees, own_cells)
        if condition is not None:
            is_all = len(by_sight) == 1
            parts.append(condition if is_all else and_(_of_versions(names, flows), condition))
    return or_(*parts) if parts else false()


def _of_versions(names: dict[str, list[int]], flows: Flows) -> ColumnElement[bool]:
    """The condition that a case runs on one of these versions of its workflow."""
    whole, some = [], []
    for name, versions in names.items():
        if len(versions) == sum(known == name for known, _version in flows.by_version):
            whole.append(name)
        else:
            some.append(and_(Case.workflow == name, Case.definition_version.in_(versions)))
    return or_(*([Case.workflow.in_(whole)] if whole else []), *some)


def _sight(actor: Actor, sees: str, own_cells: Collection[str] | None) -> ColumnElement[bool] | None:
    if sees == "area":
        return in_area(actor.area)
    if sees == "own":
        is_own = or_(Case.reported_by == actor.name, _party("inspector", [actor.name]))
        in_own = in_area(actor.area) if own_cells is None else Case.cell.in_(list(own_cells))
        return or_(is_own, and_(Case.is_open, in_own))
    if sees == "department" and actor.department is not None:
        return _party("department", [actor.department])
    if sees == "assigned":
        return _party("handler", [actor.name])
    return None


def in_area(area: str) -> ColumnElement[bool]:
    """The condition that a case lies in an area."""
    conditions: list[ColumnElement[bool]] = [getattr(Case, level) == area for level in levels_of(area)]
    return or_(*conditions) if conditions else false()


def _party(kind: str, codes: Iterable[str]) -> ColumnElement[bool]:
    return exists().where(
        CaseParty.district == Case.district,
        CaseParty.number == Case.number,
        CaseParty.kind == kind,
        CaseParty.code.in_(list(codes)),
    )
