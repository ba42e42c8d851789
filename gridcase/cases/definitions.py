"""Stored texts of workflow versions: a running case stays on the words it began with (flow.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from gridcase.cases.book import Desk
from gridcase.cases.models import Case, DefinitionText
from gridcase.cases.store import Batch
from gridcase.db import table_of
from gridcase.engine import Definition, Flows, Stored, lint_versions
from gridcase.errors import Fault

_TEXT = table_of(DefinitionText).c


def stored_versions(connection: Connection, district: str) -> dict[tuple[str, int], Stored]:
    """The texts that were used before, each with how many cases are open on it."""
    open_counts = {
        (name, version): count
        for name, version, count in connection.execute(
            select(Case.workflow, Case.definition_version, func.count())
            .where(Case.district == district, Case.is_open)
            .group_by(Case.workflow, Case.definition_version)
        )
    }
    rows = connection.execute(select(_TEXT.name, _TEXT.version, _TEXT.text).where(_TEXT.district == district))
    return {
        (name, version): Stored(text, open_counts.get((name, version), 0)) for name, version, text in rows
    }


def version_faults(connection: Connection, district: str, files: Mapping[str, bytes | str]) -> list[Fault]:
    """`version_not_raised` for each version whose text differs from the stored one."""
    return lint_versions(files, stored_versions(connection, district))


def store_versions(connection: Connection, district: str, flows: Flows, *, now: datetime) -> None:
    """Store the text of every version that is not stored yet."""
    known = stored_versions(connection, district)
    new = [
        {"district": district, "name": name, "version": version, "text": definition.text, "stored_at": now}
        for (name, version), definition in flows.by_version.items()
        if (name, version) not in known
    ]
    if new:
        connection.execute(insert(DefinitionText), new)


def keep_version(desk: Desk, definition: Definition) -> None:
    """Store the text of a version that is used for the first time, with its first case (flow.md 9, `version`)."""
    key = (definition.name, definition.version)
    if key in desk.book.stored:
        return
    is_stored = desk.connection.execute(
        select(_TEXT.version).where(
            _TEXT.district == desk.district, _TEXT.name == key[0], _TEXT.version == key[1]
        )
    ).first()
    if is_stored:
        # Only what an earlier act committed may be remembered: this one may still be rolled back.
        desk.book.stored.add(key)
        return
    batch = Batch(desk.dialect)
    values = {"district": desk.district, "name": key[0], "version": key[1], "text": definition.text}
    batch.add(table_of(DefinitionText), "ignore", {**values, "stored_at": desk.now})
    desk.send(batch)
