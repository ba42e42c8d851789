"""The read side of the directory: actors, departments and areas by their codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from gridcase.db import table_of
from gridcase.directory.models import Area, CalendarDay, Department, User
from gridcase.directory.people import TERRITORIAL_KINDS, Actor, DepartmentCard

_USER = table_of(User).c
_DEPARTMENT = table_of(Department).c

ACTOR_COLUMNS = (_USER.name, _USER.display_name, _USER.roles, _USER.area, _USER.department, _USER.phone)


def actor_of_row(row: Sequence[Any]) -> Actor:
    """The actor of a row of ACTOR_COLUMNS."""
    name, display_name, roles, area, department, phone = row
    return Actor(name, display_name, tuple(roles.split()), area, department, phone)


@lru_cache(maxsize=1)
def _select_actor() -> Select[Any]:
    return select(*ACTOR_COLUMNS).where(
        _USER.district == bindparam("district"), _USER.name == bindparam("name"), _USER.is_active
    )


def find_actor(connection: Connection, district: str, name: str) -> Actor | None:
    """The active user of this name, or None."""
    row = connection.execute(_select_actor(), {"district": district, "name": name}).first()
    return actor_of_row(row) if row else None


def actors_in_role(
    connection: Connection, district: str, role: str, *, department: str | None = None
) -> list[Actor]:
    """The active users who hold a role, by name; of one department only when it is given."""
    query = select(*ACTOR_COLUMNS).where(
        _USER.district == district, _USER.is_active, _USER.roles.like(f"% {role} %")
    )
    if department is not None:
        query = query.where(_USER.department == department)
    return [actor_of_row(row) for row in connection.execute(query.order_by(_USER.name))]


_CARD_COLUMNS = (
    _DEPARTMENT.code,
    _DEPARTMENT.name,
    _DEPARTMENT.kind,
    _DEPARTMENT.area,
    _DEPARTMENT.is_active,
)


@lru_cache(maxsize=1)
def _select_card() -> Select[Any]:
    return select(*_CARD_COLUMNS).where(
        _DEPARTMENT.district == bindparam("district"), _DEPARTMENT.code == bindparam("code")
    )


def find_department(connection: Connection, district: str, code: str) -> DepartmentCard | None:
    """The department of this code, or None."""
    row = connection.execute(_select_card(), {"district": district, "code": code}).first()
    return DepartmentCard(*row) if row else None


def departments(
    connection: Connection, district: str, *, handling_only: bool = False
) -> list[DepartmentCard]:
    """All departments by code; `handling_only` leaves out the offices of the centre."""
    rows = connection.execute(
        select(*_CARD_COLUMNS).where(_DEPARTMENT.district == district).order_by(_DEPARTMENT.code)
    )
    cards = [DepartmentCard(*row) for row in rows]
    return [card for card in cards if card.handles] if handling_only else cards


def territorial_department(
    connection: Connection, district: str, *, community: str, street: str
) -> DepartmentCard | None:
    """The active unit of the territory (属地): the community's own, else the street's; the first by code."""
    rows = connection.execute(
        select(*_CARD_COLUMNS)
        .where(
            _DEPARTMENT.district == district,
            _DEPARTMENT.kind.in_(TERRITORIAL_KINDS),
            _DEPARTMENT.area.in_([community, street]),
            _DEPARTMENT.is_active,
        )
        .order_by(_DEPARTMENT.code)
    )
    cards = [DepartmentCard(*row) for row in rows]
    return min(cards, key=lambda card: card.area != community, default=None)


def areas(connection: Connection, district: str, level: str) -> list[dict[str, Any]]:
    """The areas of a level by code: `code`, `name`, `parent`, `area_class`, `valid_from`, `valid_to`."""
    table = table_of(Area).c
    rows = connection.execute(
        select(table.code, table.name, table.parent, table.area_class, table.valid_from, table.valid_to)
        .where(table.district == district, table.level == level)
        .order_by(table.code)
    )
    return [dict(row) for row in rows.mappings()]


def calendar_rows(connection: Connection, district: str) -> list[tuple[date, str, str]]:
    """An administrator's rows of the working calendar: date, kind (holiday or workday), name."""
    table = table_of(CalendarDay).c
    rows = connection.execute(
        select(table.on_day, table.kind, table.name).where(table.district == district).order_by(table.on_day)
    )
    return [(on, kind, name) for on, kind, name in rows]
