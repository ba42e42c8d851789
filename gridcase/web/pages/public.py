"""What everybody may do without an account: report a problem, and follow it by its number and code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gridcase.cases import service
from gridcase.cases.book import Desk, write
from gridcase.cases.forms import Reporter, ReportForm
from gridcase.cases.loading import load_case
from gridcase.cases.receipts import content_hash, once
from gridcase.clock import CHINA
from gridcase.directory.lockout import Key, LockRules, locked_until, note_failure
from gridcase.directory.people import SYSTEM
from gridcase.errors import GridcaseError, Invalid, NotFound, NotPermitted, Reason, Refused
from gridcase.spatial.coordinates import POINT_SYSTEMS
from gridcase.spatial.merging import merged_outlines
from gridcase.web.context import now, premises
from gridcase.web.errors import plain, status_of
from gridcase.web.pages.case_page import Attempt, attempt_of
from gridcase.web.pages.category_choice import category_groups
from gridcase.web.pages.frame import render
from gridcase.web.pages.grade_map import packed, tagged
from gridcase.web.pages.identity import new_client_id
from gridcase.web.pages.sending import (
    Sent,
    chosen_photos,
    client_id_of,
    form_fields,
    go_on,
    read_category,
    read_point,
    remember,
    told_once,
)
from gridcase.web.signing_in import address

PUBLIC = Blueprint("public", __name__)

_KEY = "public"
_LONGEST_NAME, _LONGEST_PHONE = 100, 40
_MOST_PHOTOS = 6
_CODE_LENGTH = 8
# Without the letters that are read as digits.
_ALPHABET = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"23456789ABCDEFGHJKMNPQRSTUVWXYZ0")
_REPORTS, _LOOKS = "report", "follow"
_NOT_FOUND, _TOO_MANY = 404, 429


def follow_code(number: str) -> str:
    """The code that goes with a case number: eight characters that only this site can make of it."""
    key = str(current_app.secret_key).encode()
    digest = hmac.new(key, f"follow:{premises().book.district}:{number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[:_CODE_LENGTH].translate(_ALPHABET).decode()


# --- reporting ------------------------------------------------------------------------------------------------


@PUBLIC.get("/public")
def show() -> str:
    """The way to the report form, to the progress of a report and to the bulletins."""
    return _page("pages/public.html")


@PUBLIC.get("/public/report")
def show_form() -> str:
    """The empty form."""
    return _form()


@PUBLIC.post("/public/report")
def report() -> Response | tuple[str, int]:
    """Make the case, which is confirmed before anything else, and tell its number and code."""
    _check_open()
    form = form_fields()
    if _is_locked(_REPORTS):
        return _form(Attempt(_KEY, form, (Reason("too_many_reports", {}),))), _TOO_MANY
    try:
        sent, made = _read(form)
        answer = _make(sent, made)
    except (Refused, NotPermitted, Invalid) as error:
        return _form(attempt_of(_KEY, form, error)), status_of(error)
    _count(_REPORTS)
    remember({"number": answer["number"]})
    return go_on(url_for("public.show_made"))


@PUBLIC.get("/public/report/made")
def show_made() -> str | tuple[str, int]:
    """Number and code of what was just reported, once."""
    told = told_once()
    if not told or "number" not in told:
        return _page("pages/public_follow.html", number="", told=None, reasons=())
    number = str(told["number"])
    return _page("pages/public_made.html", number=number, code=follow_code(number))


@PUBLIC.get("/public/streets.geojson")
def streets() -> Response:
    """The outlines of the streets for the map of the form; `ETag`."""
    _check_open()
    place = premises()
    on = now().astimezone(CHINA).date()
    outlines = merged_outlines(place.book.geography, "street", on)
    features = [
        {"type": "Feature", "id": "", "properties": {"street": code}, "geometry": geometry}
        for code, geometry in outlines.items()
    ]
    names = {area.code: area.name for area in place.book.geography.areas.of_level("street", on)}
    body = {"type": "FeatureCollection", "features": features, "names": names}
    return tagged(packed(json.dumps(body, ensure_ascii=False, separators=(",", ":"))), "application/geo+json")


def _make(sent: Sent, made: ReportForm) -> dict[str, Any]:
    """One report; the same form sent again makes no second one."""
    place = premises()
    hashes = tuple(photo.sha256 for photo in sent.photos)
    # A form of our own page always has an id; without one every sending is another report.
    client_id = sent.client_id

    def act(desk: Desk) -> dict[str, Any]:
        def run() -> dict[str, Any]:
            return {"number": service.report(desk, SYSTEM, made).number}

        digest = content_hash(SYSTEM.name, request.path, plain(sent.values), photos=hashes)
        answer: dict[str, Any] = json.loads(once(desk, client_id, digest, act=run).text)
        return answer

    try:
        return write(place.database, place.book, now(), act=act)
    except GridcaseError:
        if client_id is None or place.database.is_sqlite:
            raise
        # On PostgreSQL the first sending may have come through between the look for its receipt and the judging.
        return write(place.database, place.book, now(), act=act)


def _read(form: MultiDict[str, str]) -> tuple[Sent, ReportForm]:
    """The report of the form. Raises Invalid with every field that is missing or cannot be read."""
    values: dict[str, Any] = {}
    faults: list[Reason] = []
    read_point(form, values, faults)
    values.update(read_category(form.get("category", "")))
    texts = {name: form.get(name, "").strip() for name in ("description", "address", "name", "phone")}
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
    photos = () if faults else chosen_photos()
    if len(photos) > _MOST_PHOTOS:
        faults.append(Reason("too_many_photos", {"most": _MOST_PHOTOS}, field="photos"))
    if faults:
        raise Invalid("bad_value", "fields are missing or cannot be read", errors=faults)
    made = ReportForm(
        **values,
        description=texts["description"],
        channel=premises().book.settings.public.channel,
        address=texts["address"],
        is_reply_wanted=bool(texts["phone"]),
        reporter=Reporter(texts["name"], texts["phone"]),
        photos=photos,
    )
    sent = {name: text for name, text in form.items() if name not in ("csrf_token", "client_id")}
    return Sent(form, client_id_of(form), photos, sent), made


def _form(attempt: Attempt | None = None) -> str:
    book = premises().book
    return _page(
        "pages/public_report.html",
        categories=category_groups(book.catalogue),
        systems=POINT_SYSTEMS,
        longest=book.settings.text.max_length,
        most_photos=_MOST_PHOTOS,
        attempt=attempt,
        client_id=new_client_id,
    )


# --- following ------------------------------------------------------------------------------------------------


@PUBLIC.get("/public/follow")
def show_follow() -> str:
    """The form for number and code."""
    return _page("pages/public_follow.html", number="", told=None, reasons=())


@PUBLIC.post("/public/follow")
def follow() -> str | tuple[str, int]:
    """How far a report has come. A wrong code and an unknown number read the same."""
    _check_open()
    form = form_fields()
    number, code = (form.get(name, "").strip() for name in ("number", "code"))
    if _is_locked(_LOOKS):
        reasons = (Reason("sign_in_locked", {}),)
        return _page("pages/public_follow.html", number=number, told=None, reasons=reasons), _TOO_MANY
    told = None
    if number and hmac.compare_digest(follow_code(number).encode(), code.upper().encode()):
        told = _progress(number)
    if told is None:
        _count(_LOOKS)
        reasons = (Reason("no_such_report", {}),)
        return _page("pages/public_follow.html", number=number, told=None, reasons=reasons), _NOT_FOUND
    return _page("pages/public_follow.html", number=number, told=told, reasons=())


def _progress(number: str) -> dict[str, Any] | None:
    """What everybody may know of a case: its class, its stages with their moments; no person, no department."""
    place = premises()
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        case = load_case(desk, number)
        main = load_case(desk, case.main_case) if case is not None and case.main_case else None
    if case is None:
        return None
    stages: list[dict[str, Any]] = []
    for entry in case.entries:
        stage = case.definition.states[entry.step.to_state].stage
        if not stages or stages[-1]["stage"] != stage:
            stages.append({"stage": stage, "at": entry.step.at})
    shown = main or case
    return {
        "sub_name": case.fields["sub_name"],
        "stages": stages,
        "is_merged": main is not None,
        "result": None if shown.is_open else shown.definition.states[shown.state or ""].label,
    }


# --- for all --------------------------------------------------------------------------------------------------


def _page(template: str, **values: Any) -> str:
    _check_open()
    place = premises()
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        return render(desk, None, template, has_bulletins=place.book.settings.bulletin.public, **values)


def _check_open() -> None:
    if not premises().book.settings.public.reports:
        raise NotFound("unknown_path", "this site takes no reports without sign-in")


def _rules() -> LockRules:
    settings = premises().book.settings.public
    bounds = {_REPORTS: settings.reports_an_hour, _LOOKS: settings.wrong_codes_an_hour}
    return LockRules(bounds, within=timedelta(hours=1), lock=timedelta(hours=1))


def _is_locked(kind: str) -> bool:
    place = premises()
    with place.database.reading() as connection:
        until = locked_until(connection, place.book.district, [Key(kind, address())], now=now())
    return until is not None


def _count(kind: str) -> None:
    place = premises()
    with place.database.transaction() as connection:
        note_failure(connection, place.book.district, [Key(kind, address())], rules=_rules(), now=now())
