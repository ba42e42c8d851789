"""The sheet 排名: the columns of the printed ranking, group under group, and beside them the counts behind their rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridcase.evaluation.bulletin.breakdown import CaseRef
from gridcase.evaluation.bulletin.columns import COLUMNS, COUNT, NAME, RATE, SCORE, Column
from gridcase.evaluation.bulletin.content import Bulletin, RankedGroup
from gridcase.evaluation.bulletin.excel_book import Book, Sheet
from gridcase.evaluation.bulletin.layout import Cell
from gridcase.evaluation.bulletin.tables import Tables
from gridcase.evaluation.columns import label_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where the units of a group stand on the sheet, for its chart: rows from 0, both inclusive."""

    group: str
    first: int
    last: int
    name: int
    score: int


def write_ranking(book: Book, bulletin: Bulletin) -> list[Place]:
    """Write the sheet; answers where each group stands."""
    columns = COLUMNS[bulletin.judged.of]
    sheet = book.sheet("ranking", [7, 26])
    further = _further(bulletin, columns)
    tables, places = Tables(bulletin, book.words), []
    for group in bulletin.groups:
        if group.name:
            sheet.line(group.name)
        table = tables.ranking(group)
        sheet.head([*(head.label for head in table.heads), *map(label_of, further)])
        first = sheet.row
        for row, cells in zip(group.rows, table.rows, strict=False):
            _row(sheet, columns, cells)
            for at, name in enumerate(further, start=len(columns)):
                sheet.count(at, row.unit.counts.get(name), CaseRef(name, unit=row.unit.code))
            sheet.row += 1
        places.append(_place(group, columns, first=first, last=sheet.row - 1))
        _row(sheet, columns, table.rows[-1])
        for at, name in enumerate(further, start=len(columns)):
            sheet.number(at, group.counts.get(name))
        sheet.row += 1
        sheet.skip()
    return places


def _further(bulletin: Bulletin, columns: Sequence[Column]) -> list[str]:
    """The counts of the rates of the table that have no column of their own."""
    shown = {column.name for column in columns if column.kind == COUNT}
    found: dict[str, None] = {}
    for column in columns:
        rate = bulletin.judged.rates.get(column.name) if column.kind == RATE else None
        if rate is not None:
            found |= dict.fromkeys(term.column for term in (*rate.numerator, *rate.denominator))
    return [name for name in found if name not in shown]


def _row(sheet: Sheet, columns: Sequence[Column], cells: Sequence[Cell]) -> None:
    for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        if column.kind == COUNT and cell.text.isdigit():
            sheet.count(at, int(cell.text), cell.ref)
        elif column.kind == NAME:
            sheet.text(at, cell.text)
        elif cell.is_amended:
            # Both values, as printed; the sheet of formulas has the new one as a number.
            sheet.text(at, cell.text)
        else:
            is_whole = column.kind not in (RATE, SCORE) and cell.text.isdigit()
            sheet.printed(at, cell.text, "count" if is_whole else "rate")


def _place(group: RankedGroup, columns: Sequence[Column], *, first: int, last: int) -> Place:
    kinds = [column.kind for column in columns]
    return Place(group.name, first, last, kinds.index(NAME), kinds.index(SCORE))
