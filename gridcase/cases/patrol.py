"""What an inspector on patrol needs at hand: tasks of the day, own cells, usual categories, open cases near by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.duplicates import open_duplicates
from gridcase.cases.duty import own_cells
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.loading import visible_case
from gridcase.cases.models import Case
from gridcase.cases.offers import offers_of
from gridcase.cases.places import lies_in, on_the_map
from gridcase.cases.shown import china_text
from gridcase.cases.view import photos_by_case
from gridcase.clock import CHINA
from gridcase.db import table_of
from gridcase.directory.duty import INSPECTOR
from gridcase.directory.people import Actor
from gridcase.spatial import Geography, distance_m

MOST_TASKS, MOST_CELLS = 60, 100
_MOST_USUAL = 8
_USUAL_DAYS, _RECENT_DAYS = 90, 30
# About a kilometre: what somebody may walk into beside the own cells.
_AROUND_DEGREES = 0.01
_CASE = table_of(Case).c
_CATEGORY = (_CASE.kind, _CASE.main_code, _CASE.sub_code)
# Wide enough that a field of view is known, short enough to send over a weak line.
_DECIMALS = 6


# --- tasks ----------------------------------------------------------------------------------------------------


def tasks_of(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """The open inspection tasks (核实, 核查) of this person, by due moment, each with what may be done and the photos."""
    states = {
        state.name
        for name in desk.book.flows.names
        for state in desk.book.flows.latest(name).states.values()
        if state.owner == INSPECTOR
    }
    wanted = Filters(state=sorted(states), inspector=(actor.name,), is_open=True)
    rows = list_cases(desk, actor, filters=wanted, page=Page("due_at", limit=MOST_TASKS)).items
    photos = photos_by_case(desk, [row["number"] for row in rows])
    return [_task(desk, actor, row, photos=photos[row["number"]]) for row in rows]


def _task(
    desk: Desk, actor: Actor, row: Mapping[str, Any], *, photos: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    case = visible_case(desk, actor, row["number"])
    names = (
        "number", "version", "state_label", "stage", "kind", "main_code", "sub_code", "sub_name", "description",
        "address", "street", "community", "lon", "lat", "cell", "due_at", "lamp", "remaining_seconds", "urgent", "attempt",
    )  # fmt: skip
    window = case.task.window if case.task else None
    return {
        **{name: row[name] for name in names},
        **_asked(case),
        "window": [china_text(moment) for moment in window] if window else None,
        "photos": photos,
        "moves": offers_of(desk, actor, case, of_role=INSPECTOR)["allowed"],
    }


def _asked(case: CaseFile) -> dict[str, str | None]:
    """What the inspector was asked to look at, and when the task was given."""
    sent = [entry for entry in case.entries if entry.step.data.get("inspector")]
    if not sent:
        return {"question": None, "given_at": None}
    last = sent[-1]
    return {
        "question": last.step.data.get("question") or last.opinion,
        "given_at": china_text(last.step.at),
    }


# --- categories -----------------------------------------------------------------------------------------------


def recent_categories(desk: Desk, actor: Actor) -> list[str]:
    """`kind/main/sub` of what this person reported in the last days, the newest first."""
    query = (
        select(*_CATEGORY)
        .where(
            _CASE.district == desk.district,
            _CASE.reported_by == actor.name,
            _CASE.reported_at >= desk.now - timedelta(days=_RECENT_DAYS),
        )
        .group_by(*_CATEGORY)
        .order_by(func.max(_CASE.reported_at).desc(), *_CATEGORY)
        .limit(_MOST_USUAL)
    )
    return _keys(desk, query)


def usual_categories(desk: Desk, cell: str) -> list[str]:
    """`kind/main/sub` of what is reported most in a cell, over the last three months."""
    query = (
        select(*_CATEGORY)
        .where(
            _CASE.district == desk.district,
            # Cells are found through the index of their streets.
            _CASE.street == cell[:9],
            _CASE.cell == cell,
            _CASE.reported_at >= desk.now - timedelta(days=_USUAL_DAYS),
        )
        .group_by(*_CATEGORY)
        .order_by(func.count().desc(), *_CATEGORY)
        .limit(_MOST_USUAL)
    )
    return _keys(desk, query)


def _keys(desk: Desk, query: Any) -> list[str]:
    return ["/".join(row) for row in desk.connection.execute(query)]


# --- open cases near by ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in degrees of its coordinate system, and the category of what stands there."""

    lon: float
    lat: float
    system: str
    category: tuple[str, str, str]


