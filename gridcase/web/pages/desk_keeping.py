"""What a person keeps at the centre desk: filters under names of their own, phrases for opinions and reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, url_for
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from gridcase.cases.book import Desk
from gridcase.directory import desk_keeping as keeping
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from gridcase.web.context import acting
from gridcase.web.pages.desk_roles import DESK_PATH, check_centre_desk, is_desk
from gridcase.web.pages.sending import form_fields, go_on

DESK_KEEPING = Blueprint("desk_keeping", __name__)

# Who writes the phrases of a whole role: whoever leads the shift.
_WRITES_FOR_ROLES = "shift_supervisor"


def may_write_for_roles(actor: Actor) -> bool:
    """Whether this person keeps phrases for everybody in a role."""
    return actor.has_role(_WRITES_FOR_ROLES)


def kept_by(desk: Desk, actor: Actor) -> dict[str, Any]:
    """What the desk shows of it: `filters` as name and path, `phrases`, `phrase_roles` that may be written for."""
    filters = keeping.saved_filters(desk.connection, desk.district, actor.name)
    roles = dict.fromkeys(
        (role.code, role.label)
        for name in desk.book.flows.names
        for role in desk.book.flows.latest(name).roles.values()
        if role.centre and role.sees == "area"
    )
    writes = may_write_for_roles(actor)
    whose = {*actor.roles, *(code for code, _label in roles)} if writes else actor.roles
    return {
        "filters": [{"name": name, "path": f"{DESK_PATH}?{query}"} for name, query in filters],
        "phrases": keeping.phrases_for(desk.connection, desk.district, actor.name, roles=whose),
        "phrase_roles": list(roles) if writes else [],
    }


@DESK_KEEPING.post("/desk/filters")
def change_filters() -> Response:
    """Keep the filter of the way back under a name, or forget it (`drop`). Raises Invalid `record_missing`, `too_long`."""
    form = form_fields()
    name, is_dropped = form.get("name", "").strip(), bool(form.get("drop"))
    query = urlsplit(_back()).query

    def act(desk: Desk, actor: Actor) -> None:
        if is_dropped:
            keeping.drop_filter(desk.connection, desk.district, actor.name, name=name)
        else:
            keeping.keep_filter(desk.connection, desk.district, actor.name, kept=(name, query), now=desk.now)

    return _done(act)


@DESK_KEEPING.post("/desk/phrases")
def change_phrases() -> Response:
    """Keep a phrase, one's own or that of a role (`role`), or forget it (`drop`).

    Raises NotPermitted `role_missing` for a role's phrase by anybody but a shift supervisor, Invalid as filters do.
    """
    form = form_fields()
    text, role, is_dropped = (
        form.get("text", "").strip(),
        form.get("role", "").strip(),
        bool(form.get("drop")),
    )

    def act(desk: Desk, actor: Actor) -> None:
        if role and not may_write_for_roles(actor):
            raise NotPermitted("role_missing", "only a shift supervisor keeps the phrases of a role")
        phrase = keeping.Phrase(text, keeping.ROLE if role else keeping.USER, role[:80] or actor.name)
        if is_dropped:
            keeping.drop_phrase(desk.connection, desk.district, phrase)
        else:
            keeping.keep_phrase(desk.connection, desk.district, phrase, now=desk.now)

    return _done(act)


def _done(act: Callable[[Desk, Actor], None]) -> Response:
    def checked(desk: Desk, actor: Actor) -> None:
        check_centre_desk(desk.book, actor)
        act(desk, actor)

    acting(checked)
    return go_on(iri_to_uri(_back()))


def _back() -> str:
    back = form_fields().get("back", "")
    return back if is_desk(back) else url_for("desk.show")
