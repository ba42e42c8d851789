"""The category table in the database: what is in force, what an import changes in it, and how it read before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from gridcase.cases.book import Desk
from gridcase.cases.catalogue import Catalogue, catalogue_of
from gridcase.cases.catalogue_file import ConditionRow
from gridcase.cases.catalogue_models import CatalogueVersion, CategoryCondition
from gridcase.cases.models import Case
from gridcase.cases.steps import dump_json
from gridcase.clock import CHINA
from gridcase.db import table_of
from gridcase.directory.service import set_site_fact, site_fact
from gridcase.tables import Changes, compare

# Differs whenever another table is in force, of whichever standard; processes that run look at it.
CATALOGUE_IN_FORCE = "catalogue_in_force"

_ROW, _VERSION, _CASE = table_of(CategoryCondition), table_of(CatalogueVersion), table_of(Case).c
_COLUMNS = tuple(_ROW.c[field.name] for field in fields(ConditionRow))
_FIRST_VERSION = 1


def store_conditions(connection: Connection, district: str, rows: Iterable[ConditionRow]) -> None:
    """Write rows that are not there yet: the category table of an empty database."""
    values = [{"district": district, **asdict(row)} for row in rows]
    if values:
        connection.execute(insert(_ROW), values)


def stored_conditions(connection: Connection, district: str, standard: str) -> list[ConditionRow]:
    """The category table in force of a standard, by key."""
    query = select(*_COLUMNS).where(_ROW.c.district == district, _ROW.c.standard == standard)
    return sorted((ConditionRow(*row) for row in connection.execute(query)), key=lambda row: row.key)


def catalogue_mark(connection: Connection, district: str) -> str | None:
    """A mark that differs whenever another table is in force; None as long as none was imported."""
    return site_fact(connection, district, CATALOGUE_IN_FORCE)


def load_catalogue(
    connection: Connection, district: str, standard: str, *, at: datetime | None = None
) -> Catalogue:
    """The catalogue of a standard in force now, or as it was at the aware moment `at`."""
    version = _newest(connection, district, standard)
    rows = stored_conditions(connection, district, standard)
    if at is None:
        return catalogue_of(standard, rows, version=version)
    known = {row.key: row for row in rows}
    for later, changed in _since(connection, district, standard, at=at):
        version = later - 1
        for before, after in changed:
            if after is not None:
                del known[after.key]
            if before is not None:
                known[before.key] = before
    return catalogue_of(standard, (known[key] for key in sorted(known)), version=version)


def catalogue_on(desk: Desk, day: date | None) -> Catalogue:
    """The catalogue in force now, or as it was at the end of a China date."""
    book = desk.book
    if day is None:
        return book.catalogue.current
    end = datetime.combine(day, time.max, CHINA)
    return load_catalogue(desk.connection, desk.district, book.catalogue.standard, at=end)


def _newest(connection: Connection, district: str, standard: str) -> int:
    query = select(func.max(_VERSION.c.version)).where(
        _VERSION.c.district == district, _VERSION.c.standard == standard
    )
    return connection.execute(query).scalar() or _FIRST_VERSION


def _since(
    connection: Connection, district: str, standard: str, *, at: datetime
) -> Iterator[tuple[int, list[tuple[ConditionRow | None, ConditionRow | None]]]]:
    """The versions that came into force after a moment, the newest first, with their pairs of before and after."""
    query = (
        select(_VERSION.c.version, _VERSION.c.changes)
        .where(_VERSION.c.district == district, _VERSION.c.standard == standard, _VERSION.c.imported_at > at)
        .order_by(_VERSION.c.version.desc())
    )
    for version, text in connection.execute(query).all():
        yield version, [(_row(before), _row(after)) for before, after in json.loads(text)]


def _row(values: dict[str, Any] | None) -> ConditionRow | None:
    return ConditionRow(**values) if values is not None else None


def category_changes(before: Iterable[ConditionRow], after: Iterable[ConditionRow]) -> Changes[ConditionRow]:
    """The differences between two category tables, each part by key."""
    return compare(before, after, key=lambda row: row.key)


def import_categories(
    connection: Connection, district: str, rows: Sequence[ConditionRow], *, file_name: str, now: datetime
) -> Changes[ConditionRow]:
    """Let these rows, all of one standard, be its category table from now on, in the caller's write transaction.

    What changed is kept row by row, before and after, as the next version. Running processes see by the mark that
    another table is in force; cases that are filed keep what they were filed by (clock.md 8).
    """
    standard = rows[0].standard
    # Written before it is read: on PostgreSQL a second import waits here until this one is committed.
    set_site_fact(connection, district, CATALOGUE_IN_FORCE, value="")
    known = stored_conditions(connection, district, standard)
    found = category_changes(known, rows)
    if found:
        connection.execute(delete(_ROW).where(_ROW.c.district == district, _ROW.c.standard == standard))
        store_conditions(connection, district, rows)
        pairs = [
            *((None, row) for row in found.added),
            *found.changed,
            *((row, None) for row in found.removed),
        ]
        told = [[asdict(row) if row is not None else None for row in pair] for pair in pairs]
        connection.execute(
            insert(_VERSION).values(
                district=district,
                standard=standard,
                version=_newest(connection, district, standard) + 1,
                imported_at=now,
                file_name=file_name,
                changes=dump_json(told),
            )
        )
    count = select(func.count()).select_from(_VERSION).where(_VERSION.c.district == district)
    imports = connection.execute(count).scalar_one()
    set_site_fact(connection, district, CATALOGUE_IN_FORCE, value=str(imports))
    return found


def unfiled_without_class(
    connection: Connection, district: str, rows: Iterable[ConditionRow]
) -> list[tuple[str, str]]:
    """Number and class of the open cases that are not filed and whose class these rows have not, by number."""
    known = {row.category for row in rows}
    query = (
        select(_CASE.number, _CASE.kind, _CASE.main_code, _CASE.sub_code)
        .where(_CASE.district == district, _CASE.is_open, _CASE.filed_at.is_(None))
        .order_by(_CASE.number)
    )
    found = connection.execute(query).all()
    return [(number, "/".join(category)) for number, *category in found if tuple(category) not in known]
