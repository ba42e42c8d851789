"""Changes to people who are there already: posts, department, area, whether they still work here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from gridcase.db import table_of
from gridcase.directory.audit import Noted, note
from gridcase.directory.credentials import end_other_sessions, revoke_tokens
from gridcase.directory.listing import find_user
from gridcase.directory.lockout import ACCOUNT, Key, forget_failures
from gridcase.directory.models import User
from gridcase.directory.second_factor import remove_device
from gridcase.directory.service import RoleRules, check_post, check_widths, set_password
from gridcase.errors import NotFound, NotPermitted

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
    _hold_administrators(connection, district)
    check_post(connection, district, change.roles, department=change.department, rules=rules)
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


def reset_password(
    connection: Connection, district: str, name: str, *, password_hash: str, entry: Noted
) -> int:
    """Give a user another password: every session and any lock of theirs ends; answers how many sessions did.

    `entry` is what the audit is told. Raises NotFound `unknown_user`.
    """
    set_password(connection, district, name, password_hash=password_hash)
    forget_failures(connection, district, Key(ACCOUNT, name))
    note(connection, district, entry)
    return end_other_sessions(connection, district, name, now=entry.at)


def unbind_device(connection: Connection, district: str, name: str, *, entry: Noted) -> int | None:
    """Take the device of the second factor away: every session of the user ends; answers how many did.

    None, and nothing is done, without a device. `entry` is what the audit is told. Raises NotFound `unknown_user`.
    """
    if find_user(connection, district, name) is None:
        raise NotFound("unknown_user", f"there is no user {name!r}", user=name)
    if not remove_device(connection, district, name):
        return None
    note(connection, district, entry)
    return end_other_sessions(connection, district, name, now=entry.at)


def _hold_administrators(connection: Connection, district: str) -> None:
    """Let other changes wait for this one: two administrators who send each other away would both find the other."""
    query = select(_USER.name).where(_is_administrator(district)).order_by(_USER.name)
    connection.execute(query.with_for_update()).all()


def _administrators(connection: Connection, district: str) -> int:
    query = select(func.count()).select_from(table_of(User)).where(_is_administrator(district))
    return connection.execute(query).scalar_one()


def _is_administrator(district: str) -> ColumnElement[bool]:
    return and_(_USER.district == district, _USER.is_active, _USER.roles.like(f"% {ADMINISTRATOR} %"))
