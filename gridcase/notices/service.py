"""Stores notices, each once, however often and by how many processes it is asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.db import table_of
from gridcase.notices.models import NoticeRow


@dataclass(frozen=True, slots=True)
class Notice:
    """A message on a China date to a department, or to whoever holds a role; `number` is the case it is about.

    With neither it goes to the reporter of that case. Two notices of a district with one `dedupe_key` are the same.
    """

    kind: str
    department: str | None
    on_day: date
    text: str
    created_at: datetime
    dedupe_key: str
    role: str | None = None
    number: str | None = None


def store(connection: Connection, district: str, notice: Notice) -> bool:
    """Store the notice unless its district has one of this key; answers whether it is new.

    The one that is there stays as it is, text and all. Runs in the caller's write transaction.
    """
    insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    table = table_of(NoticeRow)
    statement = insert(table).values(district=district, **asdict(notice)).on_conflict_do_nothing()
    return connection.execute(statement.returning(table.c.dedupe_key)).first() is not None
