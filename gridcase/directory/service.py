"""Changes to the directory: departments, areas, users with their posts; the rules of flow.md 1 about who may be what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from gridcase.db import table_of
from gridcase.directory.models import Area, Department, Organisation, SiteFact, User
from gridcase.directory.people import DEPARTMENT_KINDS, DESK_ROLES, HANDLING_KINDS, Actor, DepartmentCard
from gridcase.directory.queries import find_actor, find_department
from gridcase.errors import Invalid, NotFound, NotPermitted

# Addresses that would never reach the page of such a person.
_NAMES_OF_PAGES = frozenset({"new", ".", ".."})


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to be added; `area` None = the whole district; `password_hash` None = no sign-in by password."""

    name: str
    roles: tuple[str, ...]
    department: str | None = None
    area: str | None = None
    display_name: str = ""
    phone: str = ""
    password_hash: str | None = None


@dataclass(frozen=True)
class RoleRules:
    """What the definitions and settings say of roles: which are known, which belong to the centre, which may merge."""

    known: frozenset[str]
    centre: frozenset[str]
    merge: tuple[frozenset[str], ...] = ()


def add_organisation(connection: Connection, district: str, code: str, *, name: str) -> None:
    """Add a body that departments belong to. Raises Invalid `taken` when the code is in use."""
    table = table_of(Organisation)
    known = connection.execute(
        select(table.c.code).where(table.c.district == district, table.c.code == code)
    ).first()
    if known:
        raise Invalid("taken", f"the organisation {code!r} exists already", field="code", value=code)
    connection.execute(insert(table).values(district=district, code=code, name=name))


def add_department(
    connection: Connection,
    district: str,
    card: DepartmentCard,
    *,
    group: str = "",
    organisation: str | None = None,
) -> DepartmentCard:
    """Add a department. Raises Invalid `taken`, `bad_value` (kind), `missing_field` (code, name)."""
    for field, value in (("code", card.code), ("name", card.name)):
        if not value.strip():
            raise Invalid("missing_field", f"a department needs a {field}", field=field)
    if card.kind not in DEPARTMENT_KINDS:
        kinds = sorted(DEPARTMENT_KINDS)
        raise Invalid("bad_value", f"kind must be one of {', '.join(kinds)}", field="kind", choices=kinds)
    if find_department(connection, district, card.code) is not None:
        raise Invalid("taken", f"the department {card.code!r} exists already", field="code", value=card.code)
    values = {
        "district": district,
        "code": card.code,
        "name": card.name,
        "kind": card.kind,
        "area": card.area,
        "organisation": organisation,
        "group_name": group,
        "is_active": card.is_active,
    }
    check_widths(table_of(Department), values)
    connection.execute(insert(Department).values(values))
    return card


def check_widths(table: Table, values: Mapping[str, Any]) -> None:
    """Refuse what its column cannot keep. Raises Invalid `too_long` or `bad_value` with the field."""
    for name, value in values.items():
        longest = getattr(table.c[name].type, "length", None)
        if not isinstance(value, str):
            continue
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise Invalid("bad_value", f"{name} holds a character that is no text", field=name)
        if longest is not None and len(value) > longest:
            text = f"{name} is longer than {longest} characters"
            raise Invalid("too_long", text, field=name, max_length=longest)


def add_user(
    connection: Connection, district: str, new: NewUser, *, rules: RoleRules, now: datetime
) -> Actor:
    """Add a person with posts.

    Raises Invalid (`taken`, `missing_field`, `bad_value`, `unknown_role`, `unknown_department`) and NotPermitted: `separation`
    when somebody of a handling department would get a centre role, `roles_merged` for two desk roles in one hand
    that the setting `roles.merge` does not allow (flow.md 1 and 2).
    """
    if not new.name.strip() or any(blank in new.name for blank in " \t\r\n"):
        raise Invalid("missing_field", "a user needs a name without blanks", field="name")
    if not new.name.isprintable() or "/" in new.name or new.name in _NAMES_OF_PAGES:
        text = "a user's name has no slash and no signs that nobody sees, and is none of new . and .."
        raise Invalid("bad_value", text, field="name")
    check_post(connection, district, new.roles, department=new.department, rules=rules)
    table = table_of(User)
    if connection.execute(
        select(table.c.name).where(table.c.district == district, table.c.name == new.name)
    ).first():
        raise Invalid("taken", f"the user {new.name!r} exists already", field="name", value=new.name)
    values = {
        "district": district,
        "name": new.name,
        "display_name": new.display_name or new.name,
        "phone": new.phone,
        "department": new.department,
        "area": new.area or district,
        "roles": f" {' '.join(dict.fromkeys(new.roles))} ",
        "password_hash": new.password_hash,
        "is_active": True,
        "created_at": now,
    }
    check_widths(table, values)
    connection.execute(insert(table).values(values))
    actor = find_actor(connection, district, new.name)
    if actor is None:
        raise NotFound("unknown_user", "the user that was just written cannot be read", user=new.name)
    return actor