def open_cases_near(desk: Desk, actor: Actor, spot: Spot) -> list[dict[str, Any]]:
    """The open cases of the same category near by that this person may see, the nearest first.

    Raises Invalid (`unknown_crs`, `bad_point`, `swapped`, `outside_box`).
    """
    lon, lat = on_the_map(spot.lon, spot.lat, spot.system)
    names = ("kind", "main_code", "sub_code")
    fields = {**dict(zip(names, spot.category, strict=True)), "lon": lon, "lat": lat}
    near = {each.number: each.distance_m for each in open_duplicates(desk, fields)}
    if not near:
        return []
    wanted = Filters(number=sorted(near))
    items = list_cases(desk, actor, filters=wanted, page=Page("number", limit=len(near))).items
    told = ("number", "state_label", "sub_name", "description", "address", "reported_at")
    found = [{**{name: item[name] for name in told}, "distance_m": near[item["number"]]} for item in items]
    return sorted(found, key=lambda item: (item["distance_m"], item["number"]))


# --- cells ----------------------------------------------------------------------------------------------------


def patrol_area(desk: Desk, actor: Actor, point: tuple[float, float] | None) -> dict[str, Any]:
    """The own cells and those around a point (WGS-84), at most 100, with the names of their streets and communities.

    `cells`: `code`, `own`, `rings` (all borders of the cell, holes too: a point inside lies within an odd number).
    `is_cut` when there are more own cells than are given; those nearest to the point are.
    """
    geography, on = desk.book.geography, desk.now.astimezone(CHINA).date()
    roster = own_cells(desk, actor)
    own = frozenset(roster) if roster is not None else _cells_of_area(geography, actor.area, on)
    near = [] if point is None else _nearest_cells(geography, on, point)
    # A roster may name cells that ended.
    rest = sorted(code for code in own - set(near) if geography.cell(code).span.holds(on))
    codes = [*near, *rest][:MOST_CELLS]
    cells: list[dict[str, Any]] = [
        {"code": code, "own": code in own, "rings": list(_rings(geography.cell(code).geometry))}
        for code in codes
    ]
    parents = {code[:length] for code in codes for length in (9, 12)}
    names = {code: geography.areas.find(code) for code in sorted(parents)}
    return {
        "cells": cells,
        "names": {code: area.name for code, area in names.items() if area is not None},
        "own_count": len(own),
        "is_cut": len(own) > sum(cell["own"] for cell in cells),
    }


def _nearest_cells(geography: Geography, on: date, point: tuple[float, float]) -> list[str]:
    """The cells about a kilometre around, those with the nearest middles first."""
    lon, lat = point
    reach = _AROUND_DEGREES
    found = geography.cell_features(on, (lon - reach, lat - reach, lon + reach, lat + reach))

    def metres(feature: Mapping[str, Any]) -> float:
        corners = next(_rings(feature["geometry"]))
        middle = [sum(values) / len(corners) for values in zip(*corners, strict=True)]
        return distance_m(lon, lat, middle[0], middle[1])

    return [str(each["id"]) for each in sorted(found, key=metres)]


@lru_cache(maxsize=256)
def _cells_of_area(geography: Geography, area: str, on: date) -> frozenset[str]:
    found = set()
    for cell in geography.cells(on):
        middle = cell.shape.representative_point()
        place = geography.locate(middle.x, middle.y, crs="wgs84", on=on)
        if lies_in(place._asdict(), area):
            found.add(cell.code)
    return frozenset(found)


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[list[float]]]:
    parts: Sequence[Any] = geometry["coordinates"]
    polygons = [parts] if geometry["type"] == "Polygon" else parts
    for polygon in polygons:
        for ring in polygon:
            yield [[round(lon, _DECIMALS), round(lat, _DECIMALS)] for lon, lat, *_ in ring]
