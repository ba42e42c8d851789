"""Photos and notes appended to a case: they never wait for a move and never conflict with one (api.md 1.5)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from gridcase.cases.book import Desk
from gridcase.cases.forms import PhotosForm
from gridcase.cases.loading import visible_case
from gridcase.cases.models import Note, Photo
from gridcase.cases.photo_rows import Sighting, photo_ids, photo_row
from gridcase.cases.places import on_the_map
from gridcase.cases.records import PHOTO_KINDS
from gridcase.cases.store import Batch
from gridcase.cases.texts import check_texts
from gridcase.db import table_of
from gridcase.directory.people import Actor
from gridcase.errors import Invalid

_NAMESPACE = uuid.UUID("2b0c8a2e-52a5-5c80-8bb6-0f6f4f0a9c11")


@dataclass(frozen=True, slots=True)
class Appended:
    """The answer to an appended photo or note."""

    id: str
    number: str


def add_photos(desk: Desk, actor: Actor, number: str, *, form: PhotosForm, seed: str) -> tuple[Appended, ...]:
    """Append photos to a visible case. `seed` (the client id) makes their ids; a photo that is sent twice is one.

    Raises NotFound `unknown_case`, Invalid `bad_value` for an unknown kind, and for a position as `on_the_map`.
    """
    case = visible_case(desk, actor, number)
    if form.kind not in PHOTO_KINDS:
        raise Invalid(
            "bad_value", f"kind must be one of {', '.join(PHOTO_KINDS)}", field="kind", choices=PHOTO_KINDS
        )
    lon, lat = form.lon, form.lat
    if lon is not None and lat is not None and form.coordinate_system:
        lon, lat = on_the_map(lon, lat, form.coordinate_system)
    desk.book.photos.keep(form.photos)
    photos = list({photo.sha256: photo for photo in form.photos}.values())
    ids = photo_ids(_NAMESPACE, f"{case.number}/{actor.name}/{seed}", photos)
    sighting = Sighting(form.kind, form.taken_at, lon, lat, form.uncertainty_m)
    for photo_id, photo in zip(ids, photos, strict=True):
        batch = Batch(desk.dialect)
        row = photo_row(desk, case, actor, photo=photo, sighting=sighting)
        batch.add(table_of(Photo), "ignore", {"id": photo_id, **row})
        # One by one: the next may resemble it.
        desk.send(batch)
    known = {photo.sha256: photo_id for photo_id, photo in zip(ids, photos, strict=True)}
    return tuple(Appended(known[photo.sha256], number) for photo in form.photos)


def add_note(desk: Desk, actor: Actor, number: str, *, text: str, seed: str) -> Appended:
    """Append a note to a visible case. Raises NotFound `unknown_case`, Invalid `missing_field`, `too_long`."""
    case = visible_case(desk, actor, number)
    check_texts(desk, {"text": text})
    if not text.strip():
        raise Invalid("missing_field", "a note needs a text", field="text")
    note_id = str(uuid.uuid5(_NAMESPACE, f"{case.number}/{actor.name}/note/{seed}/{text}"))
    batch = Batch(desk.dialect)
    batch.add(table_of(Note), "ignore", {
        "district": desk.district, "id": note_id, "number": number, "author": actor.name,
        "department": actor.department, "written_at": desk.now, "text": text,
    })  # fmt: skip
    desk.send(batch)
    return Appended(note_id, number)
