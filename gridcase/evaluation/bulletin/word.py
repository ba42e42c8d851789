"""A bulletin as a Word document in the layout of 公文 (GB/T 9704)."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Pt

from gridcase.evaluation.bulletin.layout import TEXT, Cell, Document, Heading, Paragraph, Table, runs
from gridcase.evaluation.bulletin.word_parts import (
    clear_indent,
    fix_columns,
    indent_right,
    keep_whole,
    lay_out,
    make_styles,
    mark_pages,
    mark_run,
    number_pages,
    plain_text,
    repeat_head,
    set_face,
    text_width,
)

_UPRIGHT, _WIDE, _AMENDED, _DETAIL = Pt(9), Pt(8.5), Pt(7.5), Pt(7)
# The unit in which Word keeps widths.
_TWIP = 635
_TABLE, _NOTE, _CAPTION = "Bulletin Table", "Bulletin Note", "Bulletin Caption"


def word_of(document: Document, *, author: str, at: datetime) -> bytes:
    """The document as .docx: `author` and the moment `at` stand in its properties, the mark of a draft too."""
    return _Writer(document, author, at).write()


class _Writer:
    """Writes one document."""

    def __init__(self, document: Document, author: str, at: datetime) -> None:
        self.document = document
        self.word: Any = docx.Document()
        make_styles(self.word)
        self._cell_style = self.word.styles[_TABLE].style_id
        self._set_properties(author, at)

    def _set_properties(self, author: str, at: datetime) -> None:
        properties, mark = self.word.core_properties, self.document.mark
        properties.title = f"{self.document.title}（{mark}）" if mark else self.document.title
        properties.author = properties.last_modified_by = author
        properties.comments = ""
        properties.subject, properties.keywords = plain_text(self.document.number), mark
        properties.content_status, properties.language = mark, "zh-CN"
        properties.created = properties.modified = at.replace(tzinfo=None)

    def write(self) -> bytes:
        """All of it."""
        self.word.settings.odd_and_even_pages_header_footer = True
        first = self.word.sections[0]
        lay_out(first, is_wide=False)
        for is_even in (False, True):
            number_pages(first, is_even=is_even)
        if self.document.mark:
            mark_pages(first, self.document.mark)
        self._begin()
        for is_wide, blocks in runs(self.document.blocks):
            section = self.word.sections[-1]
            if is_wide != (section.page_width > section.page_height):
                lay_out(self.word.add_section(WD_SECTION.NEW_PAGE), is_wide=is_wide)
            for block in blocks:
                self._add(block)
        self._end()
        output = io.BytesIO()
        self.word.save(output)
        return output.getvalue()

    def _begin(self) -> None:
        document = self.document
        if document.number:
            self._line(document.number).alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._paragraph(document.title, "Title")
        if document.mark:
            mark_run(self._line("", style="Header"), document.mark)
        for mark in document.marks:
            self._paragraph(mark, _NOTE)
        self._line("")
        lead = self.word.add_paragraph()
        set_face(lead.add_run(document.lead_title), "黑体", Pt(16))
        for sentence in document.lead:
            self._paragraph(sentence)

    def _paragraph(self, text: str, style: str = "Normal") -> Any:
        return self.word.add_paragraph(plain_text(text), style=style)

    def _line(self, text: str, style: str = "Normal") -> Any:
        """A line that is not indented."""
        paragraph = self._paragraph(text, style)
        clear_indent(paragraph)
        return paragraph

    def _add(self, block: Heading | Paragraph | Table) -> None:
        if isinstance(block, Heading):
            self._paragraph(block.text, f"Heading {block.level}")
        elif isinstance(block, Paragraph):
            self._paragraph(block.text, _NOTE if block.is_note else "Normal")
        else:
            self._add_table(block)

    def _add_table(self, block: Table) -> None:
        if block.title:
            self._paragraph(block.title, _CAPTION)
        table = self.word.add_table(rows=len(block.rows) + 1, cols=len(block.heads), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        whole, width = sum(head.width for head in block.heads), text_width(self.word.sections[-1])
        widths = [width * head.width // whole // _TWIP * _TWIP for head in block.heads]
        fix_columns(table, widths)
        rows = list(table.rows)
        repeat_head(rows[0])
        for cell, head, own in zip(rows[0].cells, block.heads, widths, strict=True):
            self._fill(cell, Cell(head.label), own).alignment = WD_ALIGN_PARAGRAPH.CENTER
            set_face(cell.paragraphs[0].runs[0], "黑体", Pt(9))
        first_sum = len(block.rows) - block.sum_rows
        size = _WIDE if block.is_wide else _UPRIGHT
        for at, (row, cells) in enumerate(zip(rows[1:], block.rows, strict=True)):
            keep_whole(row)
            for cell, told, head, own in zip(row.cells, cells, block.heads, widths, strict=True):
                paragraph = self._fill(cell, told, own)
                is_text = head.kind == TEXT
                paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if is_text else WD_ALIGN_PARAGRAPH.RIGHT
                paragraph.runs[0].font.size = _AMENDED if told.is_amended else size
                # The sum never stands alone on a sheet.
                if first_sum - 1 <= at < len(block.rows) - 1:
                    paragraph.paragraph_format.keep_with_next = True
                if at >= first_sum:
                    paragraph.runs[0].font.bold = True
        keep_whole(rows[0])
        # A table that touches the next one would become one with it.
        self.word.add_paragraph(style=_TABLE)

    def _fill(self, cell: Any, told: Cell, width: int) -> Any:
        cell.width, cell.vertical_alignment = width, WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        # By its id: the library looks a name up among all styles, for every cell anew.
        paragraph._p.style = self._cell_style
        run = paragraph.add_run(plain_text(told.text))
        if told.detail:
            run.add_break(WD_BREAK.LINE)
            paragraph.add_run(told.detail).font.size = _DETAIL
        return paragraph

    def _end(self) -> None:
        if self.document.closing:
            self._line("")
        for line in self.document.closing:
            paragraph = self._line(line)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            # GB/T 9704: the date stands four characters away from the right edge.
            indent_right(paragraph, 4)
            paragraph.paragraph_format.keep_together = True
