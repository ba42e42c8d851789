"""The people of an installation as a list, for those who look after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from gridcase.db import table_of
from gridcase.directory.models import User

_USER = table_of(User).c


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as an administrator sees it; nothing secret is in it."""

    name: str
    display_name: str
    roles: tuple[str, ...]
    department: str | None
    area: str
    is_active: bool
    has_password: bool
    phone: str = ""
    has_device: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """Whose name or shown name holds `search`, who hold `role`; at most `limit`, beginning behind the name `after`."""

    search: str = ""
    role: str = ""
    after: str = ""
    limit: int | None = None


def list_users(connection: Connection, district: str, sought: Sought = Sought()) -> list[UserRow]:
    """Users by name, those who left included."""
    query = _select().where(_USER.district == district, _USER.name > sought.after)
    if sought.search:
        columns = (_USER.name, _USER.display_name)
        query = query.where(or_(*(column.contains(sought.search, autoescape=True) for column in columns)))
    if sought.role:
        query = query.where(_USER.roles.contains(f" {sought.role} ", autoescape=True))
    return [_row(row) for row in connection.execute(query.order_by(_USER.name).limit(sought.limit))]


def find_user(connection: Connection, district: str, name: str) -> UserRow | None:
    """The user of this name, also one who left, or None."""
    if "\0" in name:
        return None
    row = connection.execute(_select().where(_USER.district == district, _USER.name == name)).first()
    return _row(row) if row is not None else None


def _select() -> Select[Any]:
    return select(
        _USER.name,
        _USER.display_name,
        _USER.roles,
        _USER.department,
        _USER.area,
        _USER.is_active,
        _USER.password_hash.is_not(None),
        _USER.phone,
        _USER.totp_secret.is_not(None),
    )


def _row(row: Sequence[Any]) -> UserRow:
    name, display_name, roles, department, area, is_active, has_password, phone, has_device = row
    return UserRow(
        name,
        display_name,
        tuple(roles.split()),
        department,
        area,
        bool(is_active),
        bool(has_password),
        phone,
        bool(has_device),
    )
