"""The calls that hand out case files (案卷): as JSON with everything behind it, and as a PDF."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response

from gridcase.cases.book import Desk
from gridcase.cases.case_file import case_file
from gridcase.directory.people import Actor
from gridcase.web.api.calls import Asked, Calls
from gridcase.web.api.fields import Moment, Reply
from gridcase.web.pages.case_file import draw_pdf
from gridcase.web.reporters import for_reader

CASE_FILES = Calls("cases")

PDF = "application/pdf"


class CheckReply(Reply):
    """What the check of the history found when the file was made; places only."""

    is_sound: bool
    steps: int
    last_hash: str | None = None
    differences: list[dict[str, Any]]


class CaseFileReply(Reply):
    """A case whole: steps with the links of the chain and their effects on clocks, clocks with their lines."""

    format: Literal["gridcase case file"]
    format_version: int
    made_at: Moment
    made_for: str
    case: dict[str, Any]
    clocks: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    history: CheckReply


@CASE_FILES.read("/cases/{number}/file.json", answer=CaseFileReply, refuses=(404,))
def show_case_file(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """案卷 (the case file: every step, every clock line, every photo's hash)."""
    file = case_file(desk, actor, asked.path["number"])
    return {**file, "case": for_reader(file["case"])}


@CASE_FILES.read("/cases/{number}/file.pdf", answer=PDF, refuses=(404, 501))
def show_case_file_pdf(desk: Desk, actor: Actor, asked: Asked) -> Response:
    """案卷 PDF (the case file on paper, where the extra `pdf` is installed)."""
    number = asked.path["number"]
    response = Response(draw_pdf(desk, actor, number), content_type=PDF)
    response.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
