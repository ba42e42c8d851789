"""Finds photos of cases: one by its id, for those who see its case, and the first of each of some cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.joining import main_case_of
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
    """The photo of this id. Raises NotFound `unknown_photo`, also when neither its case is visible nor one that it was merged into."""
    table = table_of(Photo).c
    row = desk.connection.execute(
        select(table.number, table.sha256, table.media_type).where(
            table.district == desk.district, table.id == photo_id
        )
    ).first()
    refusal = NotFound("unknown_photo", f"there is no photo {photo_id!r}", photo=photo_id)
    if row is None:
        raise refusal
    if not _sees(desk, actor, row.number):
        raise refusal
    return Picture(row.sha256, row.media_type)


def first_pictures(desk: Desk, numbers: Sequence[str]) -> dict[str, str]:
    """The id of the photo that came first, by case number; for cases that the caller knows to be visible."""
    if not numbers:
        return {}
    table = table_of(Photo).c
    rows = desk.connection.execute(
        select(table.number, table.id)
        .where(table.district == desk.district, table.number.in_(numbers))
        .order_by(table.sent_at.desc(), table.id.desc())
    )
    return {row.number: row.id for row in rows}


def _sees(desk: Desk, actor: Actor, number: str | None) -> bool:
    """Whether this person may see the case, or the running one that it was merged into."""
    while number is not None:
        try:
            visible_case(desk, actor, number)
        except NotFound:
            number = main_case_of(desk, number)
        else:
            return True
    return False
