"""Departments as an administrator keeps them: the list, a new one, changes; none is ever deleted, cases name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, update

from gridcase.db import table_of
from gridcase.directory.audit import Noted, note
from gridcase.directory.models import Department, Organisation, User
from gridcase.directory.people import DEPARTMENT_KINDS, HANDLING_KINDS, DepartmentCard
from gridcase.directory.service import (
    RoleRules,
    add_department,
    add_organisation,
    check_widths,
    hold_department,
)
from gridcase.errors import Invalid, NotFound, NotPermitted

_DEPARTMENT, _ORGANISATION, _USER = (table_of(each).c for each in (Department, Organisation, User))


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department with all that is kept of it; `people_count` are those who work there now."""

    code: str
    name: str
    kind: str
    area: str | None = None
    organisation: str | None = None
    group: str = ""
    is_active: bool = True
    people_count: int = 0

    @property
    def card(self) -> DepartmentCard:
        """The department as the rules see it."""
        return DepartmentCard(self.code, self.name, self.kind, self.area, self.is_active)


@dataclass(frozen=True, slots=True)
class Sought:
    """Whose code or name holds `search`, of this `kind`; `standing` is active, closed or empty for both."""

    search: str = ""
    kind: str = ""
    standing: str = ""


def list_departments(connection: Connection, district: str, sought: Sought = Sought()) -> list[DepartmentRow]:
    """Departments by code, closed ones included unless they are not asked for."""
    query = _select().where(_DEPARTMENT.district == district)
    if sought.search:
        columns = (_DEPARTMENT.code, _DEPARTMENT.name)
        query = query.where(or_(*(column.contains(sought.search, autoescape=True) for column in columns)))
    if sought.kind:
        query = query.where(_DEPARTMENT.kind == sought.kind)
    if sought.standing:
        query = query.where(_DEPARTMENT.is_active.is_(sought.standing == "active"))
    return [_row(row) for row in connection.execute(query.order_by(_DEPARTMENT.code))]


def department_row(connection: Connection, district: str, code: str) -> DepartmentRow:
    """The department of this code. Raises NotFound `unknown_department`."""
    row = None
    if "\0" not in code:
        query = _select().where(_DEPARTMENT.district == district, _DEPARTMENT.code == code)
        row = connection.execute(query).first()
    if row is None:
        raise NotFound("unknown_department", f"there is no department {code!r}", department=code)
    return _row(row)


def organisations(connection: Connection, district: str) -> list[tuple[str, str]]:
    """Code and name of the bodies that departments belong to, by code."""
    query = select(_ORGANISATION.code, _ORGANISATION.name).where(_ORGANISATION.district == district)
    return [(code, name) for code, name in connection.execute(query.order_by(_ORGANISATION.code))]


def new_organisation(connection: Connection, district: str, code: str, *, name: str, entry: Noted) -> None:
    """Add a body that departments belong to. Raises Invalid `taken`, `missing_field`, `too_long`, `bad_value`."""
    for field, value in (("code", code), ("name", name)):
        if not value.strip():
            raise Invalid("missing_field", f"an organisation needs a {field}", field=field)
    check_widths(table_of(Organisation), {"code": code, "name": name})
    add_organisation(connection, district, code, name=name)
    note(connection, district, replace(entry, subject=f"{code} {name}"))


def new_department(connection: Connection, district: str, row: DepartmentRow, *, entry: Noted) -> None:
    """Add a department, and tell the audit of it.

    Raises Invalid `taken`, `missing_field`, `bad_value` (code, kind), `too_long`, `unknown_organisation`.
    """
    if any(sign.isspace() or not sign.isprintable() for sign in row.code) or "/" in row.code:
        raise Invalid("bad_value", "a code has no blanks and no slash", field="code")
    if row.code in (".", ".."):
        raise Invalid("bad_value", "no address of a page can end in this code", field="code")
    _check_organisation(connection, district, row.organisation)
    add_department(connection, district, row.card, group=row.group, organisation=row.organisation)
    note(connection, district, replace(entry, subject=f"{row.code} {_told(row)}"))


