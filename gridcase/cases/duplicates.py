"""Open cases of the same class near a point: shown at the report and judged before filing (flow.md 4)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from gridcase.cases.book import Desk
from gridcase.cases.forms import Duplicate
from gridcase.cases.models import Case
from gridcase.cases.numbering import Look, alone, next_number_beside
from gridcase.clock import CHINA
from gridcase.config import Reach
from gridcase.db import table_of
from gridcase.spatial import distance_m

_METRES_PER_DEGREE = 111_000
_CASE = table_of(Case).c


@lru_cache(maxsize=2)
def _nearby(is_dated: bool) -> Look:
    names = {
        "district": _CASE.district,
        "kind": _CASE.kind,
        "main_code": _CASE.main_code,
        "sub_code": _CASE.sub_code,
    }
    bounds = {"west": _CASE.lon, "east": _CASE.lon, "south": _CASE.lat, "north": _CASE.lat}
    query = select(_CASE.number, _CASE.lon, _CASE.lat, _CASE.state).where(
        *(column == bindparam(name) for name, column in names.items()),
        _CASE.is_open,
        _CASE.lat.between(bindparam("south"), bindparam("north")),
        _CASE.lon.between(bindparam("west"), bindparam("east")),
    )
    types = {name: column.type for name, column in {**names, **bounds}.items()}
    if is_dated:
        query = query.where(_CASE.reported_at >= bindparam("since"))
        types["since"] = _CASE.reported_at.type
    return Look(query, types)


def reach_of_case(desk: Desk, fields: Mapping[str, Any]) -> Reach:
    """How far and how long back duplicates of a case or report are looked for (settings `duplicates`)."""
    category = "/".join(str(fields[name]) for name in ("kind", "main_code", "sub_code"))
    return desk.book.settings.duplicates.reach(category)


def open_duplicates(desk: Desk, fields: Mapping[str, Any], *, exclude: str | None = None) -> list[Duplicate]:
    """Open cases of the same kind, main and sub category within the radius and days of their category, nearest first."""
    reach = reach_of_case(desk, fields)
    look, values = _look_around(desk, fields, reach)
    rows = desk.access.fetch(alone(desk.dialect, look), values)
    return _nearest(fields, reach, [row for row in rows if row[0] != exclude])


def numbered_with_duplicates(desk: Desk, fields: Mapping[str, Any]) -> tuple[str, list[Duplicate]]:
    """The number of a new case, and the open duplicates that were there before it."""
    reach = reach_of_case(desk, fields)
    look, values = _look_around(desk, fields, reach)
    day = desk.now.astimezone(CHINA).date().isoformat().replace("-", "")
    number, rows = next_number_beside(desk.access, desk.district, day, look=look, values=values)
    return number, _nearest(fields, reach, rows)


def _look_around(desk: Desk, fields: Mapping[str, Any], reach: Reach) -> tuple[Look, dict[str, Any]]:
    lon, lat = fields["lon"], fields["lat"]
    high = (reach.radius_m or 0.0) / _METRES_PER_DEGREE * 1.01
    wide = high / math.cos(math.radians(lat))
    values = {
        **{name: fields[name] for name in ("kind", "main_code", "sub_code")},
        "district": desk.district,
        "west": lon - wide, "east": lon + wide, "south": lat - high, "north": lat + high,
    }  # fmt: skip
    if reach.days:
        values["since"] = desk.now - timedelta(days=reach.days)
    return _nearby(bool(reach.days)), values


def _nearest(fields: Mapping[str, Any], reach: Reach, rows: Sequence[tuple[Any, ...]]) -> list[Duplicate]:
    radius_m, lon, lat = reach.radius_m or 0.0, fields["lon"], fields["lat"]
    found = [
        Duplicate(number, round(distance_m(lon, lat, other_lon, other_lat), 1), state)
        for number, other_lon, other_lat, state in rows
    ]
    near = [duplicate for duplicate in found if duplicate.distance_m <= radius_m]
    return sorted(near, key=lambda duplicate: (duplicate.distance_m, duplicate.number))
