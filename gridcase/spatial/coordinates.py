"""Coordinate systems: WGS-84, CGCS2000, GCJ-02, BD-09, checks of a point and lengths in metres."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from gridcase.errors import Invalid, nearest_name

Floats = NDArray[np.float64]

# Systems that a point may come in (geo.md 6). Files may also name an EPSG code: see `systems.py`.
POINT_SYSTEMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0

# Ellipsoid of Krasovsky: the one the GCJ-02 shift is computed on.
_SHIFT_RADIUS = 6378245.0
_SHIFT_E2 = 0.00669342162296594323
_BD09_ANGLE = math.pi * 3000.0 / 180.0

_WGS84_RADIUS = 6378137.0
_WGS84_E2 = 0.00669437999014
_GEOD = Geod(ellps="WGS84")

# The inverse stops below 0.01 mm (geo.md 6 asks for 1 mm); it gains more than two digits a round.
_CLOSE_DEG = 1e-10
_MOST_ROUNDS = 20
# Converted values are kept to 0.1 mm, so that one place told in two systems is one point.
_KEPT_DECIMALS = 9


def _shift(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    """The offset of GCJ-02 against WGS-84 in degrees; `m` is `math` for one point and `numpy` for arrays."""
    x, y = lon - 105.0, lat - 35.0
    root = m.sqrt(m.fabs(x))
    wave = (20.0 * m.sin(6.0 * x * m.pi) + 20.0 * m.sin(2.0 * x * m.pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east = east + (20.0 * m.sin(x * m.pi) + 40.0 * m.sin(x / 3.0 * m.pi)) * 2.0 / 3.0
    east = east + (150.0 * m.sin(x / 12.0 * m.pi) + 300.0 * m.sin(x / 30.0 * m.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north = north + (20.0 * m.sin(y * m.pi) + 40.0 * m.sin(y / 3.0 * m.pi)) * 2.0 / 3.0
    north = north + (160.0 * m.sin(y / 12.0 * m.pi) + 320.0 * m.sin(y * m.pi / 30.0)) * 2.0 / 3.0
    radians = lat / 180.0 * m.pi
    bend = 1.0 - _SHIFT_E2 * m.sin(radians) ** 2
    meridian = _SHIFT_RADIUS * (1.0 - _SHIFT_E2) / (bend * m.sqrt(bend))
    parallel = _SHIFT_RADIUS / m.sqrt(bend) * m.cos(radians)
    return east * 180.0 / (parallel * m.pi), north * 180.0 / (meridian * m.pi)


def _gcj02(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    east, north = _shift(lon, lat, m)
    return lon + east, lat + north


def _bd09(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    """WGS-84 to BD-09, over GCJ-02."""
    x, y = _gcj02(lon, lat, m)
    radius = m.sqrt(x * x + y * y) + 0.00002 * m.sin(y * _BD09_ANGLE)
    angle = m.atan2(y, x) + 0.000003 * m.cos(x * _BD09_ANGLE)
    return radius * m.cos(angle) + 0.0065, radius * m.sin(angle) + 0.006


_FORWARD = {"gcj02": _gcj02, "bd09": _bd09}


def known_system(name: str) -> str:
    """The system as it is written in `POINT_SYSTEMS`, whatever the case of the letters.

    Raises Invalid `unknown_crs`, with the nearest right name.
    """
    system = name.strip().lower()
    if system not in POINT_SYSTEMS:
        near = nearest_name(system, POINT_SYSTEMS)
        hint = f", nearest is {near}" if near else f", known are {', '.join(POINT_SYSTEMS)}"
        raise Invalid("unknown_crs", f"unknown coordinate system {name!r}{hint}", crs=name, nearest=near)
    return system


def in_box(lon: float, lat: float) -> bool:
    """Whether the point lies in 73-136 E, 3-54 N, edges included (geo.md 7); false for NaN."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def point_fault(lon: float, lat: float) -> Invalid:
    """Why this point is refused: not finite, swapped, or outside the box of geo.md 7."""
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return Invalid(
            "bad_point", "longitude and latitude must be finite numbers", lon=str(lon), lat=str(lat)
        )
    if in_box(lat, lon):
        return Invalid("swapped", "longitude and latitude are swapped", lon=lon, lat=lat)
    text = f"outside the box of {WEST:g}-{EAST:g} E, {SOUTH:g}-{NORTH:g} N"
    return Invalid("outside_box", f"the point is {text}", lon=lon, lat=lat)


