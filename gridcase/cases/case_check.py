"""Checks one case as the database holds it: the chain of its steps, then every row that mirrors them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from sqlalchemy import Connection

from gridcase.cases.book import Rulebook
from gridcase.cases.casefile import CaseFile, fold
from gridcase.cases.chain import TABLE as STEP
from gridcase.cases.chain import Chain, check_chain
from gridcase.cases.differences import ABSENT, DIFFERS, Difference, compare
from gridcase.cases.mirrors import MIRRORS, Row
from gridcase.cases.models import Case, Photo
from gridcase.cases.steps import Entry, entry_from_row, row_of
from gridcase.cases.tampering import candidates_for
from gridcase.db import table_of
from gridcase.errors import GridcaseError

# The history of a case cannot be read as one, though each step may be sealed.
UNREADABLE = "unreadable"
# A picture that a photo row names has gone, or is another one.
PHOTO_LOST, PHOTO_ALTERED = "photo_lost", "photo_altered"
CASES, PHOTOS = table_of(Case).name, table_of(Photo).name

_MALFORMED = (GridcaseError, ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """Everything the database holds of one case, as raw rows; `mirrors` by the name of the table."""

    number: str
    steps: Sequence[Row]
    mirrors: Mapping[str, Sequence[Row]]
    photos: Sequence[Row]

    def rows(self) -> Iterator[Row]:
        """All of them."""
        yield from self.steps
        yield from self.photos
        for own in self.mirrors.values():
            yield from own


def check_case(connection: Connection, book: Rulebook, held: HeldCase) -> Iterator[Difference]:
    """What differs, the history first; nothing when the case is sound."""
    own = next(iter(held.mirrors[CASES]), None)
    if not held.steps and own is None:
        yield Difference(held.number, CASES, ABSENT, {})
    steps = sorted(held.steps, key=_place)
    chain = Chain(held.number, steps, own["last_hash"] if own else None, own["version"] if own else None)
    yield from check_chain(chain, partial(candidates_for, connection, book, list(held.rows())))
    case = folded(book, held.number, steps) if steps else None
    if isinstance(case, Difference):
        yield case
        return
    try:
        expected = {mirror.name: list(mirror.rows(case)) if case else [] for mirror in MIRRORS}
        found = [*_check_steps(book.district, case, steps), *_check_photos(case, held.photos)] if case else []
    except _MALFORMED:
        yield Difference(held.number, STEP, UNREADABLE, {"no": steps[-1]["no"]})
        return
    yield from found
    for mirror in MIRRORS:
        yield from compare(held.number, mirror, held.mirrors[mirror.name], expected=expected[mirror.name])


def _place(row: Row) -> int:
    """The place of a step; one whose number is none stands first and breaks the chain."""
    return row["no"] if isinstance(row["no"], int) else 0


def folded(book: Rulebook, number: str, steps: Sequence[Row]) -> CaseFile | Difference:
    """The case that these step rows (at least one, in order) make, or the first one that cannot be a step of it."""
    entries: list[Entry] = []
    for row in steps:
        try:
            entries.append(entry_from_row(row))
        except _MALFORMED:
            return Difference(number, STEP, UNREADABLE, {"no": row["no"]})
    try:
        name = str(entries[0].step.data["workflow"])
        return fold(number, partial(book.flows.get, name), entries)
    except _MALFORMED:
        return Difference(number, STEP, UNREADABLE, {"no": steps[-1]["no"]})


def _check_steps(district: str, case: CaseFile, steps: Sequence[Row]) -> Iterator[Difference]:
    """Each step begins where the one before it ended, and is written as the program writes it."""
    state: str | None = None
    for entry, row in zip(case.entries, steps, strict=True):
        told = {**row_of(entry, district, case.number), "from_state": state}
        for column, value in told.items():
            if row[column] != value:
                yield Difference(case.number, STEP, DIFFERS, {"no": row["no"]}, column, row[column], value)
        state = entry.step.to_state


def _check_photos(case: CaseFile, photos: Sequence[Row]) -> Iterator[Difference]:
    """Every picture that a step names has its row, with the hash that the step tells."""
    rows = {row["id"]: row for row in photos}
    for entry in case.entries:
        for told in entry.step.data.get("photos", ()):
            key, row = {"id": told["id"]}, rows.get(told["id"])
            if row is None:
                yield Difference(case.number, PHOTOS, ABSENT, key)
                continue
            for column in ("kind", "sha256"):
                if row[column] != told[column]:
                    yield Difference(case.number, PHOTOS, DIFFERS, key, column, row[column], told[column])


def check_pictures(book: Rulebook, held: HeldCase) -> Iterator[Difference]:
    """Every picture lies in the folder of photos and has the hash under which it was taken in."""
    for row in held.photos:
        key, told = {"id": row["id"]}, row["sha256"]
        try:
            found = sha256(book.photos.read(told)).hexdigest()
        except (OSError, TypeError):
            yield Difference(held.number, PHOTOS, PHOTO_LOST, key, "sha256", told)
            continue
        if found != told:
            yield Difference(held.number, PHOTOS, PHOTO_ALTERED, key, "sha256", told, found)
