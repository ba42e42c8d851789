"""Writes areas as RFC 7946 GeoJSON: WGS-84, longitude first, outer rings counter-clockwise (G-21)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geojson
import geojson.geometry
import shapely
import shapely.geometry

# The library rounds to 6 decimals (0.1 m) unless told otherwise.
geojson.geometry.DEFAULT_PRECISION = 15


def cell_feature(code: str, shape: Any, properties: Mapping[str, Any]) -> dict[str, Any]:
    """One area as a GeoJSON feature with its code as id; `shape` is a WGS-84 polygon with parts and holes."""
    geometry = shapely.geometry.mapping(shapely.orient_polygons(shape))
    feature: dict[str, Any] = geojson.Feature(
        id=code, geometry=geometry, properties={"code": code, **properties}
    )
    return feature