def check_post(
    connection: Connection, district: str, roles: Sequence[str], *, department: str | None, rules: RoleRules
) -> None:
    """Whether somebody of a department (code, None = none) may hold these roles (flow.md 1 and 2).

    Raises Invalid (`missing_field`, `unknown_role`, `unknown_department`), NotPermitted (`separation`, `roles_merged`).
    """
    check_roles_known(roles, rules)
    if department:
        hold_department(connection, district, department)
    card = find_department(connection, district, department) if department else None
    if department and card is None:
        text = f"there is no department {department!r}"
        raise Invalid("unknown_department", text, field="department", department=department)
    check_roles_allowed(roles, card, rules)


def hold_department(connection: Connection, district: str, code: str, *, is_changed: bool = False) -> None:
    """Let this transaction and one that changes the department wait for each other.

    Else somebody of the centre could begin to work there in the moment in which it begins to handle cases.
    """
    table = table_of(Department)
    query = select(table.c.code).where(table.c.district == district, table.c.code == code)
    connection.execute(query.with_for_update(read=not is_changed)).all()


def check_roles_known(roles: Sequence[str], rules: RoleRules) -> None:
    """Raises Invalid `missing_field` without any role, `unknown_role` for one that no definition lists."""
    if not roles:
        raise Invalid("missing_field", "a user needs a role", field="roles")
    for role in roles:
        if role not in rules.known:
            raise Invalid("unknown_role", f"no workflow knows the role {role!r}", field="roles", role=role)


def check_roles_allowed(roles: Sequence[str], department: DepartmentCard | None, rules: RoleRules) -> None:
    """Separation and merged desk roles (flow.md 1 rule 1a, flow.md 2). Raises NotPermitted."""
    centre = [role for role in roles if role in rules.centre]
    if centre and department is not None and department.kind in HANDLING_KINDS:
        raise NotPermitted(
            "separation",
            f"{department.code} handles cases: its people hold no role of the centre",
            roles=centre,
        )
    desks = frozenset(role for role in roles if role in DESK_ROLES)
    pairs = {frozenset((one, other)) for one in desks for other in desks if one != other}
    if not pairs <= set(rules.merge):
        raise NotPermitted(
            "roles_merged", "one person may not hold these desk roles together", roles=sorted(desks)
        )


def set_password(connection: Connection, district: str, name: str, *, password_hash: str) -> None:
    """Set a user's password hash. Raises NotFound `unknown_user`."""
    table = table_of(User)
    statement = update(table).where(table.c.district == district, table.c.name == name)
    if connection.execute(statement.values(password_hash=password_hash)).rowcount == 0:
        raise NotFound("unknown_user", f"there is no user {name!r}", user=name)


def store_areas(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the areas of an empty database: rows of the table `area`."""
    values = list(rows)
    if values:
        connection.execute(insert(Area), values)


# Site facts of a demo: that it is one, and by how many seconds its own clock differs from the machine's.
DEMO_MARK = "demo"
CLOCK_OFFSET = "clock_offset_s"


def site_fact(connection: Connection, district: str, name: str) -> str | None:
    """A named fact about this database, or None."""
    table = table_of(SiteFact)
    return connection.execute(
        select(table.c.value).where(table.c.district == district, table.c.name == name)
    ).scalar()


def set_site_fact(connection: Connection, district: str, name: str, *, value: str) -> None:
    """Write a named fact about this database."""
    table = table_of(SiteFact)
    keys = (table.c.district == district, table.c.name == name)
    if connection.execute(update(table).where(*keys).values(value=value)).rowcount == 0:
        connection.execute(insert(table).values(district=district, name=name, value=value))
