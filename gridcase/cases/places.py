"""Where things lie: which case in whose area, by the codes of areas; and what is a position at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridcase.spatial import convert
from gridcase.spatial.coordinates import in_box, point_fault

PLACE_KEYS = ("district", "street", "community", "cell", "responsibility_grid")
_BY_LENGTH = {6: "district", 9: "street", 12: "community"}


def levels_of(area: str) -> tuple[str, ...]:
    """The place keys that an area of this code can stand for; none for an empty code.

    Codes of districts, streets and communities are told by their length (GB/T 2260); any other code is that of a
    cell or of a responsibility grid.
    """
    if not area:
        return ()
    level = _BY_LENGTH.get(len(area)) if area.isascii() and area.isdigit() else None
    return (level,) if level else ("cell", "responsibility_grid")


def lies_in(place: Mapping[str, Any], area: str) -> bool:
    """Whether a place (a mapping with PLACE_KEYS) lies in the area."""
    return any(place.get(level) == area for level in levels_of(area))


def on_the_map(lon: float, lat: float, system: str) -> tuple[float, float]:
    """The position of a move or a photo in WGS-84 degrees: it need not lie in a cell, but on the map of China.

    Raises Invalid (`unknown_crs`, `bad_point`, `swapped`, `outside_box`), as a report with this point (geo.md 7).
    """
    found = convert(lon, lat, system)
    if not in_box(*found):
        raise point_fault(*found)
    return found
