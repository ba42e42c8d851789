"""Reads what the forms of pages send, and gives the answer of a write once however often it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, request, session
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from gridcase.cases.book import Desk, write
from gridcase.cases.photos import MOST_PHOTOS, PhotoFile, check_photo_count
from gridcase.cases.receipts import content_hash, once
from gridcase.cases.steps import dump_json
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, Reason
from gridcase.web.context import acting, now, premises, repeatable
from gridcase.web.errors import plain

# Sent by our script, which keeps what was typed and the chosen photos when a form is refused.
FROM_SCRIPT = "X-Gridcase-Script"
LOCATION = "X-Location"

PHOTOS = "photos"
_NO_CONTENT, _SEE_OTHER = 204, 303
_LISTS = ("assisting",)
_NUMBERS = ("ticked",)
_INTEGERS = ("condition_no",)
_FLAGS = ("same_time", "duplicates_seen")
_MOMENTS = ("started_at", "finished_at")
_DEGREES = ("lon", "lat")
_TEXTS = (
    "opinion", "reason", "reason_code", "department", "inspector", "handler", "question", "result", "measure",
    "main_case", "document", "receiver",
)  # fmt: skip
_CORRECTED = ("component_code", "address")
_PREFIX = "corrections."
_TOLD = "told"
# The ends of the calendar overflow when a zone is applied.
_YEARS = range(1970, 2200)


@dataclass(frozen=True)
class Sent:
    """What a form carried: its fields as typed, the id that makes it repeatable, the photos."""

    form: MultiDict[str, str]
    client_id: str | None = None
    photos: tuple[PhotoFile, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


def form_fields() -> MultiDict[str, str]:
    """The fields of the request without NUL, which no database takes, and with one kind of line end."""
    pairs = [
        (name, text.replace("\0", "").replace("\r\n", "\n")) for name, text in request.form.items(multi=True)
    ]
    return MultiDict(pairs)


def client_id_of(form: Mapping[str, str]) -> str | None:
    """The id that the page gave the form; None when it is no UUID."""
    try:
        return str(UUID(form.get("client_id", "")))
    except ValueError:
        return None


def version_of(form: Mapping[str, str]) -> int | None:
    """The version that the page showed."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def chosen_photos(most: int = MOST_PHOTOS) -> tuple[PhotoFile, ...]:
    """The checked photos of the request.

    Raises Invalid `too_many_photos` before any is looked at, and `photo_…` with every photo that is refused, each by
    `photo_name` and `photo_no` of `photo_count`.
    """
    store = premises().book.photos
    sent = [(file.filename or "", file.read()) for file in request.files.getlist(PHOTOS)]
    # A form without a chosen file sends an empty one.
    chosen = [(name, content) for name, content in sent if content]
    check_photo_count(len(chosen), field=PHOTOS, most=most)
    photos, faults = [], []
    for no, (name, content) in enumerate(chosen, start=1):
        try:
            photos.append(store.check(content))
        except Invalid as error:
            which = {"photo_name": name, "photo_no": no, "photo_count": len(chosen)}
            faults.append(Reason(error.code, {**error.data, **which}, field=PHOTOS))
    if faults:
        raise Invalid(faults[0].code, "photos cannot be taken", errors=faults)
    return tuple(photos)


def read_records(form: MultiDict[str, str]) -> dict[str, Any]:
    """The records of a move by their names; what was left empty is not among them.

    Raises Invalid `bad_value` with every field that cannot be read.
    """
    faults: list[Reason] = []
    records: dict[str, Any] = {name: form[name].strip() for name in _TEXTS if form.get(name, "").strip()}
    records.update({name: True for name in _FLAGS if form.get(name)})
    records.update({name: chosen for name in _LISTS if (chosen := [v for v in form.getlist(name) if v])})
    for name in _INTEGERS:
        _read(records, faults, name, text=form.get(name, ""), reader=int)
    for name in _MOMENTS:
        _read(records, faults, name, text=form.get(name, ""), reader=_china)
    for name in _NUMBERS:
        if form.getlist(name):
            _read(records, faults, name, text=",".join(form.getlist(name)), reader=_integers)
    read_point(form, records, faults)
    corrections = _corrections(form, faults)
    if corrections:
        records["corrections"] = corrections
    if faults:
        raise Invalid("bad_value", "fields cannot be read", errors=faults)
    return records


