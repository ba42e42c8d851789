"""What the synthetic district is drawn with: cells and GeoJSON features, all marked as synthetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridcase.demo.lattice import Polygon, Square

Feature = dict[str, Any]


@dataclass(frozen=True)
class DrawnCell:
    """One cell of the district: its code, its outline, and the dates it has when it belongs to the split."""

    code: str
    square: Square
    outline: Polygon
    dates: Mapping[str, str]


def feature(properties: Mapping[str, Any], polygons: list[Polygon] | None) -> Feature:
    """A feature with polygons (with parts and holes) or without a geometry; `synthetic` is always true."""
    geometry: dict[str, Any] | None = None
    if polygons is not None and len(polygons) == 1:
        geometry = {"type": "Polygon", "coordinates": polygons[0]}
    elif polygons is not None:
        geometry = {"type": "MultiPolygon", "coordinates": polygons}
    return {"type": "Feature", "properties": {**properties, "synthetic": True}, "geometry": geometry}
