"""What the hotline needs while somebody is on the telephone: earlier calls of the same number, addresses near by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.duty import own_cells
from gridcase.cases.listing import of_phone
from gridcase.cases.models import Case
from gridcase.cases.shown import china_text
from gridcase.cases.visibility import visible
from gridcase.clock import CHINA
from gridcase.db import table_of
from gridcase.directory.people import Actor

_CASE = table_of(Case).c
CALL_DAYS = 30
_MOST_CALLS, _MOST_PLACES, _MOST_AREAS = 10, 8, 6
# The same address comes back case after case: so many rows are looked at for the distinct ones among them.
_ROWS = 80
_ADDRESS_DAYS = 365


def calls_of(desk: Desk, actor: Actor, phone: str) -> list[dict[str, Any]]:
    """The cases that this number reported in the last days, newest first; only where this person may know that."""
    query = (
        select(
            _CASE.number, _CASE.reported_at, _CASE.sub_name, _CASE.address, _CASE.description, _CASE.state,
            _CASE.workflow, _CASE.definition_version, _CASE.is_open,
        )
        .where(
            _CASE.district == desk.district,
            of_phone(desk, actor, phone),
            _CASE.reported_at >= desk.now - timedelta(days=CALL_DAYS),
        )
        .order_by(_CASE.reported_at.desc(), _CASE.number.desc())
        .limit(_MOST_CALLS)
    )  # fmt: skip
    rows = desk.connection.execute(query).mappings()
    return [
        {
            "number": row["number"],
            "reported_at": china_text(row["reported_at"]),
            "sub_name": row["sub_name"],
            "address": row["address"],
            "description": row["description"],
            "is_open": row["is_open"],
            "state_label": desk.book.flows.get(row["workflow"], row["definition_version"])
            .states[row["state"]]
            .label,
        }
        for row in rows
    ]


def places_named(desk: Desk, actor: Actor, text: str) -> list[dict[str, Any]]:
    """Where something of this name lies: addresses of visible cases of a year, then streets and communities.

    Each has `name`, `of` (the code of its community or street), `lon`, `lat` (WGS-84 degrees) and `number`, the newest
    case there, of an address only.
    """
    return [*_addresses(desk, actor, text), *_areas(desk, actor, text)]


def _addresses(desk: Desk, actor: Actor, text: str) -> list[dict[str, Any]]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    query = (
        select(_CASE.address, _CASE.lon, _CASE.lat, _CASE.community, _CASE.number)
        .where(
            _CASE.district == desk.district,
            _CASE.reported_at >= desk.now - timedelta(days=_ADDRESS_DAYS),
            _CASE.address.like(f"%{escaped}%", escape="\\"),
            visible(actor, desk.book.flows, own_cells=own_cells(desk, actor)),
        )
        .order_by(_CASE.reported_at.desc())
        .limit(_ROWS)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in desk.connection.execute(query).mappings():
        place = {"name": row["address"], "of": row["community"], "number": row["number"]}
        found.setdefault(row["address"], {**place, "lon": row["lon"], "lat": row["lat"]})
    return list(found.values())[:_MOST_PLACES]


def _areas(desk: Desk, actor: Actor, text: str) -> list[dict[str, Any]]:
    """Streets and communities of the person's area by their names, each at a cell in its middle."""
    on = desk.now.astimezone(CHINA).date()
    areas = desk.book.geography.areas
    found = [
        (level, area)
        for level in ("street", "community")
        for area in areas.of_level(level, on)
        if text in area.name and _is_within(area.code, actor.area)
    ]
    named = []
    for _level, area in found[:_MOST_AREAS]:
        middle = _middle(desk, area.code, on)
        if middle is not None:
            named.append(
                {"name": area.name, "of": area.parent, "number": None, "lon": middle[0], "lat": middle[1]}
            )
    return named


def _is_within(code: str, area: str) -> bool:
    return code.startswith(area) or area.startswith(code)


def _middle(desk: Desk, code: str, on: date) -> tuple[float, float] | None:
    """A point in the cell of an area that lies nearest to the middle of its cells (WGS-84 degrees)."""
    points = [
        (point.x, point.y)
        for cell in desk.book.geography.cells(on)
        if cell.code.startswith(code)
        for point in (cell.shape.representative_point(),)
    ]
    if not points:
        return None
    lon, lat = (sum(point[at] for point in points) / len(points) for at in (0, 1))
    return min(points, key=lambda point: (point[0] - lon) ** 2 + (point[1] - lat) ** 2)
