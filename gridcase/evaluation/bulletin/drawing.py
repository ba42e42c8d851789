"""Draws a bulletin as a page, a Word document, a workbook or JSON; what the extra `reports` brings is loaded when needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gridcase.errors import GridcaseError
from gridcase.evaluation.bulletin.as_json import bulletin_text
from gridcase.evaluation.bulletin.content import Bulletin
from gridcase.evaluation.bulletin.document import document_of
from gridcase.evaluation.bulletin.links import Links
from gridcase.evaluation.bulletin.page import Chrome, page_of
from gridcase.evaluation.bulletin.words import Words
from gridcase.resources import SiteFolder

HTML, WORD, EXCEL, PDF, JSON = FORMS = ("html", "docx", "xlsx", "pdf", "json")
MEDIA = {
    HTML: "text/html; charset=utf-8",
    WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PDF: "application/pdf",
    JSON: "application/json; charset=utf-8",
}
# Libraries of the extra `reports`; with one of them missing the extra is not installed.
_LIBRARIES = ("docx", "lxml", "xlsxwriter")


def has_reports() -> bool:
    """Whether the libraries of the extra `reports` are there."""
    try:
        _load("word")
        _load("excel")
    except GridcaseError:
        return False
    return True


def draw_file(bulletin: Bulletin, words: Words, links: Links, *, form: str) -> bytes | None:
    """The bulletin as Word, Excel or JSON; None for what is drawn from a page. Raises `reports_not_installed`."""
    if form == WORD:
        return draw_word(bulletin, words)
    if form == EXCEL:
        return draw_excel(bulletin, words, links)
    return draw_json(bulletin) if form == JSON else None


def draw_html(bulletin: Bulletin, words: Words, site: SiteFolder, *, chrome: Chrome) -> str:
    """The bulletin as a page. Raises DefinitionError `bad_template`."""
    return page_of(document_of(bulletin, words), site, chrome)


def draw_word(bulletin: Bulletin, words: Words) -> bytes:
    """The bulletin as .docx. Raises GridcaseError `reports_not_installed`."""
    made: bytes = _load("word").word_of(
        document_of(bulletin, words), author=bulletin.site, at=bulletin.made_at
    )
    return made


def draw_excel(bulletin: Bulletin, words: Words, links: Links) -> bytes:
    """The bulletin as .xlsx. Raises GridcaseError `reports_not_installed`."""
    made: bytes = _load("excel").excel_of(bulletin, words, links, at=bulletin.made_at)
    return made


def draw_json(bulletin: Bulletin) -> bytes:
    """The bulletin as JSON in UTF-8."""
    return bulletin_text(bulletin).encode()


def _load(name: str) -> Any:
    try:
        return import_module(f"gridcase.evaluation.bulletin.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        text = f"{error.name} is missing: install the extra `reports`"
        raise GridcaseError("reports_not_installed", text) from error
