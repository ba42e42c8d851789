"""How the rows of an imported table are shown: the columns of each kind, and what a change does to each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gridcase.cases.catalogue_file import ConditionRow
from gridcase.cases.import_kinds import CALENDAR, CATEGORIES, RULES
from gridcase.cases.responsibility import Rule
from gridcase.clock import CalendarRow
from gridcase.tables import Changes

# Rows of each part that are shown at first.
FIRST_ROWS = 100


@dataclass(frozen=True)
class Table:
    """The columns of a kind, and the texts of a row in them; `file_…` those of a file of them."""

    columns: tuple[str, ...]
    cells: Callable[[Any], tuple[str, ...]]
    file_columns: tuple[str, ...]
    file_cells: Callable[[Any], tuple[str, ...]]


def _rule_cells(rule: Rule) -> tuple[str, ...]:
    return (
        rule.category, rule.area, rule.owner, rule.department, str(rule.priority), _day(rule.span.valid_from),
        _day(rule.span.valid_to), rule.note,
    )  # fmt: skip


def _rule_line(rule: Rule) -> tuple[str, ...]:
    category = (rule.kind, rule.main_code, rule.sub_code)
    cells = _rule_cells(rule)
    return (*category, cells[1], cells[3], cells[2], *cells[4:])


def _condition_cells(row: ConditionRow) -> tuple[str, ...]:
    return (
        "/".join(row.category), row.main_name, row.sub_name, str(row.condition_no), row.condition,
        row.closing_condition, row.limit_text, row.limit_note,
    )  # fmt: skip


def _condition_line(row: ConditionRow) -> tuple[str, ...]:
    return (
        row.standard, row.kind, row.main_code, row.main_name, row.sub_code, row.sub_name, str(row.condition_no),
        row.condition, row.closing_condition, row.limit_text,
    )  # fmt: skip


def _day_cells(row: CalendarRow) -> tuple[str, ...]:
    return (row.on.isoformat(), row.kind, row.name)


def _day(value: object) -> str:
    return str(value) if value else ""


TABLES: dict[str, Table] = {
    RULES: Table(
        ("category", "area", "owner", "department", "priority", "valid_from", "valid_to", "note"),
        _rule_cells,
        (
            "kind", "main_code", "sub_code", "area", "department", "owner", "priority", "valid_from", "valid_to",
            "note",
        ),
        _rule_line,
    ),
    CATEGORIES: Table(
        (
            "category", "main_name", "sub_name", "condition_no", "condition", "closing_condition", "limit",
            "limit_note",
        ),
        _condition_cells,
        (
            "standard", "kind", "main_code", "main_name", "sub_code", "sub_name", "condition_no", "condition",
            "closing_condition", "limit",
        ),
        _condition_line,
    ),
    CALENDAR: Table(("date", "kind", "name"), _day_cells, ("date", "kind", "name"), _day_cells),
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """The rows that are added, changed or removed: `total` of them, the first ones with pairs of before and after."""

    name: str
    total: int
    lines: Sequence[Sequence[tuple[str, str]]]


def parts_of(kind: str, changes: Changes[Any], *, is_whole: bool) -> list[Part]:
    """The parts of what an import changes; the first rows of each unless all are asked for."""
    most = None if is_whole else FIRST_ROWS
    cells = TABLES[kind].cells
    pairs = {
        "added": [(row, row) for row in changes.added[:most]],
        "changed": list(changes.changed[:most]),
        "removed": [(row, row) for row in changes.removed[:most]],
    }
    totals = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
    return [
        Part(
            name, len(totals[name]), [list(zip(cells(was), cells(will), strict=True)) for was, will in found]
        )
        for name, found in pairs.items()
    ]
