"""Reads on-site checks and slips of a period: the newest import of each kind, line by line."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, and_, func, select

from gridcase.db import table_of
from gridcase.evaluation.onsite.models import ExamSlip, OnsiteCheck

_CHECK, _SLIP = table_of(OnsiteCheck), table_of(ExamSlip)


def checks_of(
    connection: Connection, district: str, period: str, *, kind: str, unit: str | None = None
) -> list[dict[str, Any]]:
    """The lines behind the newest score of each unit by checks of a kind: unit, date, verdict, and the fields read."""
    is_asked = and_(_CHECK.c.district == district, _CHECK.c.period == period, _CHECK.c.kind == kind)
    if unit is not None:
        is_asked = and_(is_asked, _CHECK.c.unit == unit)
    newest = (
        select(_CHECK.c.unit, func.max(_CHECK.c.version).label("version"))
        .where(is_asked)
        .group_by(_CHECK.c.unit)
        .subquery()
    )
    statement = (
        select(_CHECK)
        .join(newest, and_(_CHECK.c.unit == newest.c.unit, _CHECK.c.version == newest.c.version))
        .where(is_asked)
        .order_by(_CHECK.c.unit, _CHECK.c.no)
    )
    return [
        {
            **json.loads(row["fields"]),
            "unit": row["unit"],
            "checked_on": row["checked_on"].isoformat(),
            "passed": row["passed"],
            "version": row["version"],
        }
        for row in connection.execute(statement).mappings()
    ]


def slips_of(
    connection: Connection, district: str, period: str, *, unit: str | None = None
) -> list[dict[str, Any]]:
    """The slips of a period, those due first before the others."""
    statement = select(_SLIP).where(_SLIP.c.district == district, _SLIP.c.period == period)
    if unit is not None:
        statement = statement.where(_SLIP.c.unit == unit)
    order = (_SLIP.c.deadline_on, _SLIP.c.unit, _SLIP.c.version, _SLIP.c.no)
    rows = connection.execute(statement.order_by(*order)).mappings()
    return [
        {name: value for name, value in row.items() if name not in ("district", "period")} for row in rows
    ]
