"""The calls that read cases: one case, its moves and deadline, lists, maps, my work, photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, request

from gridcase.cases.book import Desk
from gridcase.cases.deadline import deadline
from gridcase.cases.followup_views import follow_ups_offered
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.offers import moves_offered
from gridcase.cases.pictures import find_picture
from gridcase.cases.view import case_view
from gridcase.cases.work import assisting, deciding, queues
from gridcase.directory.people import Actor
from gridcase.errors import NotFound, Reason
from gridcase.spatial.coordinates import POINT_SYSTEMS
from gridcase.web.api.answers import (
    CaseReply,
    DeadlineReply,
    FeaturesReply,
    ListReply,
    MovesReply,
    WorkReply,
)
from gridcase.web.api.calls import Asked, Calls
from gridcase.web.api.queries import CaseFilters, DeadlineQuery, ListQuery, MapQuery
from gridcase.web.api.serving import json_response
from gridcase.web.context import language, premises
from gridcase.web.errors import reason_entry
from gridcase.web.reporters import for_reader

CASES = Calls("cases")

GEOJSON = "application/geo+json"
_NOT_FILTERS = {"sort", "limit", "after", "count", "open"}
_ON_MAP = ("number", "state", "state_label", "lamp", "sub_code", "sub_name", "cell", "held", "due_at")


@CASES.read("/cases", ListQuery, answer=ListReply)
def list_all(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """案件列表 (cases that I may see, by filters, order and page)."""
    query: ListQuery = asked.query
    page = Page(query.sort, query.limit, query.after or None, has_count=query.count)
    found = list_cases(desk, actor, filters=_filters(query), page=page)
    answer: dict[str, Any] = {"items": found.items, "next": found.next}
    return {**answer, "total": found.count} if query.count else answer


def _filters(query: CaseFilters) -> Filters:
    values = {name: getattr(query, name) for name in type(query).model_fields if name not in _NOT_FILTERS}
    return Filters(**values, is_open=query.open)


@CASES.read("/cases.geojson", MapQuery, answer=FeaturesReply)
def map_cases(desk: Desk, actor: Actor, asked: Asked) -> Response:
    """案件地图 (cases as GeoJSON points, WGS-84)."""
    query: MapQuery = asked.query
    found = list_cases(desk, actor, filters=_filters(query), page=Page(limit=query.limit))
    features = [
        {
            "type": "Feature",
            "id": item["number"],
            "geometry": {"type": "Point", "coordinates": [item["lon"], item["lat"]]},
            "properties": {name: item[name] for name in _ON_MAP},
        }
        for item in found.items
    ]
    return json_response({"type": "FeatureCollection", "features": features}, GEOJSON)


@CASES.read("/cases/{number}", answer=CaseReply, refuses=(404,))
def show_case(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """案件详情 (one case with its history)."""
    return for_reader(case_view(desk, actor, asked.path["number"]))


@CASES.read("/cases/{number}/moves", answer=MovesReply, refuses=(404,))
def show_moves(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """可办步骤 (the moves that I may make now, with their fields, and why the others are refused)."""
    number = asked.path["number"]
    offered = {**moves_offered(desk, actor, number), "follow_ups": follow_ups_offered(desk, actor, number)}
    for move in offered["allowed"]:
        move["fields"] = [field for record in move["fields"] for field in _sent_fields(record)]
    for move in offered["refused"]:
        move["reasons"] = [_reason(reason) for reason in move["reasons"]]
    return offered


def _sent_fields(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of the body, and the part with photos, that a record of the workflow file stands for."""
    name, is_required = record["name"], record["required"]
    if name == "position":
        yield {"name": "lon", "type": "number", "required": is_required, "choices": None, "record": name}
        yield {"name": "lat", "type": "number", "required": is_required, "choices": None, "record": name}
        yield {
            "name": "coordinate_system",
            "type": "text",
            "required": is_required,
            "choices": list(POINT_SYSTEMS),
            "record": name,
        }
    elif name.startswith("photos_"):
        yield {"name": "photos", "type": "photos", "required": is_required, "choices": None, "record": name}
    else:
        yield dict(record)


def _reason(reason: Reason) -> dict[str, Any]:
    return reason_entry(reason, premises().messages, language())


@CASES.read("/cases/{number}/deadline", DeadlineQuery, answer=DeadlineReply, refuses=(404,))
def show_deadline(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """到期时刻及逐段说明 (the due moment of a stage clock, explained)."""
    return deadline(desk, actor, asked.path["number"], stage=asked.query.stage)


@CASES.read("/work", answer=WorkReply)
def show_work(desk: Desk, actor: Actor, _asked: Asked) -> dict[str, Any]:
    """我的待办 (my queues: stage, count by lamp, oldest)."""
    return {
        "queues": queues(desk, actor),
        "assisting": assisting(desk, actor),
        "requests": deciding(desk, actor),
    }


# --- photos ---------------------------------------------------------------------------------------------------


@CASES.read("/photos/{photo_id}", answer="image/*", refuses=(404,))
def show_photo(desk: Desk, actor: Actor, asked: Asked) -> Response:
    """照片 (the picture, for those who see its case)."""
    picture = find_picture(desk, actor, asked.path["photo_id"])
    return _picture_response(asked, picture.sha256, media_type=picture.media_type, is_small=False)


@CASES.read("/photos/{photo_id}/thumbnail", answer="image/jpeg", refuses=(404,))
def show_thumbnail(desk: Desk, actor: Actor, asked: Asked) -> Response:
    """照片缩略图 (a small JPEG of the picture)."""
    picture = find_picture(desk, actor, asked.path["photo_id"])
    return _picture_response(asked, picture.sha256, media_type="image/jpeg", is_small=True)


def _picture_response(asked: Asked, sha256: str, *, media_type: str, is_small: bool) -> Response:
    store = premises().book.photos
    tag = f"{sha256}-{store.thumbnail_pixels}" if is_small else sha256
    response = Response(content_type=media_type)
    response.set_etag(tag)
    # Whoever may see it is asked anew each time; only the bytes need not travel again.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if not request.if_none_match.contains(tag):
        try:
            response.data = store.thumbnail(sha256) if is_small else store.read(sha256)
        except OSError:
            text = "the folder of photos has lost the picture, or damaged it"
            raise NotFound("unknown_photo", text, photo=asked.path["photo_id"]) from None
    response.make_conditional(request)
    return response
