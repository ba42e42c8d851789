"""The manual on the site itself, for everybody: a closed network has no other place for it."""

from __future__ import annotations

from flask import Blueprint, Response, g, request, url_for

from gridcase.cases.book import Desk
from gridcase.directory.people import Actor
from gridcase.errors import NotFound
from gridcase.web.context import now, premises, signed_in
from gridcase.web.pages.desk_roles import works_at_centre
from gridcase.web.pages.frame import render, works_in_department
from gridcase.web.pages.manual_text import manual_of, picture_of_manual

HELP = Blueprint("help", __name__)

_FIRST = "account"
# Pages of one role, by the first part of their address; elsewhere it is the person's own role that counts.
_OF_PAGES = {
    "sign-in": _FIRST, "account": _FIRST, "phone": "inspector", "desk": "centre", "department": "department", "handler": "department",
    "rankings": "leader", "map": "leader", "bulletins": "leader", "integrity": "leader", "leader": "leader",
    "public": "citizen", "admin": "administrator", "audit": "administrator",
}  # fmt: skip
_OF_ROLES = (("inspector", "inspector"), ("leader", "leader"), ("administrator", "administrator"))
_KEPT_S = 3600


@HELP.get("/help")
def show() -> str:
    """The manual; `#chapter` is that of a role."""
    place, actor = premises(), signed_in()
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        return render(desk, actor, "pages/help.html", manual=manual_of(place.site))


@HELP.get("/help/<name>")
def show_picture(name: str) -> Response:
    """A picture of the manual. Raises NotFound `unknown_path`."""
    path = picture_of_manual(premises().site, name)
    if path is None:
        raise NotFound("unknown_path", "the manual has no such picture")
    response = Response(path.read_bytes(), mimetype="image/png")
    response.headers["Cache-Control"] = f"private, max-age={_KEPT_S}"
    response.add_etag()
    response.make_conditional(request)
    return response


@HELP.app_template_global("help_link")
def help_link() -> str:
    """Where the help of this page begins: the chapter of the role that the page is for."""
    return url_for("help.show", _anchor=chapter_of(request.path, g.get("actor")))


def chapter_of(path: str, actor: Actor | None) -> str:
    """The id of the chapter for a page and who reads it."""
    page = path.strip("/").partition("/")[0]
    if page in _OF_PAGES:
        return _OF_PAGES[page]
    return _chapter_of_person(actor) if actor is not None else _FIRST


def _chapter_of_person(actor: Actor) -> str:
    if works_at_centre(premises().book, actor):
        return "centre"
    if works_in_department(actor):
        return "department"
    return next((chapter for role, chapter in _OF_ROLES if actor.has_role(role)), _FIRST)
