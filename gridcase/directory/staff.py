"""Changes to people who are there already: posts, department, area, whether they still work here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from gridcase.db import table_of
from gridcase.directory.credentials import end_other_sessions, revoke_tokens
from gridcase.directory.models import User
from gridcase.directory.queries import find_department
from gridcase.directory.service import RoleRules, check_roles_allowed, check_roles_known, check_widths
from gridcase.errors import Invalid, NotFound, NotPermitted

_USER = table_of(User).c
ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class UserChange:
    """The user `name` as they shall be; `department` None = none. `is_active` False: they do not work here any more."""

    name: str
    display_name: str
    phone: str
    roles: tuple[str, ...]
    department: str | None
    area: str
    is_active: bool = True


def change_user(
    connection: Connection, district: str, change: UserChange, *, rules: RoleRules, now: datetime
) -> None:
    """Make a user what `change` says; who leaves loses every session and token at once.

    Raises NotFound `unknown_user`, Invalid (`missing_field`, `unknown_role`, `unknown_department`, `too_long`),
    NotPermitted (`separation`, `roles_merged`, `last_administrator`).
    """
    name = change.name
    check_roles_known(change.roles, rules)
    department = find_department(connection, district, change.department) if change.department else None
    if change.department and department is None:
        text = f"there is no department {change.department!r}"
        raise Invalid("unknown_department", text, field="department", department=change.department)
    check_roles_allowed(change.roles, department, rules)
    values = {
        "display_name": change.display_name or name,
        "phone": change.phone,
        "roles": f" {' '.join(dict.fromkeys(change.roles))} ",
        "department": change.department,
        "area": change.area,
        "is_active": change.is_active,
    }
    check_widths(table_of(User), values)
    own = (_USER.district == district, _USER.name == name)
    if connection.execute(update(User).where(*own).values(values)).rowcount == 0:
        raise NotFound("unknown_user", f"there is no user {name!r}", user=name)
    if not _administrators(connection, district):
        raise NotPermitted("last_administrator", "somebody has to be left who looks after the people")
    if not change.is_active:
        end_other_sessions(connection, district, name, now=now)
        revoke_tokens(connection, district, name, now=now)


def _administrators(connection: Connection, district: str) -> int:
    return connection.execute(
        select(func.count())
        .select_from(table_of(User))
        .where(_USER.district == district, _USER.is_active, _USER.roles.like(f"% {ADMINISTRATOR} %"))
    ).scalar_one()
