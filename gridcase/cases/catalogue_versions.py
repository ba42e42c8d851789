"""The versions of a category table, as imports made them: when, from which file, and what each changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from gridcase.cases.catalogue_file import ConditionRow
from gridcase.cases.catalogue_models import CatalogueVersion
from gridcase.db import table_of
from gridcase.tables import Changes

_VERSION = table_of(CatalogueVersion).c


@dataclass(frozen=True)
class Version:
    """One import that changed the table of a standard."""

    number: int
    imported_at: datetime
    file_name: str
    changes: Changes[ConditionRow]


def versions(connection: Connection, district: str, standard: str) -> list[Version]:
    """The versions of a standard, the newest first; the table as it was first loaded is version 1 and not among them."""
    query = (
        select(_VERSION.version, _VERSION.imported_at, _VERSION.file_name, _VERSION.changes)
        .where(_VERSION.district == district, _VERSION.standard == standard)
        .order_by(_VERSION.version.desc())
    )
    return [
        Version(number, imported_at, file_name, _changes(text))
        for number, imported_at, file_name, text in connection.execute(query)
    ]


def _changes(text: str) -> Changes[ConditionRow]:
    pairs = [(_row(before), _row(after)) for before, after in json.loads(text)]
    return Changes(
        added=tuple(after for before, after in pairs if before is None and after is not None),
        changed=tuple((before, after) for before, after in pairs if before is not None and after is not None),
        removed=tuple(before for before, after in pairs if before is not None and after is None),
    )


def _row(values: dict[str, Any] | None) -> ConditionRow | None:
    return ConditionRow(**values) if values is not None else None
