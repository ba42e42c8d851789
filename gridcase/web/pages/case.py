"""The page of one case and what people do there: moves, requests and decisions, further photos and notes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from gridcase.cases import appending, requests, service
from gridcase.cases.book import Desk
from gridcase.cases.decision_terms import after_decision
from gridcase.cases.forms import MoveForm, PhotosForm, RequestForm
from gridcase.cases.photos import MOST_PHOTOS
from gridcase.cases.records import PHOTO_KINDS
from gridcase.cases.view import case_view
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotFound, Reason
from gridcase.web.context import looking, premises
from gridcase.web.pages.answering import Act, answer_form, case_number
from gridcase.web.pages.case_page import render_case
from gridcase.web.pages.frame import render
from gridcase.web.pages.identity import new_client_id
from gridcase.web.pages.sending import (
    Sent,
    chosen_photos,
    client_id_of,
    form_fields,
    read_date,
    read_records,
    version_of,
)
from gridcase.web.reporters import reporters_of, write_down

CASE = Blueprint("case", __name__)

_DECISIONS = {
    "forward": requests.forward,
    "grant": requests.grant,
    "refuse": requests.refuse,
    "withdraw": requests.withdraw,
    "release": requests.release,
}


@CASE.get("/cases/<number>")
def show(number: str) -> str:
    """The page of a case. Raises NotFound `unknown_case`, also for a case that this person may not see."""
    with looking() as (desk, actor):
        return render_case(desk, actor, case_number(number))


@CASE.post("/cases/<number>/reporter")
def show_reporter(number: str) -> str:
    """Who reported, in full; that it was looked at is written down. Raises NotFound `unknown_case`, `no_reporter`."""
    with looking() as (desk, actor):
        reporters = reporters_of(case_view(desk, actor, case_number(number)))
    if not reporters:
        raise NotFound("no_reporter", "nobody is named here, or not for this person")
    write_down(actor.name, number)
    with looking() as (desk, actor):
        return render(desk, actor, "pages/reporter.html", number=number, reporters=reporters)


@CASE.post("/cases/<number>/moves/<trigger>")
def move(number: str, trigger: str) -> Response | tuple[str, int]:
    """Fire a trigger."""
    form, number = form_fields(), case_number(number)

    def prepare() -> tuple[Sent, Act]:
        records, photos = read_records(form), chosen_photos()
        made = MoveForm(records, version_of(form), photos)

        def act(desk: Desk, actor: Actor) -> dict[str, Any]:
            moved = service.move(desk, actor, number, trigger=trigger, form=made)
            return {"number": number, "state": moved.state, "version": moved.version}

        return Sent(form, client_id_of(form), photos, records), act

    return answer_form(number, f"move:{trigger}", form, prepare=prepare)


@CASE.post("/cases/<number>/requests")
def ask(number: str) -> Response | tuple[str, int]:
    """Ask for an extension, a suspension, a void."""
    form, number = form_fields(), case_number(number)
    kind = form.get("kind", "")

    def prepare() -> tuple[Sent, Act]:
        photos, until = chosen_photos(), read_date(form, "until")
        document = form.get("document", "").strip() or None
        made = RequestForm(kind, form.get("reason", "").strip(), until, document, photos)

        def act(desk: Desk, actor: Actor) -> dict[str, Any]:
            answer = requests.ask(desk, actor, number, form=made)
            return {"number": number, "id": answer.id, "state": answer.state}

        values = {"kind": kind, "reason": made.reason, "until": until, "document": document}
        return Sent(form, client_id_of(form), photos, values), act

    return answer_form(number, f"ask:{kind}", form, prepare=prepare)


@CASE.post("/cases/<number>/requests/<request_id>/<how>")
def decide(number: str, request_id: str, how: str) -> Response | tuple[str, int]:
    """Forward, grant, refuse, withdraw or release a request. Raises NotFound for another act."""
    form, number = form_fields(), case_number(number)
    if how not in _DECISIONS:
        raise NotFound("unknown_path", "there is no such address")

    def prepare() -> tuple[Sent, Act]:
        opinion = form.get("opinion", "").strip() or None

        def act(desk: Desk, actor: Actor) -> dict[str, Any]:
            answer = _DECISIONS[how](desk, actor, number, request_id=request_id, opinion=opinion)
            became = after_decision(desk, number, answer.id)
            return {"number": number, "id": answer.id, "state": answer.state, "became": became}

        return Sent(form, client_id_of(form), values={"opinion": opinion}), act

    return answer_form(number, f"decide:{request_id}", form, prepare=prepare)


@CASE.post("/cases/<number>/additions")
def add(number: str) -> Response | tuple[str, int]:
    """Append photos and a note: never refused because somebody else moved the case."""
    form, number = form_fields(), case_number(number)

    def prepare() -> tuple[Sent, Act]:
        photos, text, kind = chosen_photos(), form.get("text", "").strip(), form.get("kind", "other")
        if not photos and not text:
            fault = Reason("record_missing", {"field": "text"}, field="text")
            raise Invalid("record_missing", "neither photo nor text", errors=[fault])
        seed = client_id_of(form) or new_client_id()

        def act(desk: Desk, actor: Actor) -> dict[str, Any]:
            if photos:
                appending.add_photos(desk, actor, number, form=PhotosForm(kind, photos), seed=seed)
            if text:
                appending.add_note(desk, actor, number, text=text, seed=seed)
            return {"number": number}

        return Sent(form, client_id_of(form), photos, {"kind": kind, "text": text}), act

    return answer_form(number, "add", form, prepare=prepare)


@CASE.app_context_processor
def photo_kinds() -> dict[str, Any]:
    """The kinds of photo, for every page that lets one be chosen."""
    return {"photo_kinds": PHOTO_KINDS}


# A part of so many of a request is left for what is not a photo: texts are far smaller.
_FOR_TEXT = 32


@CASE.app_template_global("photo_bounds")
def photo_bounds(most: int = 0) -> dict[str, int]:
    """How many photos a form takes (`most`, 0 for what any write takes), of how many bytes each and together."""
    settings = premises().book.settings
    together = settings.server.max_body_bytes - settings.server.max_body_bytes // _FOR_TEXT
    return {
        "most": most or MOST_PHOTOS,
        "max_bytes": min(settings.photos.max_bytes, together),
        "together": together,
    }
