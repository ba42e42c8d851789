"""Reads GeoJSON polygons of one file into WGS-84 shapes and says what is wrong with each (check G-07)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from gridcase.spatial.coordinates import EAST, NORTH, SOUTH, WEST, Floats
from gridcase.spatial.systems import to_wgs84

# What GEOS calls a fault -> what we call it.
_REASONS = {
    "Self-intersection": "the ring crosses itself",
    "Ring Self-intersection": "the ring touches itself",
    "Hole lies outside shell": "a hole lies outside its ring",
    "Holes are nested": "a hole lies inside another hole",
    "Nested shells": "a part lies inside another part",
    "Interior is disconnected": "holes cut the area into pieces",
    "Duplicate Rings": "the same ring stands twice",
    "Too few points in geometry component": "a ring has too few different positions",
}
# No system has values like this; JSON may hold integers that no float can hold.
_TOO_FAR = 1e18
_REASON = re.compile(r"(?P<text>[^\[]+)(?:\[(?P<at>.+)\])?")


@dataclass
class Outline:
    """One geometry: its WGS-84 shape (None for a null geometry or a faulty one) and its faults."""

    shape: Any = None
    faults: list[str] = field(default_factory=list)
    # Positions of the parts of the geometry in the arrays of the whole file: parts -> rings -> (first, last + 1).
    parts: list[list[tuple[int, int]]] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return bool(self.parts) and not self.faults

    @property
    def bounds(self) -> tuple[int, int]:
        """First and last + 1 position of the geometry in the arrays of the file."""
        return self.parts[0][0][0], self.parts[-1][-1][1]


def read_outlines(geometries: Sequence[Any], system: str) -> list[Outline]:
    """The polygons of one file, converted from its `system` to WGS-84, in the order given."""
    xs: list[float] = []
    ys: list[float] = []
    outlines = [_take_rings(geometry, xs, ys) for geometry in geometries]
    raw_x, raw_y = np.array(xs, dtype=np.float64), np.array(ys, dtype=np.float64)
    lon, lat = to_wgs84(raw_x, raw_y, system)
    _judge_places(outlines, lon, lat)
    for outline in outlines:
        if outline.is_usable and not _in_box(lon[slice(*outline.bounds)], lat[slice(*outline.bounds)]):
            outline.faults.append(_box_fault(outline, raw=(raw_x, raw_y), there=(lon, lat), system=system))
    _build_shapes([outline for outline in outlines if outline.is_usable], np.column_stack([lon, lat]))
    return outlines


def _take_rings(geometry: Any, xs: list[float], ys: list[float]) -> Outline:
    """Checks the form of one geometry and appends its positions to the arrays of the file."""
    outline = Outline()
    if geometry is None:
        return outline
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        outline.faults.append(f"geometry is {kind or geometry!r:.60} instead of Polygon or MultiPolygon")
        return outline
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        outline.faults.append("geometry has no coordinates")
        return outline
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            outline.faults.append("geometry has a part without a ring")
            continue
        rings = []
        for number, ring in enumerate(polygon, start=1):
            fault = _ring_fault(ring)
            if fault:
                outline.faults.append(f"ring {number} {fault}")
                continue
            rings.append((len(xs), len(xs) + len(ring)))
            xs.extend(position[0] for position in ring)
            ys.extend(position[1] for position in ring)
        outline.parts.append(rings)
    return outline


def _ring_fault(ring: Any) -> str | None:
    if not isinstance(ring, list):
        return "is not a list of positions"
    for position in ring:
        if (
            not isinstance(position, list)
            or len(position) < 2
            or not isinstance(position[0], int | float)
            or not isinstance(position[1], int | float)
        ):
            return f"has a position that is not two numbers: {position!r:.60}"
        if not (-_TOO_FAR < position[0] < _TOO_FAR and -_TOO_FAR < position[1] < _TOO_FAR):
            return "has a value that is not finite"
    if ring and ring[0][:2] != ring[-1][:2]:
        return f"is not closed: it begins at {ring[0][:2]} and ends at {ring[-1][:2]}"
    return None if len(ring) >= 4 else f"has {len(ring)} positions, at least 4 are needed"


def _in_box(lon: Floats, lat: Floats) -> bool:
    inside = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    return bool(inside.all())


def _judge_places(outlines: Sequence[Outline], lon: Floats, lat: Floats) -> None:
    """Names the geometries that their system cannot place on the earth."""
    if np.isfinite(lon).all() and np.isfinite(lat).all():
        return
    for outline in outlines:
        if not outline.is_usable:
            continue
        place = slice(*outline.bounds)
        if not (np.isfinite(lon[place]).all() and np.isfinite(lat[place]).all()):
            outline.faults.append("a position cannot be converted to WGS-84")


def _box_fault(
    outline: Outline, *, raw: tuple[Floats, Floats], there: tuple[Floats, Floats], system: str
) -> str:
    """Whether a geometry outside the box is swapped or somewhere else, with its first bad position."""
    place = slice(*outline.bounds)
    if _in_box(*to_wgs84(raw[1][place], raw[0][place], system)):
        return "coordinates are swapped: longitude (easting) comes first"
    lon, lat = there[0][place], there[1][place]
    bad = ~((lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH))
    at = int(np.argmax(bad))
    return (
        f"position {lon[at]:.7g}, {lat[at]:.7g} lies outside the box of "
        f"{WEST:g}-{EAST:g} E, {SOUTH:g}-{NORTH:g} N"
    )


def _build_shapes(outlines: Sequence[Outline], positions: Floats) -> None:
    """Makes the shapes of all faultless outlines at once and tells what GEOS finds wrong with them."""
    if not outlines:
        return
    ring_sizes = [end - start for outline in outlines for part in outline.parts for start, end in part]
    part_sizes = [len(part) for outline in outlines for part in outline.parts]
    counts = [len(outline.parts) for outline in outlines]
    used = np.concatenate([np.arange(*outline.bounds) for outline in outlines])
    offsets = tuple(np.concatenate([[0], np.cumsum(sizes)]) for sizes in (ring_sizes, part_sizes, counts))
    shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, positions[used], offsets)
    singles = shapely.get_geometry(shapes, 0)
    for outline, shape, single, is_valid in zip(
        outlines, shapes, singles, shapely.is_valid(shapes), strict=True
    ):
        shape = single if len(outline.parts) == 1 else shape
        if is_valid:
            outline.shape = shape
        else:
            outline.faults.append(_invalid_text(shape))


def _invalid_text(shape: Any) -> str:
    # The area of a bow-tie is zero too; only the hull tells a line from a crossing.
    if not shapely.convex_hull(shape).area > 0:
        return "the ring has no area"
    reason = _REASON.fullmatch(shapely.is_valid_reason(shape))
    text, at = (reason["text"], reason["at"]) if reason else ("Invalid", None)
    place = f" at {at}" if at else ""
    return f"{_REASONS.get(text, text.lower())}{place}"
