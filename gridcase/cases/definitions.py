"""Stored texts of workflow versions: a running case stays on the words it began with (flow.md 9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from gridcase.cases.book import Desk
from gridcase.cases.models import Case, DefinitionText
from gridcase.cases.store import Batch
from gridcase.db import table_of
from gridcase.engine import Definition, Flows, Stored, lint_versions
from gridcase.errors import Fault

_TEXT = table_of(DefinitionText).c


@dataclass(frozen=True, slots=True)
class Standing:
    """How many cases of a workflow's version are open in a state."""

    workflow: str
    version: int
    state: str
    count: int


def standings(connection: Connection, district: str) -> list[Standing]:
    """Where the open cases stand, by workflow, version and state."""
    columns = (Case.workflow, Case.definition_version, Case.state)
    rows = connection.execute(
        select(*columns, func.count()).where(Case.district == district, Case.is_open).group_by(*columns)
    )
    return sorted((Standing(*row) for row in rows), key=lambda row: (row.workflow, row.version, row.state))


def stranded_faults(connection: Connection, district: str, flows: Flows) -> list[Fault]:
    """`strands_cases` for each version and state that open cases stand in and no definition knows.

    Such a case could neither be moved nor shown: the site does not start.
    """
    return stranded(standings(connection, district), flows)


def stranded(places: Iterable[Standing], flows: Flows) -> list[Fault]:
    """As `stranded_faults`, for whoever has asked where the open cases stand."""
    faults = []
    for row in places:
        definition = flows.by_version.get((row.workflow, row.version))
        place = f"{row.workflow} version {row.version}"
        if definition is None:
            text = f'{row.count} open cases in "{row.state}" run on it, and it is neither in the folder nor stored'
            faults.append(Fault("workflows", place, "strands_cases", text))
        elif row.state not in definition.states or definition.states[row.state].terminal:
            lack = (
                "it has no such state"
                if row.state not in definition.states
                else "the state is terminal there"
            )
            text = f'{row.count} open cases stand in "{row.state}": {lack}; raise the version, or put the state back'
            faults.append(Fault("workflows", place, "strands_cases", text))
    return faults


def stored_versions(connection: Connection, district: str) -> dict[tuple[str, int], Stored]:
    """The texts that were used before, each with how many cases are open on it."""
    return stored_texts(connection, district, standings(connection, district))


def stored_texts(
    connection: Connection, district: str, places: Iterable[Standing]
) -> dict[tuple[str, int], Stored]:
    """As `stored_versions`, for whoever has asked where the open cases stand."""
    open_counts: Counter[tuple[str, int]] = Counter()
    for row in places:
        open_counts[row.workflow, row.version] += row.count
    rows = connection.execute(select(_TEXT.name, _TEXT.version, _TEXT.text).where(_TEXT.district == district))
    return {(name, version): Stored(text, open_counts[name, version]) for name, version, text in rows}


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
