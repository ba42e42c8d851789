"""A workbook as bulletins write it: formats, printed numbers as numbers, cells that lead to their cases."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from gridcase.evaluation.bulletin.breakdown import CaseRef
from gridcase.evaluation.bulletin.links import Links
from gridcase.evaluation.bulletin.words import Words
from gridcase.evaluation.printing import Printing

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_OPTIONS = {
    "in_memory": True,
    # Names of units and texts by hand may begin with any sign.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LEAF = 255
_WIDTH = 11


class Book:
    """One workbook. `mark` stands at the head of every printed sheet and in the first row of each."""

    def __init__(self, words: Words, links: Links, printing: Printing, *, mark: str) -> None:
        self.words, self.links, self.mark = words, links, mark
        self.digits = printing.digits
        self.output = io.BytesIO()
        self.file: Any = xlsxwriter.Workbook(self.output, _OPTIONS)
        decimals = f"0.{'0' * self.digits}" if self.digits else "0"
        number = "General" if printing.strip_zeros else decimals
        border = {"border": 1, "valign": "vcenter", "font_size": 10}
        self.formats: dict[str, Any] = {
            name: self.file.add_format({**base, **own})
            for name, base, own in (
                ("title", {}, {"bold": True, "font_size": 16}),
                ("mark", {}, {"bold": True, "font_size": 14, "font_color": "#C00000"}),
                ("plain", {}, {}),
                ("line", {}, {"valign": "top"}),
                ("head", border, {"bold": True, "text_wrap": True, "align": "center", "bg_color": "#F0F0F0"}),
                ("text", border, {"text_wrap": True}),
                ("right", border, {"align": "right"}),
                ("count", border, {"num_format": "0"}),
                ("link", border, {"num_format": "0", "font_color": "#0E5FA8", "underline": 1}),
                ("rate", border, {"num_format": number}),
                ("live", border, {"num_format": number, "font_color": "#166534"}),
                ("live_count", border, {"num_format": "0", "font_color": "#166534"}),
                ("exact", border, {"num_format": "General"}),
                ("check", border, {"align": "center", "font_color": "#166534"}),
            )
        }
        self.commands: dict[CaseRef, int] = {}

    def sheet(self, key: str, widths: Sequence[int] = ()) -> Sheet:
        """A new sheet by the key of its name."""
        return Sheet(self, self.file.add_worksheet(self.words(f"sheet.{key}")), widths)

    def name(self, key: str) -> str:
        """The name of a sheet."""
        return self.words(f"sheet.{key}")

    def set_properties(self, title: str, author: str, *, number: str, at: datetime) -> None:
        """What the file says of itself."""
        self.file.set_properties(
            {
                "title": f"{title}（{self.mark}）" if self.mark else title,
                "subject": number,
                "author": author,
                "keywords": self.mark,
                "comments": self.mark,
                "status": self.mark,
                "created": at.replace(tzinfo=None),
            }
        )

    def close(self) -> bytes:
        """The finished file."""
        self.file.close()
        return self.output.getvalue()


class Sheet:
    """One sheet, written row by row from the top."""

    def __init__(self, book: Book, sheet: Any, widths: Sequence[int]) -> None:
        self.book, self.own, self.row = book, sheet, 0
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C— &P —")
        sheet.set_column(0, _LEAF, _WIDTH)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        if book.mark:
            sheet.set_header(f"&C&16{book.mark}")
            self.line(book.mark, "mark")

    def line(self, text: str, style: str = "line") -> None:
        """A text alone in its row."""
        self.own.write_string(self.row, 0, text, self.book.formats[style])
        self.row += 1

    def skip(self) -> None:
        """An empty row."""
        self.row += 1

    def head(self, labels: Sequence[str]) -> int:
        """A row of labels; answers its number."""
        for column, label in enumerate(labels):
            self.own.write_string(self.row, column, label, self.book.formats["head"])
        self.row += 1
        return self.row - 1

    def at(self, column: int, row: int | None = None) -> str:
        """The name of a cell of the present row, or of another one."""
        name: str = xl_rowcol_to_cell(self.row if row is None else row, column)
        return name

    def text(self, column: int, text: str, style: str = "text") -> None:
        """A text."""
        self.own.write_string(self.row, column, text, self.book.formats[style])

    def printed(self, column: int, text: str, style: str = "rate") -> None:
        """A number as it was printed, as a number; anything else as text."""
        if _NUMBER.fullmatch(text):
            self.own.write_number(self.row, column, float(text), self.book.formats[style])
        else:
            self.text(column, text, "right")

    def number(self, column: int, value: float | None, style: str = "count") -> None:
        """A number; an empty cell for one that is unknown."""
        if value is None:
            self.own.write_blank(self.row, column, None, self.book.formats[style])
        else:
            self.own.write_number(self.row, column, value, self.book.formats[style])

    def count(self, column: int, value: int | None, ref: CaseRef | None) -> None:
        """A count that leads to its cases on the site, or to the command that lists them."""
        if not value or ref is None:
            self.number(column, value)
            return
        book = self.book
        address = book.links.cases(ref)
        if address is None and book.links.command(ref) is None:
            self.number(column, value)
            return
        if address is None:
            row = book.commands.setdefault(ref, len(book.commands)) + FIRST_COMMAND
            address = f"internal:'{book.name('commands')}'!A{row}"
        style = book.formats["link"]
        # The address first, then the number over it: the cell keeps both.
        self.own.write_url(self.row, column, address, style, str(value))
        self.own.write_number(self.row, column, value, style)

    def formula(self, column: int, formula: str, known: str | Fraction, *, style: str = "live") -> None:
        """A formula with the value it has when the file is opened without being computed anew: a text as it is
        printed, or an exact number."""
        is_number = isinstance(known, Fraction) or _NUMBER.fullmatch(known) is not None
        value: float | str = float(known) if is_number else str(known)
        self.own.write_formula(self.row, column, formula, self.book.formats[style], value)

    def comment(self, column: int, text: str) -> None:
        """A remark on a cell of the present row."""
        self.own.write_comment(self.row, column, text)


# First row of the list of commands, from 1: mark, note and head stand above it.
FIRST_COMMAND = 4