def from_wgs84(lon: float, lat: float, crs: str) -> tuple[float, float]:
    """A WGS-84 point in another system of `POINT_SYSTEMS`, in degrees, unrounded; unchanged outside the box."""
    forward = _FORWARD.get(known_system(crs))
    if forward is None or not in_box(lon, lat):
        return lon, lat
    return forward(lon, lat, math)


def convert(lon: float, lat: float, crs: str) -> tuple[float, float]:
    """The point in WGS-84 degrees, the inverse iterated far below 1 mm (geo.md 6).

    Outside China's box all systems are equal. Raises Invalid `unknown_crs`.
    """
    forward = _FORWARD.get(known_system(crs))
    if forward is None or not in_box(lon, lat):
        return lon, lat
    x, y = lon, lat
    for _ in range(_MOST_ROUNDS):
        there_x, there_y = forward(x, y, math)
        step_x, step_y = lon - there_x, lat - there_y
        x, y = x + step_x, y + step_y
        if abs(step_x) < _CLOSE_DEG and abs(step_y) < _CLOSE_DEG:
            break
    return round(x, _KEPT_DECIMALS), round(y, _KEPT_DECIMALS)


def convert_many(lon: Floats, lat: Floats, crs: str) -> tuple[Floats, Floats]:
    """`convert` for arrays of one length: the same values to the last kept digit."""
    forward = _FORWARD.get(known_system(crs))
    if forward is None:
        return lon, lat
    inside = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    want_x, want_y = lon[inside], lat[inside]
    x, y = want_x.copy(), want_y.copy()
    for _ in range(_MOST_ROUNDS):
        there_x, there_y = forward(x, y, np)
        step_x, step_y = want_x - there_x, want_y - there_y
        x, y = x + step_x, y + step_y
        if not x.size or max(np.abs(step_x).max(), np.abs(step_y).max()) < _CLOSE_DEG:
            break
    out_x, out_y = lon.copy(), lat.copy()
    out_x[inside], out_y[inside] = keep_decimals(x), keep_decimals(y)
    return out_x, out_y


def keep_decimals(values: Floats) -> Floats:
    """Degrees rounded to 0.1 mm exactly as `round` does it, so that arrays and single points agree."""
    return np.array([round(value, _KEPT_DECIMALS) for value in values.tolist()], dtype=np.float64)


def metres_per_degree(lat: Any, m: Any = math) -> tuple[Any, Any]:
    """Length in metres of one degree of longitude and of latitude at `lat`, on the WGS-84 ellipsoid."""
    radians = lat / 180.0 * m.pi
    bend = 1.0 - _WGS84_E2 * m.sin(radians) ** 2
    degree = _WGS84_RADIUS * m.pi / 180.0 / m.sqrt(bend)
    return degree * m.cos(radians), degree * (1.0 - _WGS84_E2) / bend


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """The length in metres of the shortest way on the WGS-84 ellipsoid between two WGS-84 points."""
    return float(_GEOD.inv(lon1, lat1, lon2, lat2)[2])


def distances_m(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """`distance_m` from one WGS-84 point to many."""
    origin_lon, origin_lat = np.full(lons.shape, lon), np.full(lats.shape, lat)
    return np.asarray(_GEOD.inv(origin_lon, origin_lat, lons, lats)[2], dtype=np.float64)


def area_m2(geometry: Any) -> float:
    """The area in square metres of a WGS-84 polygon with parts and holes, on the ellipsoid."""
    return abs(float(_GEOD.geometry_area_perimeter(geometry)[0]))
