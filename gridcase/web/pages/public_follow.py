"""How far a citizen's report has come, told by its number and code without an account, and nothing of any person."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Any

from flask import Blueprint, current_app

from gridcase.cases.book import Desk
from gridcase.cases.loading import load_case
from gridcase.cases.texts import narrow
from gridcase.errors import Reason
from gridcase.web.context import now, premises
from gridcase.web.pages.public_doors import LOOKS, check_open, count_try, is_locked, public_page
from gridcase.web.pages.sending import form_fields

PUBLIC_FOLLOW = Blueprint("public_follow", __name__)

_CODE_LENGTH = 8
# Without the letters that are read as digits.
_ALPHABET = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"23456789ABCDEFGHJKMNPQRSTUVWXYZ0")
_NOT_FOUND, _TOO_MANY = 404, 429
_PARTING = re.compile(r"[\s\-–—]+")


def follow_code(number: str) -> str:
    """The code that goes with a case number: eight characters that only this site can make of it."""
    key = str(current_app.secret_key).encode()
    digest = hmac.new(key, f"follow:{premises().book.district}:{number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[:_CODE_LENGTH].translate(_ALPHABET).decode()


@PUBLIC_FOLLOW.get("/public/follow")
def show_follow() -> str:
    """The form for number and code."""
    return public_page("pages/public_follow.html", number="", told=None, reasons=())


@PUBLIC_FOLLOW.post("/public/follow")
def follow() -> str | tuple[str, int]:
    """How far a report has come. A wrong code and an unknown number read the same.

    Whoever comes from the page of a new report sees number and code once more.
    """
    check_open()
    form = form_fields()
    number, code = (_bare(form.get(name, "")) for name in ("number", "code"))
    if is_locked(LOOKS):
        reasons = (Reason("sign_in_locked", {}),)
        return public_page("pages/public_follow.html", number=number, told=None, reasons=reasons), _TOO_MANY
    told = None
    if number and hmac.compare_digest(follow_code(number).encode(), code.upper().replace("O", "0").encode()):
        told = _progress(number)
    if told is None:
        count_try(LOOKS)
        reasons = (Reason("no_such_report", {}),)
        return public_page("pages/public_follow.html", number=number, told=None, reasons=reasons), _NOT_FOUND
    shown = follow_code(number) if form.get("made") else ""
    return public_page("pages/public_follow.html", number=number, code=shown, told=told, reasons=())


def _bare(text: str) -> str:
    """What was typed without the blanks and dashes by which people part long numbers, and as in ASCII."""
    return _PARTING.sub("", narrow(text))


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