def change_department(
    connection: Connection, district: str, row: DepartmentRow, *, rules: RoleRules, entry: Noted
) -> bool:
    """Make a department what `row` says and tell the audit what changed; False when nothing does.

    The caller has looked whether cases name a department that would handle none any more. Raises NotFound
    `unknown_department`, Invalid (`missing_field`, `bad_value`, `too_long`, `unknown_organisation`), NotPermitted
    `separation` when people with roles of the centre would work where cases are handled (flow.md 1, rule 1a).
    """
    hold_department(connection, district, row.code, is_changed=True)
    before = department_row(connection, district, row.code)
    if not row.name.strip():
        raise Invalid("missing_field", "a department needs a name", field="name")
    if row.kind not in DEPARTMENT_KINDS:
        kinds = sorted(DEPARTMENT_KINDS)
        raise Invalid("bad_value", f"kind must be one of {', '.join(kinds)}", field="kind", choices=kinds)
    _check_organisation(connection, district, row.organisation)
    if row.kind in HANDLING_KINDS and before.kind not in HANDLING_KINDS:
        _check_separation(connection, district, row.code, rules=rules)
    changed = [
        f"{field.name}: {getattr(before, field.name)} -> {getattr(row, field.name)}"
        for field in fields(DepartmentRow)
        if field.name != "people_count" and getattr(before, field.name) != getattr(row, field.name)
    ]
    if not changed:
        return False
    values = {
        "name": row.name,
        "kind": row.kind,
        "area": row.area,
        "organisation": row.organisation,
        "group_name": row.group,
        "is_active": row.is_active,
    }
    check_widths(table_of(Department), values)
    own = (_DEPARTMENT.district == district, _DEPARTMENT.code == row.code)
    connection.execute(update(Department).where(*own).values(values))
    note(connection, district, replace(entry, subject=f"{row.code} {'; '.join(changed)}"))
    return True


def _check_organisation(connection: Connection, district: str, code: str | None) -> None:
    if code is not None and code not in dict(organisations(connection, district)):
        text = f"there is no organisation {code!r}"
        raise Invalid("unknown_organisation", text, field="organisation", organisation=code)


def _check_separation(connection: Connection, district: str, code: str, *, rules: RoleRules) -> None:
    """Whether nobody who works there holds a role of the centre. Raises NotPermitted `separation`."""
    query = select(_USER.roles).where(
        _USER.district == district, _USER.department == code, _USER.is_active.is_(True)
    )
    held = {role for roles in connection.scalars(query) for role in roles.split()}
    centre = sorted(held & rules.centre)
    if centre:
        text = f"people of {code} hold roles of the centre: it cannot handle cases"
        raise NotPermitted("separation", text, roles=centre, field="kind")


def _told(row: DepartmentRow) -> str:
    parts = (row.name, row.kind, row.area, row.organisation, row.group)
    return " / ".join(part for part in parts if part)


def _select() -> Select[Any]:
    people = (
        select(func.count())
        .select_from(table_of(User))
        .where(
            _USER.district == _DEPARTMENT.district,
            _USER.department == _DEPARTMENT.code,
            _USER.is_active.is_(True),
        )
        .scalar_subquery()
    )
    return select(
        _DEPARTMENT.code,
        _DEPARTMENT.name,
        _DEPARTMENT.kind,
        _DEPARTMENT.area,
        _DEPARTMENT.organisation,
        _DEPARTMENT.group_name,
        _DEPARTMENT.is_active,
        people,
    )


def _row(row: Sequence[Any]) -> DepartmentRow:
    code, name, kind, area, organisation, group, is_active, people_count = row
    return DepartmentRow(code, name, kind, area, organisation, group, bool(is_active), people_count)
