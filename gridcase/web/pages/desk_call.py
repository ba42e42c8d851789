"""Beside the report form while somebody is on the telephone: where an address lies, and what this number reported."""

from __future__ import annotations

from flask import Blueprint, request

from gridcase.cases.calling import CALL_DAYS, calls_of, places_named
from gridcase.cases.texts import narrow
from gridcase.web.context import looking
from gridcase.web.pages.desk_roles import check_centre_desk
from gridcase.web.pages.frame import render
from gridcase.web.pages.sending import form_fields

DESK_CALL = Blueprint("desk_call", __name__)

_SHORTEST_NAME, _SHORTEST_PHONE, _LONGEST = 2, 5, 60


@DESK_CALL.get("/desk/places")
def show_places() -> str:
    """The places of a name, as a part of a page; nothing of a name too short. Raises NotPermitted `role_missing`."""
    text = request.args.get("q", "").replace("\0", "").strip()[:_LONGEST]
    with looking() as (desk, actor):
        check_centre_desk(desk.book, actor)
        places = places_named(desk, actor, text) if len(text) >= _SHORTEST_NAME else []
        return render(desk, actor, "pages/desk_places.html", places=places, text=text)


@DESK_CALL.post("/desk/calls")
def show_calls() -> str:
    """What this number reported lately, as a part of a page. Raises NotPermitted `role_missing`.

    Sent as a form: no address, and so no log, tells the number.
    """
    phone = narrow(form_fields().get("reporter_phone", "")).strip()[:_LONGEST]
    with looking() as (desk, actor):
        check_centre_desk(desk.book, actor)
        calls = calls_of(desk, actor, phone) if len(phone) >= _SHORTEST_PHONE else []
        return render(desk, actor, "pages/desk_calls.html", calls=calls, phone=phone, days=CALL_DAYS)
