"""Open cases of the same class near a point: shown at the report and judged before filing (flow.md 4)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Dialect

from gridcase.cases.book import Desk
from gridcase.cases.forms import Duplicate
from gridcase.cases.models import Case
from gridcase.db import Prepared, table_of
from gridcase.spatial import distance_m

_METRES_PER_DEGREE = 111_000
_CASE = table_of(Case).c


@lru_cache(maxsize=8)
def _nearby(dialect: Dialect, is_dated: bool) -> Prepared:
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
    return Prepared(query, dialect, types)


def open_duplicates(desk: Desk, fields: Mapping[str, Any], *, exclude: str | None = None) -> list[Duplicate]:
    """Open cases of the same kind, main and sub category within the settings' radius and days, nearest first."""
    settings = desk.book.settings.duplicates
    lon, lat = fields["lon"], fields["lat"]
    high = settings.radius_m / _METRES_PER_DEGREE * 1.01
    wide = high / math.cos(math.radians(lat))
    values = {
        **{name: fields[name] for name in ("kind", "main_code", "sub_code")},
        "district": desk.district,
        "west": lon - wide, "east": lon + wide, "south": lat - high, "north": lat + high,
    }  # fmt: skip
    if settings.days:
        values["since"] = desk.now - timedelta(days=settings.days)
    rows = desk.access.fetch(_nearby(desk.dialect, bool(settings.days)), values)
    found = [
        Duplicate(number, round(distance_m(lon, lat, other_lon, other_lat), 1), state)
        for number, other_lon, other_lat, state in rows
        if number != exclude
    ]
    near = [duplicate for duplicate in found if duplicate.distance_m <= settings.radius_m]
    return sorted(near, key=lambda duplicate: (duplicate.distance_m, duplicate.number))
