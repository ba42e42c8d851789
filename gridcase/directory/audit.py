"""Who did what outside the flow: signing in, passwords, second factors, looking at personal data. Rows are only added."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select

from gridcase.db import table_of
from gridcase.directory.models import AuditEntry

_ENTRY = table_of(AuditEntry).c

# What is written down, each with its label in templates/pages/words.html.
ACTS = (
    "sign_in", "sign_in_failed", "sign_in_locked", "sign_out", "session_revoked",
    "password_changed", "second_factor_on", "second_factor_off", "reporter_shown",
    "question_answered", "user_added", "user_changed", "password_reset",
    "department_added", "department_changed", "organisation_added",
    "rules_imported", "categories_imported", "calendar_imported",
)  # fmt: skip
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Noted:
    """One entry: `subject` is what it is about (a case number, a session's device), `address` where it came from."""

    at: datetime
    actor: str
    act: str
    subject: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are looked for; empty = all. `from_at` counts in, `to_at` does not; `after` is an id.

    `subject` is the whole subject or its first word, such as the code of a department.
    """

    actor: str = ""
    act: str = ""
    subject: str = ""
    from_at: datetime | None = None
    to_at: datetime | None = None
    after: str = ""


def note(connection: Connection, district: str, entry: Noted) -> None:
    """Write an entry, in the transaction of what it tells."""
    if entry.act not in ACTS:
        raise ValueError(f"no such act: {entry.act}")
    connection.execute(
        insert(AuditEntry).values(
            district=district,
            id=_id(entry.at),
            at=entry.at,
            actor=entry.actor[:_LONGEST],
            act=entry.act,
            subject=entry.subject[:_LONGEST],
            address=entry.address[:_LONGEST],
        )
    )


def entries(
    connection: Connection, district: str, wanted: Wanted, *, limit: int
) -> Sequence[tuple[str, Noted]]:
    """The newest entries that are looked for, at most `limit`, each with its id for the next page."""
    query = select(_ENTRY.id, _ENTRY.at, _ENTRY.actor, _ENTRY.act, _ENTRY.subject, _ENTRY.address).where(
        _ENTRY.district == district
    )
    for column, value in ((_ENTRY.actor, wanted.actor), (_ENTRY.act, wanted.act)):
        if value:
            query = query.where(column == value)
    if wanted.subject:
        begins = _ENTRY.subject.startswith(f"{wanted.subject} ", autoescape=True)
        query = query.where(or_(_ENTRY.subject == wanted.subject, begins))
    if wanted.from_at is not None:
        query = query.where(_ENTRY.at >= wanted.from_at)
    if wanted.to_at is not None:
        query = query.where(_ENTRY.at < wanted.to_at)
    if wanted.after:
        query = query.where(_ENTRY.id < wanted.after)
    rows = connection.execute(query.order_by(_ENTRY.id.desc()).limit(limit))
    return [(row[0], Noted(*row[1:])) for row in rows]


def _id(at: datetime) -> str:
    """In order of time; entries of one moment in the order in which they were written."""
    written = time.time_ns() & 0xFFFFFFFFFFFFFFFF
    return f"{int(at.timestamp() * 1000):012x}{written:016x}{secrets.token_hex(2)}"
