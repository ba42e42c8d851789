"""The coordinate system that a file declares, and the way from it to WGS-84 (geo.md 5 and 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gridcase.errors import nearest_name
from gridcase.spatial.coordinates import POINT_SYSTEMS, Floats, convert_many, keep_decimals

_EPSG = re.compile(r"(?:urn:ogc:def:crs:)?EPSG:[0-9.]*:?([0-9]{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r"(?:urn:ogc:def:crs:)?OGC:[0-9.]*:?CRS84", re.IGNORECASE)
_SAME = {4326: "wgs84", 4490: "cgcs2000"}


def parse_system(text: Any) -> str:
    """One of `POINT_SYSTEMS` or `EPSG:nnnn`, from what a file declares. Raises ValueError with the fault."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"coordinate system {text!r} is not a name")
    name = text.strip()
    if name.lower() in POINT_SYSTEMS:
        return name.lower()
    if _CRS84.fullmatch(name):
        return "wgs84"
    code = _EPSG.fullmatch(name)
    if code is None:
        near = nearest_name(name.lower(), POINT_SYSTEMS)
        hint = f", nearest is {near}" if near else f"; known are {', '.join(POINT_SYSTEMS)} and EPSG:nnnn"
        raise ValueError(f"unknown coordinate system {name!r}{hint}")
    number = int(code.group(1))
    if number in _SAME:
        return _SAME[number]
    try:
        system = CRS.from_epsg(number)
    except CRSError:
        raise ValueError(f"unknown coordinate system {name!r}: no such EPSG code") from None
    if not (system.is_projected or system.is_geographic):
        raise ValueError(f"coordinate system {name!r} is neither geographic nor projected")
    return f"EPSG:{number}"


def declared_system(holder: Mapping[str, Any]) -> tuple[str | None, list[str]]:
    """The one system that a collection declares by `coordinate_system` or `crs`, and the faults of it.

    None without a fault: nothing is declared.
    """
    declared: dict[str, str] = {}
    faults: list[str] = []
    if holder.get("coordinate_system") is not None:
        _take("coordinate_system", holder["coordinate_system"], declared=declared, faults=faults)
    crs = holder.get("crs")
    if crs is not None:
        properties = crs.get("properties") if isinstance(crs, dict) else None
        name = properties.get("name") if isinstance(properties, dict) else crs
        _take("crs", name, declared=declared, faults=faults)
    if len(set(declared.values())) > 1:
        told = " but ".join(f"{member} says {system}" for member, system in declared.items())
        faults.append(f"two declared coordinate systems: {told}")
    return (None if faults else next(iter(declared.values()), None)), faults


def _take(member: str, value: Any, *, declared: dict[str, str], faults: list[str]) -> None:
    try:
        declared[member] = parse_system(value)
    except ValueError as error:
        faults.append(f"{member}: {error}")


@lru_cache(maxsize=8)
def _transformer(system: str) -> Transformer:
    # Without always_xy EPSG means (latitude, longitude) and (northing, easting).
    return Transformer.from_crs(system, "EPSG:4326", always_xy=True)


def to_wgs84(x: Floats, y: Floats, system: str) -> tuple[Floats, Floats]:
    """Values of a declared system as WGS-84 degrees. What cannot be converted becomes infinite."""
    if system in POINT_SYSTEMS:
        return convert_many(x, y, system)
    lon, lat = _transformer(system).transform(x, y)
    return keep_decimals(np.asarray(lon)), keep_decimals(np.asarray(lat))
