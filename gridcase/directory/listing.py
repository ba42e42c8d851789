"""The people of an installation as a list, for those who look after it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from gridcase.db import table_of
from gridcase.directory.models import User


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


def list_users(connection: Connection, district: str) -> list[UserRow]:
    """All users by name, those who left included."""
    user = table_of(User).c
    columns = (user.name, user.display_name, user.roles, user.department, user.area, user.is_active)
    rows = connection.execute(
        select(*columns, user.password_hash.is_not(None)).where(user.district == district).order_by(user.name)
    )
    return [
        UserRow(
            name, display_name, tuple(roles.split()), department, area, bool(is_active), bool(has_password)
        )
        for name, display_name, roles, department, area, is_active, has_password in rows
    ]
