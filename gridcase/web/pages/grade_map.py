"""The map of cells coloured by grade: shapes and grades apart, so that the shapes travel once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request

from gridcase.cases.book import Desk
from gridcase.clock import CHINA
from gridcase.evaluation.answer import score_text
from gridcase.evaluation.evaluating import UnitResult
from gridcase.evaluation.periods import Period
from gridcase.evaluation.rank import RankAnswer
from gridcase.spatial import Geography
from gridcase.spatial.codes import STREET_LENGTH
from gridcase.web.context import looking
from gridcase.web.packing import Packed, packed, sent
from gridcase.web.pages.figures import asked_period, cell_schemes, months_offered, ranked, table_of_units
from gridcase.web.pages.frame import render
from gridcase.web.pages.shelf import kept

MAP = Blueprint("map", __name__)

KINDS = ("cells", "streets")
_COUNTS = ("reported_count", "filed_count", "due_count", "closed_count", "on_time_closed_count")
_DIGITS = 6


@dataclass(frozen=True)
class Grades:
    """The grades of all units of a kind in a period, judged at T."""

    as_of: datetime
    bands: tuple[tuple[str, str], ...]
    units: Mapping[str, dict[str, Any]]


@MAP.app_template_global("has_leaflet")
def has_leaflet() -> bool:
    """Whether `make assets` has fetched the library; without it a table stands in place of each map."""
    return (Path(current_app.static_folder or "") / "vendor" / "leaflet" / "leaflet.js").is_file()


@MAP.get("/map")
def show() -> str:
    """The map with its table. Raises Invalid `bad_period`."""
    of = _kind()
    with looking() as (desk, actor):
        period = asked_period(desk, _period_text())
        months = months_offered(desk)
        grades = grades_of(desk, "cells", period)
        return render(
            desk,
            actor,
            "pages/map.html",
            of=of,
            period=period,
            months=months if period.name in months else [period.name, *months],
            bands=grades.bands,
            at=grades.as_of,
            streets=_street_rows(desk, period, grades),
            focus=request.args.get("cell", ""),
        )


@MAP.get("/map/cells.geojson")
def cells() -> Response:
    """The shapes of today's cells (RFC 7946) with their street; `ETag`."""
    with looking() as (desk, _actor):
        shapes = packed_cells(desk.book.geography, desk.now.astimezone(CHINA).date())
    return sent(shapes, "application/geo+json")


@MAP.get("/map/grades.json")
def grades() -> Response:
    """Grade, score and counts of each cell or street in a period; `ETag`. Raises Invalid `bad_period`."""
    with looking() as (desk, _actor):
        found = grades_of(desk, _kind(), asked_period(desk, _period_text()))
    return sent(packed({"units": found.units}), "application/json")


def _kind() -> str:
    of = request.args.get("of", KINDS[0])
    return of if of in KINDS else KINDS[0]


def _period_text() -> str:
    return request.args.get("period", "").replace("\0", "")


# --- shapes ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def packed_cells(geography: Geography, on: date) -> Packed:
    """The cells valid on a day, rounded to a decimetre: what a screen can show."""
    features = [
        {
            "type": "Feature",
            "id": feature["id"],
            "properties": {
                "street": str(feature["id"])[:STREET_LENGTH],
                "community": feature["properties"]["community_code"],
            },
            "geometry": {
                "type": feature["geometry"]["type"],
                "coordinates": _rounded(feature["geometry"]["coordinates"]),
            },
        }
        for feature in geography.cell_features(on)
    ]
    names = {area.code: area.name for area in geography.areas.of_level("street", on)}
    names |= {area.code: area.name for area in geography.areas.of_level("community", on)}
    collection = {"type": "FeatureCollection", "features": features, "names": names}
    return packed(collection)


def _rounded(part: Any) -> Any:
    if isinstance(part, int | float):
        return round(part, _DIGITS)
    return [_rounded(inner) for inner in part]


# --- grades ---------------------------------------------------------------------------------------------------


def grades_of(desk: Desk, of: str, period: Period) -> Grades:
    """The grades, computed at most once a minute for each kind and period."""
    if of == "streets":
        return _streets(desk, period)

    def compute() -> tuple[datetime, Grades]:
        grades = _cells(desk, period)
        return grades.as_of, grades

    return kept(("grades of cells", period.name), desk.now, compute)


def _cells(desk: Desk, period: Period) -> Grades:
    """Each cell by the scheme of its area class."""
    units: dict[str, dict[str, Any]] = {}
    bands: dict[tuple[str, str], None] = {}
    as_of = desk.now
    classes = {cell.code: cell.area_class for cell in desk.book.geography.all_cells()}
    for number, scheme in cell_schemes(desk, period).items():
        answer = ranked(desk, of="cells", period=period, scheme=scheme)
        as_of = answer.as_of
        bands.update({(grade.grade, grade.colour): None for grade in scheme.grades})
        units |= {code: unit for code, unit in _units(answer).items() if classes.get(code) == number}
    return Grades(as_of, tuple(bands), units)


def _streets(desk: Desk, period: Period) -> Grades:
    answer = table_of_units(desk, "streets", period).answer
    bands = tuple((grade.grade, grade.colour) for grade in answer.request.scheme.grades)
    return Grades(answer.as_of, bands, _units(answer))


def _units(answer: RankAnswer) -> dict[str, dict[str, Any]]:
    pairs = zip(answer.judged, answer.evaluation.units, strict=True)
    return {judged.code: _unit(answer, unit) for judged, unit in pairs}


def _unit(answer: RankAnswer, unit: UnitResult) -> dict[str, Any]:
    return {
        "grade": unit.grade.grade if unit.grade else None,
        "colour": unit.grade.colour if unit.grade else None,
        "score": score_text(unit, answer.evaluation.printing),
        "counts": [unit.counts.get(name, 0) for name in _COUNTS],
    }


def _street_rows(desk: Desk, period: Period, cells: Grades) -> list[dict[str, Any]]:
    """One row a street: its own grade and how many of its cells have which."""
    streets = grades_of(desk, "streets", period)
    today = desk.now.astimezone(CHINA).date()
    tally: dict[str, dict[str | None, int]] = {}
    for code, unit in cells.units.items():
        own = tally.setdefault(code[:STREET_LENGTH], {})
        own[unit["grade"]] = own.get(unit["grade"], 0) + 1
    return [
        {
            "code": area.code,
            "name": area.name,
            **streets.units.get(area.code, {}),
            "cells": tally.get(area.code, {}),
        }
        for area in desk.book.geography.areas.of_level("street", today)
    ]
