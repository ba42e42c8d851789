"""The calls for reference data: where a point lies, the catalogue, departments, areas, cells; each with its ETag."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, request

from gridcase.cases.book import Desk
from gridcase.cases.catalogue import Category
from gridcase.cases.catalogue_store import catalogue_on
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.directory.queries import departments
from gridcase.spatial import Geography, place_answer
from gridcase.spatial.answers import read_degrees
from gridcase.spatial.coordinates import known_system
from gridcase.web.api.answers import AreasReply, CatalogueReply, DepartmentsReply, FeaturesReply, PlaceReply
from gridcase.web.api.calls import Asked, Calls
from gridcase.web.api.queries import AreasQuery, CatalogueQuery, CellsQuery, DepartmentsQuery, LocateQuery
from gridcase.web.api.reads import GEOJSON
from gridcase.web.api.receiving import JSON

REFERENCE = Calls("reference")

LEVELS = ("district", "street", "community")


@REFERENCE.read("/locate", LocateQuery, answer=PlaceReply)
def locate_point(desk: Desk, _actor: Actor, asked: Asked) -> dict[str, Any]:
    """查找坐标所在的单元网格 (the unit grid cell of a point; outside of all: 422 outside_grid)."""
    query: LocateQuery = asked.query
    system = known_system(query.coordinate_system or desk.book.settings.geo.default_crs)
    lon, lat = read_degrees(query.lon, "longitude"), read_degrees(query.lat, "latitude")
    geography = desk.book.geography
    place = geography.locate(lon, lat, crs=system, on=_day(desk, query.at))
    return place_answer(place, geography.areas, crs=system)


def _day(desk: Desk, at: date | None) -> date:
    return at or desk.now.astimezone(CHINA).date()


@REFERENCE.read("/catalogue", CatalogueQuery, answer=CatalogueReply)
def show_catalogue(desk: Desk, _actor: Actor, asked: Asked) -> Response:
    """案件分类和立案条件 (the categories in force with their filing conditions and limits)."""
    query: CatalogueQuery = asked.query
    catalogue = catalogue_on(desk, query.at)
    items = [
        _category(category)
        for category in catalogue.categories.values()
        if _fits(category.kind, query.kind)
        and _fits(category.main_code, query.main_code)
        and _fits(category.sub_code, query.sub_code)
    ]
    return _tagged({"standard": catalogue.standard, "version": catalogue.version, "items": items})


def _category(category: Category) -> dict[str, Any]:
    return {
        "kind": category.kind,
        "main_code": category.main_code,
        "main_name": category.main_name,
        "sub_code": category.sub_code,
        "sub_name": category.sub_name,
        "conditions": [
            {
                "condition_no": condition.no,
                "condition": condition.text,
                "closing_condition": condition.closing,
                "limit": condition.limit,
                "limit_note": condition.note or None,
            }
            for condition in category.conditions.values()
        ],
    }


def _fits(value: str | None, wanted: Sequence[str]) -> bool:
    return not wanted or value in wanted


@REFERENCE.read("/departments", DepartmentsQuery, answer=DepartmentsReply)
def show_departments(desk: Desk, _actor: Actor, asked: Asked) -> Response:
    """部门 (the departments by code)."""
    query: DepartmentsQuery = asked.query
    items = [
        {
            "code": card.code,
            "name": card.name,
            "kind": card.kind,
            "area": card.area,
            "is_active": card.is_active,
        }
        for card in departments(desk.connection, desk.district)
        if _fits(card.kind, query.kind)
    ]
    return _tagged({"items": items})


@REFERENCE.read("/areas", AreasQuery, answer=AreasReply)
def show_areas(desk: Desk, _actor: Actor, asked: Asked) -> Response:
    """区、街道、社区 (districts, streets and communities valid on the day, by code)."""
    query: AreasQuery = asked.query
    areas, on = desk.book.geography.areas, _day(desk, query.at)
    found = [area for level in LEVELS if _fits(level, query.level) for area in areas.of_level(level, on)]
    items = [
        {"code": area.code, "name": area.name, "level": area.level, "parent": area.parent}
        for area in found
        if _fits(area.parent, query.parent)
    ]
    return _tagged({"items": items})


@REFERENCE.read("/cells.geojson", CellsQuery, answer=FeaturesReply)
def show_cells(desk: Desk, _actor: Actor, asked: Asked) -> Response:
    """单元网格 (the unit grid cells valid on the day, as GeoJSON)."""
    query: CellsQuery = asked.query
    geography, on = desk.book.geography, _day(desk, query.at)
    if query.bbox is None and not query.street and not query.community:
        return _tagged_body(_all_cells(geography, on), GEOJSON)
    prefixes = (*query.street, *query.community)
    features = [
        feature
        for feature in geography.cell_features(on, query.bbox)
        if not prefixes or feature["id"].startswith(prefixes)
    ]
    return _tagged({"type": "FeatureCollection", "features": features}, GEOJSON)


@lru_cache(maxsize=4)
def _all_cells(geography: Geography, on: date) -> bytes:
    """Several megabytes that are the same for everybody all day long."""
    return _bytes({"type": "FeatureCollection", "features": geography.cell_features(on)})


def _bytes(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _tagged(answer: Any, kind: str = JSON) -> Response:
    return _tagged_body(_bytes(answer), kind)


def _tagged_body(body: bytes, kind: str) -> Response:
    """An answer with its ETag: 304 when the client has it already."""
    response = Response(body, content_type=kind)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
