"""The case file (案卷) as a page to be printed, and as a PDF of the same page."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from gridcase.cases.book import Desk
from gridcase.cases.case_file import case_file_of
from gridcase.cases.casefile import CaseFile
from gridcase.cases.shown import shown_case
from gridcase.directory.people import Actor
from gridcase.web.context import looking
from gridcase.web.pages.arithmetic import ON_PAPER, arithmetic, holds_of, is_round_the_clock
from gridcase.web.pages.frame import draw as draw_page
from gridcase.web.pages.frame import frame_of
from gridcase.web.pages.names import Names
from gridcase.web.pages.timeline import timeline
from gridcase.web.paper import has_pdf, pdf_of
from gridcase.web.reporters import for_reader
from gridcase.web.static_files import style_of

CASE_FILE = Blueprint("case_file", __name__)


@CASE_FILE.get("/cases/<number>/file")
def show(number: str) -> str:
    """The case file as a page. Raises NotFound `unknown_case`, also for a case that this person may not see."""
    with looking() as (desk, actor):
        return draw(desk, actor, number)


def draw(desk: Desk, actor: Actor, number: str, *, is_paper: bool = False) -> str:
    """The page; on paper pictures lie in it and nothing is linked. Raises NotFound `unknown_case`."""
    case = shown_case(desk, actor, number)
    file, names = case_file_of(desk, actor, case), Names(desk)
    file = {**file, "case": for_reader(file["case"])}
    view = {**file["case"], "steps": file["steps"]}
    steps = timeline(case, view, names, far_m=desk.book.settings.verification.far_m)
    for step, told in zip(steps, file["steps"], strict=True):
        step["carried"] = told["photos"]
    photos = file["case"]["photos"]
    return draw_page(
        "pages/case_file.html",
        frame=frame_of(desk, actor, names),
        names=names,
        file=file,
        definition=case.definition,
        channel=desk.book.channels.get(view["channel"]),
        steps=steps,
        clocks=_clocks(case, file),
        numbers={photo["id"]: f"图{no}" for no, photo in enumerate(photos, start=1)},
        pictures={photo["id"]: _picture(desk, photo, is_paper=is_paper) for photo in photos},
        is_round_the_clock=is_round_the_clock,
        is_paper=is_paper,
        has_pdf=has_pdf(),
    )


def _clocks(case: CaseFile, file: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every run with its table of lines and its holds, as the case page draws one of them."""
    runs = {(run.clock, run.run): run for run in case.runs}
    return [
        {
            **clock,
            "table": arithmetic(clock, ON_PAPER),
            "holds": holds_of(case, runs[clock["stage"], clock["run"]]),
        }
        for clock in file["clocks"]
    ]


def _picture(desk: Desk, photo: Mapping[str, Any], *, is_paper: bool) -> str | None:
    """Where the small picture is found; None when its file was lost."""
    if not is_paper:
        return f"{photo['url']}/thumbnail"
    try:
        content = desk.book.photos.thumbnail(photo["sha256"])
    except OSError:
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def draw_pdf(desk: Desk, actor: Actor, number: str) -> bytes:
    """The case file as a PDF. Raises NotFound `unknown_case`, Unable `pdf_not_installed`, `pdf_busy` or `pdf_failed`."""
    page = draw(desk, actor, number, is_paper=True)
    return pdf_of(page, style_of("case_file.css"))
