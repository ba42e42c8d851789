"""A bulletin as an Excel file: printed values, live formulas beside them, native charts, each count with its cases."""

from __future__ import annotations

from datetime import datetime

from gridcase.evaluation.bulletin.annexes import annexes
from gridcase.evaluation.bulletin.content import Bulletin
from gridcase.evaluation.bulletin.excel_book import FIRST_COMMAND, Book, Sheet
from gridcase.evaluation.bulletin.excel_charts import write_charts
from gridcase.evaluation.bulletin.excel_check import write_check
from gridcase.evaluation.bulletin.excel_ranking import write_ranking
from gridcase.evaluation.bulletin.excel_totals import write_shares, write_totals
from gridcase.evaluation.bulletin.layout import TEXT, Block, Paragraph, Table
from gridcase.evaluation.bulletin.links import Links
from gridcase.evaluation.bulletin.tables import Tables
from gridcase.evaluation.bulletin.words import Words


def excel_of(bulletin: Bulletin, words: Words, links: Links, *, at: datetime) -> bytes:
    """The workbook; without a way to the site (`links.base` None) counts lead to the commands that list their cases."""
    mark = words("document.draft") if bulletin.is_draft else ""
    book = Book(words, links, bulletin.judged.scheme.printing, mark=mark)
    book.set_properties(bulletin.title, bulletin.site, number=bulletin.hand.number, at=at)
    write_totals(book, bulletin)
    places = write_ranking(book, bulletin)
    write_check(book, bulletin)
    for key, shares in (("sources", bulletin.sources), ("categories", (*bulletin.kinds, *bulletin.top))):
        write_shares(book, bulletin, shares, key=key)
    _write_table(book.sheet("backlog", [24]), Tables(bulletin, words).backlog())
    write_charts(book, bulletin, places)
    _write_lists(book, bulletin)
    _write_formulas(book, bulletin)
    if book.commands:
        _write_commands(book)
    return book.close()


def _write_table(sheet: Sheet, table: Table) -> None:
    """A table of the printed bulletin."""
    if table.title:
        sheet.line(table.title)
    sheet.head([head.label for head in table.heads])
    for row in table.rows:
        for column, (cell, head) in enumerate(zip(row, table.heads, strict=True)):
            if cell.ref is not None and cell.text.isdigit():
                sheet.count(column, int(cell.text), cell.ref)
            elif head.kind == TEXT:
                sheet.text(column, cell.text)
            else:
                sheet.printed(column, cell.text, "count" if cell.text.isdigit() else "rate")
        sheet.row += 1
    sheet.skip()


def _write_lists(book: Book, bulletin: Bulletin) -> None:
    """The annexes but the first two, which other sheets hold with their formulas."""
    found: list[Block] = list(
        annexes(bulletin, book.words, only=("lists", "places", "cards", "rewards", "corrections"))
    )
    if not found:
        return
    sheet = book.sheet("lists", [16, 24, 24, 16, 16])
    for block in found:
        if isinstance(block, Table):
            _write_table(sheet, block)
        elif isinstance(block, Paragraph):
            sheet.line(block.text)
            sheet.skip()


def _write_formulas(book: Book, bulletin: Bulletin) -> None:
    sheet = book.sheet("formulas", [120])
    for line in (*bulletin.formulas, *bulletin.notes):
        sheet.line(line)


def _write_commands(book: Book) -> None:
    sheet = book.sheet("commands", [120])
    sheet.line(book.words("sheet.command_note"))
    while sheet.row < FIRST_COMMAND - 2:
        sheet.skip()
    sheet.head([book.words("sheet.command")])
    for ref in book.commands:
        sheet.text(0, book.links.command(ref) or "")
        sheet.row += 1
