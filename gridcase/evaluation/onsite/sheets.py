"""Reads exam sheets (实地考评表) from workflows/exams/: items, points, what a finding costs, until when it is put right."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from gridcase.errors import DefinitionError, Fault, nearest_name
from gridcase.evaluation.onsite.scores import ExamItem
from gridcase.evaluation.scheme_tables import Faults, TableReader

_MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet in one version."""

    name: str
    version: int
    title: str
    items: tuple[ExamItem, ...]

    def item(self, code: str) -> ExamItem | None:
        """The item of this code, or None."""
        return next((item for item in self.items if item.code == code), None)


def parse_sheet(text: str, file: str) -> Sheet:
    """The sheet of a TOML text. Raises DefinitionError with every fault."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise DefinitionError([Fault(file, "", "bad_file", str(error) or "nested too deeply")]) from error
    faults = Faults(file, text)
    top = TableReader(table, (), faults)
    name = top.text("name")
    sheet = Sheet(name, top.whole("version", None, low=1), top.text("title", name or "sheet"), _items(top))
    top.finish()
    if found := faults.in_order():
        raise DefinitionError(found)
    return sheet


def _items(top: TableReader) -> tuple[ExamItem, ...]:
    items: list[ExamItem] = []
    for table in top.tables("item", is_needed=True):
        item = ExamItem(
            code=table.text("code"),
            label=table.text("label"),
            points=table.number("points", low=0),
            per=table.number("per", low=0),
            days=table.whole("days", None, low=0, high=_MOST_DAYS),
            needs_photo=table.flag("photo", True),
        )
        table.finish()
        if item.points == 0:
            table.fault("points", "bad_value", "an item has more than 0 points")
        if any(item.code == other.code for other in items):
            table.fault("code", "duplicate_name", f'"{item.code}" stands twice')
        items.append(item)
    return tuple(items)


def find_sheet(folder: Path, name: str) -> Sheet:
    """The sheet of this name in its newest version. Raises DefinitionError `unknown_sheet`, or the faults of the files."""
    sheets: list[Sheet] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            text = file.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise DefinitionError([Fault(str(file), "", "bad_file", str(error))]) from error
        sheets.append(parse_sheet(text, str(file)))
    found = [sheet for sheet in sheets if sheet.name == name]
    if not found:
        nearest = nearest_name(name, [sheet.name for sheet in sheets])
        hint = f', nearest is "{nearest}"' if nearest else ""
        raise DefinitionError(
            [Fault(str(folder), "", "unknown_sheet", f'there is no exam sheet "{name}"{hint}')]
        )
    return max(found, key=lambda sheet: sheet.version)
