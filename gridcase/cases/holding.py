"""Holds the rows of cases until the end of a transaction, where a lost race or a second case asks for it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from gridcase.cases.models import Case
from gridcase.db import table_of

_CASE = table_of(Case).c


def hold_cases(connection: Connection, district: str, numbers: Collection[str]) -> None:
    """Keep everybody else from moving these cases until this transaction ends.

    Rows are taken in one order, so that two acts never wait for each other. SQLite has one writer at a time and
    needs no lock.
    """
    if connection.dialect.name == "sqlite":
        return
    rows = select(_CASE.number).where(_CASE.district == district, _CASE.number.in_(numbers))
    connection.execute(rows.order_by(_CASE.number).with_for_update()).all()
