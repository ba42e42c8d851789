"""The read side of notices."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from sqlalchemy import Connection, select

from gridcase.db import table_of
from gridcase.notices.models import NoticeRow
from gridcase.notices.service import Notice

_NOTICE = table_of(NoticeRow).c
_COLUMNS = tuple(_NOTICE[field.name] for field in fields(Notice))


def notices(
    connection: Connection,
    district: str,
    *,
    kind: str | None = None,
    department: str | None = None,
    days: tuple[date, date] | None = None,
) -> list[Notice]:
    """The notices of a district by day, kind and department; `days` are the first and the last China date."""
    query = select(*_COLUMNS).where(_NOTICE.district == district)
    if kind is not None:
        query = query.where(_NOTICE.kind == kind)
    if department is not None:
        query = query.where(_NOTICE.department == department)
    if days is not None:
        query = query.where(_NOTICE.on_day.between(*days))
    rows = connection.execute(query.order_by(_NOTICE.on_day, _NOTICE.kind, _NOTICE.department))
    return [Notice(*row) for row in rows]


def notices_of_case(connection: Connection, district: str, number: str) -> list[Notice]:
    """The notices about one case in the order in which they were stored."""
    query = (
        select(*_COLUMNS)
        .where(_NOTICE.district == district, _NOTICE.number == number)
        .order_by(_NOTICE.created_at, _NOTICE.dedupe_key)
    )
    return [Notice(*row) for row in connection.execute(query)]
