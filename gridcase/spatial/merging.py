"""Outlines of larger areas, merged from the unit grid cells that make them up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import shapely

from gridcase.spatial.codes import COMMUNITY_LENGTH, DISTRICT_LENGTH, STREET_LENGTH
from gridcase.spatial.export import cell_feature
from gridcase.spatial.index import Geography

_LENGTHS = {"community": COMMUNITY_LENGTH, "street": STREET_LENGTH, "district": DISTRICT_LENGTH}


@lru_cache(maxsize=8)
def merged_outlines(geography: Geography, level: str, on: date) -> Mapping[str, dict[str, Any]]:
    """GeoJSON geometries (WGS-84, outer rings counter-clockwise) by code of a district, street or community.

    Of the cells valid on the day: an area without one is absent. Not to be changed by the caller.
    """
    shapes: dict[str, list[Any]] = {}
    for cell in geography.cells(on):
        shapes.setdefault(cell.code[: _LENGTHS[level]], []).append(cell.shape)
    return {
        code: cell_feature(code, shapely.union_all(own), {})["geometry"]
        for code, own in sorted(shapes.items())
    }
