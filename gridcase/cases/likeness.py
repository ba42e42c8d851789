"""Photos that look alike: the search for an earlier photo that looks like a new one.

A photo that was used before is flagged for people to look at and never refused (flow.md 1, lessons.md): two honest
photos may look alike, and a robot shall not accuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, literal_column, or_, select
from sqlalchemy.engine import Dialect

from gridcase.cases.book import Desk
from gridcase.cases.models import Photo
from gridcase.cases.traces import BANDS, bands_of
from gridcase.db import Prepared, table_of

_CANDIDATES = 500
_TABLE = table_of(Photo).c


@dataclass(frozen=True, slots=True)
class Likeness:
    """An earlier photo that looks like a new one: its id, its case, and in how many of 64 bits they differ."""

    photo: str
    number: str
    distance: int


@lru_cache(maxsize=8)
def _select_alike(dialect: Dialect) -> Prepared:
    alike = or_(*(_TABLE[name] == bindparam(name) for name in BANDS))
    query = (
        select(_TABLE.id, _TABLE.number, _TABLE.kind, _TABLE.attempt, _TABLE.trace)
        .where(_TABLE.district == bindparam("district"), alike)
        .order_by(_TABLE.sent_at.desc(), _TABLE.id)
        .limit(literal_column(str(_CANDIDATES)))
        .offset(literal_column("0"))
    )
    types: dict[str, Any] = {name: _TABLE[name].type for name in ("district", *BANDS)}
    return Prepared(query, dialect, types)


def find_likeness(desk: Desk, trace: str | None, *, number: str, kind: str, attempt: int) -> Likeness | None:
    """The photo that looks most like this one, of those sent before it within the setting `photos.reuse_bits`.

    Photos of the same kind and attempt in the same case do not count: they show one thing from near by. Among the
    newest 500 that share a band the nearest is taken, of equals the oldest.
    """
    if trace is None:
        return None
    values = {"district": desk.district, **bands_of(trace)}
    rows = desk.access.fetch(_select_alike(desk.dialect), values)
    wanted, most = int(trace, 16), desk.book.settings.photos.reuse_bits
    best: Likeness | None = None
    for photo, of_case, of_kind, of_attempt, other in rows:
        if (of_case, of_kind, of_attempt) == (number, kind, attempt):
            continue
        distance = (wanted ^ int(other, 16)).bit_count()
        if distance <= most and (best is None or distance <= best.distance):
            best = Likeness(photo, of_case, distance)
    return best
