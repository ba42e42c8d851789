"""What everybody may report without an account; it is confirmed before anything else."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gridcase.cases import service
from gridcase.cases.book import Desk
from gridcase.cases.forms import Reporter, ReportForm
from gridcase.cases.texts import narrow
from gridcase.clock import CHINA
from gridcase.directory.people import SYSTEM, Actor
from gridcase.errors import Invalid, NotPermitted, Reason, Refused
from gridcase.spatial import Geography
from gridcase.spatial.coordinates import POINT_SYSTEMS
from gridcase.spatial.merging import merged_outlines
from gridcase.web.context import now, premises
from gridcase.web.errors import status_of
from gridcase.web.packing import Packed, packed, sent
from gridcase.web.pages.case_page import Attempt, attempt_of
from gridcase.web.pages.category_choice import category_groups
from gridcase.web.pages.identity import new_client_id
from gridcase.web.pages.public_doors import (
    REPORTS,
    TOO_MANY_REPORTS,
    check_open,
    count_report,
    is_locked,
    public_page,
)
from gridcase.web.pages.public_follow import follow_code
from gridcase.web.pages.sending import (
    Sent,
    act_once,
    chosen_photos,
    client_id_of,
    form_fields,
    go_on,
    read_category,
    read_point,
)

PUBLIC = Blueprint("public", __name__)

_KEY = "public"
_LONGEST_NAME, _LONGEST_PHONE = 100, 40
_MOST_PHOTOS = 6
_TOO_MANY = 429
_MADE, _SHOWN_FOR_S = "public_made", 1800


@PUBLIC.get("/public")
def show() -> str:
    """The way to the report form, to the progress of a report and to the bulletins."""
    return public_page("pages/public.html")


@PUBLIC.get("/public/report")
def show_form() -> str:
    """The empty form."""
    return _form()


@PUBLIC.post("/public/report")
def report() -> Response | tuple[str, int]:
    """Make the case, which is confirmed before anything else, and tell its number and code."""
    check_open()
    form = form_fields()
    if is_locked(REPORTS):
        return _form(Attempt(_KEY, form, (Reason(TOO_MANY_REPORTS, {}),))), _TOO_MANY
    try:
        told, made = _read(form)

        def act(desk: Desk, actor: Actor) -> dict[str, Any]:
            count_report(desk)
            return {"number": service.report(desk, actor, made).number}

        answer = act_once(told, act, actor=SYSTEM)
    except (Refused, NotPermitted, Invalid) as error:
        status = _TOO_MANY if error.code == TOO_MANY_REPORTS else status_of(error)
        return _form(attempt_of(_KEY, form, error)), status
    session[_MADE] = [answer["number"], now().timestamp()]
    return go_on(url_for("public.show_made"))


@PUBLIC.get("/public/report/made")
def show_made() -> str | tuple[str, int]:
    """Number and code of what was just reported, for half an hour: a phone loads a page anew that it put away."""
    number, made_at = session.get(_MADE, ("", 0.0))
    if now().timestamp() - made_at > _SHOWN_FOR_S:
        session.pop(_MADE, None)
        return public_page("pages/public_follow.html", number="", told=None, reasons=())
    return public_page("pages/public_made.html", number=number, code=follow_code(number))


@PUBLIC.get("/public/streets.geojson")
def streets() -> Response:
    """The outlines of the streets for the map of the form; `ETag`."""
    check_open()
    on = now().astimezone(CHINA).date()
    return sent(_outlines(premises().book.geography, on), "application/geo+json")


@lru_cache(maxsize=2)
def _outlines(geography: Geography, on: date) -> Packed:
    """The outlines of the streets on a day, in the form of the cells that the map of the desk takes."""
    features = [
        {"type": "Feature", "id": "", "properties": {"street": code}, "geometry": geometry}
        for code, geometry in merged_outlines(geography, "street", on).items()
    ]
    names = {area.code: area.name for area in geography.areas.of_level("street", on)}
    return packed({"type": "FeatureCollection", "features": features, "names": names})


def _read(form: MultiDict[str, str]) -> tuple[Sent, ReportForm]:
    """The report of the form. Raises Invalid with every field that is missing or cannot be read."""
    values: dict[str, Any] = {}
    faults: list[Reason] = []
    read_point(form, values, faults)
    values.update(read_category(form.get("category", "")))
    texts = {name: form.get(name, "").strip() for name in ("description", "address", "name", "phone")}
    texts["phone"] = narrow(texts["phone"])
    needed = {"category": values.get("kind"), "description": texts["description"], "point": values.get("lon")}
    unread = {str(fault.field) for fault in faults}
    faults += [
        Reason("record_missing", {"field": field}, field=field)
        for field, value in needed.items()
        if not value and not (field == "point" and unread & {"lon", "lat"})
    ]
    faults += [
        Reason("too_long", {"field": field, "max_length": longest}, field=field)
        for field, name, longest in (
            ("reporter_name", "name", _LONGEST_NAME),
            ("reporter_phone", "phone", _LONGEST_PHONE),
        )
        if len(texts[name]) > longest
    ]
    if faults:
        raise Invalid("bad_value", "fields are missing or cannot be read", errors=faults)
    photos = chosen_photos(_MOST_PHOTOS)
    made = ReportForm(
        **values,
        description=texts["description"],
        channel=premises().book.settings.public.channel,
        address=texts["address"],
        is_reply_wanted=bool(texts["phone"]),
        reporter=Reporter(texts["name"], texts["phone"]),
        photos=photos,
    )
    typed = {name: text for name, text in form.items() if name not in ("csrf_token", "client_id")}
    return Sent(form, client_id_of(form), photos, typed), made


def _form(attempt: Attempt | None = None) -> str:
    book = premises().book
    return public_page(
        "pages/public_report.html",
        categories=category_groups(book.catalogue),
        systems=POINT_SYSTEMS,
        longest=book.settings.text.max_length,
        most_photos=_MOST_PHOTOS,
        attempt=attempt,
        client_id=new_client_id,
    )
