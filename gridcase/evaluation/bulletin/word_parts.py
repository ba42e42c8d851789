"""The parts of a Word document that its library has no words for: faces of Chinese type, page numbers, table rows."""

from __future__ import annotations

import re
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

SONG, FANG, HEI, KAI, PLAIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
_LATIN = "Times New Roman"
_SHEET = (Mm(210), Mm(297))
# GB/T 9704: upper, lower, left, right margin of an upright sheet.
_UPRIGHT = (Mm(37), Mm(35), Mm(28), Mm(26))
_ON_ITS_SIDE = (Mm(28), Mm(26), Mm(26), Mm(26))
_LINE = Pt(28)
_NO_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def plain_text(text: str) -> str:
    """The text without signs that no XML document can hold."""
    return _NO_XML.sub("", text)


def set_face(part: Any, face: str, size: Length) -> None:
    """Chinese type of this face and size for a style or a run; the Chinese face has an attribute of its own."""
    part.font.name = _LATIN
    part.font.size = size
    fonts = part.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    part.font.color.rgb = RGBColor(0, 0, 0)


def make_styles(document: Any) -> None:
    """The styles of 公文: title 2号, body and headings 3号 with 28 pt lines, table text."""
    styles = document.styles
    _style(styles["Normal"], FANG, Pt(16), indent=True)
    _style(styles["Title"], SONG, Pt(22), align=WD_ALIGN_PARAGRAPH.CENTER, line=Pt(32))
    _style(styles["Heading 1"], HEI, Pt(16), indent=True)
    _style(styles["Heading 2"], KAI, Pt(16), indent=True)
    _style(styles["Header"], HEI, Pt(16), align=WD_ALIGN_PARAGRAPH.CENTER)
    _style(styles["Footer"], PLAIN, Pt(14))
    for name, face, size, line in (
        ("Bulletin Note", FANG, Pt(12), Pt(20)),
        ("Bulletin Caption", HEI, Pt(14), Pt(28)),
        ("Bulletin Table", FANG, Pt(9), Pt(12)),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = None
        _style(style, face, size, indent=name == "Bulletin Note", line=line)
    styles["Bulletin Caption"].paragraph_format.keep_with_next = True


def _style(
    style: Any,
    face: str,
    size: Length,
    *,
    align: Any = WD_ALIGN_PARAGRAPH.LEFT,
    indent: bool = False,
    **spacing: Length,
) -> None:
    set_face(style, face, size)
    style.font.bold = style.font.italic = False
    form = style.paragraph_format
    form.alignment = align
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, spacing.get("line", _LINE)
    properties = style.element.get_or_add_pPr()
    for name in ("w:pBdr", "w:contextualSpacing"):
        for element in properties.findall(qn(name)):
            properties.remove(element)
    first = properties.get_or_add_ind()
    # Two characters before the first line of the body, whatever the size of type; nothing elsewhere.
    first.set(qn("w:firstLineChars"), "200" if indent else "0")
    first.set(qn("w:firstLine"), "640" if indent else "0")


def lay_out(section: Any, *, is_wide: bool) -> None:
    """Sheet and margins of a section."""
    width, height = _SHEET
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (height, width) if is_wide else (width, height)
    margins = _ON_ITS_SIDE if is_wide else _UPRIGHT
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = margins
    section.header_distance, section.footer_distance = Mm(15), Mm(18 if is_wide else 25)


def text_width(section: Any) -> int:
    """The width between the margins, in English metric units."""
    return int(section.page_width - section.left_margin - section.right_margin)


def number_pages(section: Any, *, is_even: bool) -> None:
    """— 1 — at the foot: on the right of odd pages, on the left of even ones (GB/T 9704)."""
    footer = section.even_page_footer if is_even else section.footer
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if is_even else WD_ALIGN_PARAGRAPH.RIGHT
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:leftChars" if is_even else "w:rightChars"), "100")
    indent.set(qn("w:left" if is_even else "w:right"), "280")
    paragraph.add_run("— ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" —")


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif text == code:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {code} "
            run._r.append(element)
        else:
            run.text = text


def mark_pages(section: Any, mark: str) -> None:
    """A mark in red at the head of every page, odd and even."""
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        mark_run(header.paragraphs[0], mark)


def mark_run(paragraph: Any, mark: str) -> None:
    """The mark in red at the end of a paragraph."""
    paragraph.add_run(mark).font.color.rgb = RGBColor(0xC0, 0, 0)


def clear_indent(paragraph: Any) -> None:
    """The first line begins where the others do."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "0")
    indent.set(qn("w:firstLine"), "0")


def indent_right(paragraph: Any, characters: int) -> None:
    """Lines end so many characters of 3号 before the right edge."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:rightChars"), str(characters * 100))
    indent.set(qn("w:right"), str(characters * 320))


def repeat_head(row: Any) -> None:
    """The row stands again on every further page."""
    _row_property(row, "w:tblHeader")


def keep_whole(row: Any) -> None:
    """The row is never torn by the end of a page."""
    _row_property(row, "w:cantSplit")


def _row_property(row: Any, name: str) -> None:
    element = OxmlElement(name)
    row._tr.get_or_add_trPr().append(element)


def fix_columns(table: Any, widths: list[int]) -> None:
    """Columns of these widths, which no content widens: the table stays between the margins."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Length(width)
    properties = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), "40")
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    properties.append(margins)
