"""The handler's phone: what is assigned to them, photos and a note put into the outbox that a broken line cannot empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Blueprint, Response, make_response

from gridcase.cases.assignments import HANDLER, assigned_to, handed_in
from gridcase.cases.book import Desk
from gridcase.cases.shown import china_text
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from gridcase.resources import SiteFolder
from gridcase.web.context import looking, premises
from gridcase.web.pages.english import label_text
from gridcase.web.pages.frame import draw
from gridcase.web.pages.kept_app import KeptApp, session_told
from gridcase.web.pages.look import look
from gridcase.web.pages.names import Names
from gridcase.web.pages.own_tasks import shown_tasks
from gridcase.web.pages.phone import plain_json

HANDLER_PAGES = Blueprint("handler", __name__, url_prefix="/handler")

# The outbox, its sender and the photos are those of the inspector's phone.
_APP = KeptApp("handler", ("phone", "handler"), ("phone", "handler"), ("show", "show_outbox"))


@contextmanager
def _handling() -> Iterator[tuple[Desk, Actor]]:
    """A reading transaction of a handler. Raises NotSignedIn, NotPermitted `role_missing`."""
    with looking() as (desk, actor):
        if not actor.has_role(HANDLER) or actor.department is None:
            raise NotPermitted("role_missing", "these pages are for handlers", roles=[HANDLER])
        yield desk, actor


@HANDLER_PAGES.get("/")
def show() -> Response:
    """The tasks."""
    return _page("tasks")


@HANDLER_PAGES.get("/outbox")
def show_outbox() -> Response:
    """What waits to be sent, and the receipts of what was."""
    return _page("outbox")


def _page(name: str) -> Response:
    """A page that is the same for every handler: whatever is of a person comes from the phone or by script."""
    with _handling() as (desk, _actor):
        settings = desk.book.settings
    version = version_of(premises().site)
    response = make_response(
        draw(
            f"pages/handler/{name}.html",
            page=name,
            site=settings.site.name,
            version=version,
            longest=settings.text.max_length,
            max_bytes=settings.photos.max_bytes,
        )
    )
    response.headers["X-Phone-Version"] = version
    return response


@HANDLER_PAGES.get("/data/session")
def session() -> Response:
    """Who is signed in, and the token for writes; 401 when nobody is."""
    with _handling() as (desk, actor):
        return plain_json(session_told(desk, actor))


@HANDLER_PAGES.get("/data/tasks")
def tasks() -> Response:
    """The open assignments of this person, and what they handed in."""
    with _handling() as (desk, actor):
        language = look().language
        return plain_json({
            "at": china_text(desk.now),
            "items": shown_tasks(assigned_to(desk, actor), Names(desk), language),
            "handed_in": [
                {**each, "state_label": label_text(each["state_label"], language)} for each in handed_in(desk, actor)
            ],
        })  # fmt: skip


@HANDLER_PAGES.get("/worker.js")
def worker() -> Response:
    """The service worker of these pages."""
    return _APP.worker(version_of(premises().site))


@HANDLER_PAGES.get("/manifest.json")
def manifest() -> Response:
    """What the phone shows on its home screen."""
    return _APP.manifest(f"{premises().book.settings.site.name} · 处置", "处置")


@cache
def version_of(site: SiteFolder) -> str:
    """The version of everything that the phone keeps of the site."""
    return _APP.version(site)
