"""Finds one photo by its id, for those who see its case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.loading import visible_case
from gridcase.cases.models import Photo
from gridcase.db import table_of
from gridcase.directory.people import Actor
from gridcase.errors import NotFound


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored photo: the hash of its content (hex) and its media type."""

    sha256: str
    media_type: str


def find_picture(desk: Desk, actor: Actor, photo_id: str) -> Picture:
    """The photo of this id. Raises NotFound `unknown_photo`, also when its case is not visible."""
    table = table_of(Photo).c
    row = desk.connection.execute(
        select(table.number, table.sha256, table.media_type).where(
            table.district == desk.district, table.id == photo_id
        )
    ).first()
    refusal = NotFound("unknown_photo", f"there is no photo {photo_id!r}", photo=photo_id)
    if row is None:
        raise refusal
    try:
        visible_case(desk, actor, row.number)
    except NotFound:
        raise refusal from None
    return Picture(row.sha256, row.media_type)