def read_point(
    form: Mapping[str, str], records: dict[str, Any], faults: list[Reason], *, prefix: str = ""
) -> None:
    """Put a point into the records when the form has any part of one."""
    if form.get(f"{prefix}lon", "").strip() or form.get(f"{prefix}lat", "").strip():
        for name in _DEGREES:
            _read(records, faults, name, text=form.get(f"{prefix}{name}", "") or "?", reader=float)
        records["coordinate_system"] = form.get(f"{prefix}coordinate_system") or "wgs84"


def read_category(text: str) -> dict[str, str]:
    """`event/01/10` as kind, main and sub code; empty when it is no category."""
    parts = text.split("/")
    return dict(zip(("kind", "main_code", "sub_code"), parts, strict=True)) if len(parts) == 3 else {}


def _corrections(form: MultiDict[str, str], faults: list[Reason]) -> dict[str, Any]:
    corrections: dict[str, Any] = read_category(form.get(f"{_PREFIX}category", ""))
    for name in _CORRECTED:
        text = form.get(_PREFIX + name, "").strip()
        if text:
            corrections[name] = text
    read_point(form, corrections, faults, prefix=_PREFIX)
    return corrections


def _read(
    records: dict[str, Any], faults: list[Reason], name: str, *, text: str, reader: Callable[[str], Any]
) -> None:
    text = text.strip()
    if not text:
        return
    try:
        value = reader(text)
        if isinstance(value, float) and not abs(value) < 1e9:
            raise ValueError(text)
    except ValueError:
        expected = {"expected": "degrees"} if name in _DEGREES else {}
        faults.append(Reason("bad_value", {"field": name, **expected}, field=name))
    else:
        records[name] = value


def _china(text: str) -> datetime:
    """The moment of a field `datetime-local`, which is China time."""
    moment = datetime.fromisoformat(text).replace(tzinfo=CHINA)
    if moment.year not in _YEARS:
        raise ValueError(text)
    return moment


def _integers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def read_date(form: Mapping[str, str], name: str) -> date | None:
    """A date. Raises Invalid `bad_value`."""
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fault = Reason("bad_value", {"field": name}, field=name)
        raise Invalid("bad_value", f"{name} is no date", errors=[fault]) from None


def read_moment(form: Mapping[str, str], name: str) -> datetime | None:
    """The moment of a field `datetime-local`, which is China time. Raises Invalid `bad_value`."""
    text = form.get(name, "").strip()
    try:
        return _china(text) if text else None
    except ValueError:
        fault = Reason("bad_value", {"field": name}, field=name)
        raise Invalid("bad_value", f"{name} is no moment", errors=[fault]) from None


def act_once(
    sent: Sent, act: Callable[[Desk, Actor], dict[str, Any]], *, actor: Actor | None = None
) -> dict[str, Any]:
    """Run one write; the same form sent again gets the same answer and changes nothing (api.md 1.4).

    As the person of this request, or as `actor` for whom nobody has to be signed in.
    """
    content = dump_json(plain(sent.values))
    hashes = tuple(photo.sha256 for photo in sent.photos)

    def run(desk: Desk, actor: Actor) -> dict[str, Any]:
        digest = content_hash(actor.name, request.path, content, photos=hashes)
        answered = once(desk, sent.client_id, digest, act=lambda: act(desk, actor))
        answer: dict[str, Any] = json.loads(answered.text)
        return answer

    if actor is None:
        return repeatable(lambda: acting(run), sent.client_id)
    place = premises()
    return repeatable(
        lambda: write(place.database, place.book, now(), act=lambda desk: run(desk, actor)), sent.client_id
    )


def remember(told: dict[str, Any]) -> None:
    """Keep what was done for the next page of this person, which tells it once."""
    session[_TOLD] = told


def told_once() -> dict[str, Any] | None:
    """What the last form of this person did, if no page has told it yet."""
    told: dict[str, Any] | None = session.pop(_TOLD, None)
    return told


def go_on(path: str) -> Answer:
    """The answer to a form that was accepted: our script is told the way, a browser is sent there."""
    if FROM_SCRIPT in request.headers:
        return Response(status=_NO_CONTENT, headers={LOCATION: path})
    return redirect(path, _SEE_OTHER)
