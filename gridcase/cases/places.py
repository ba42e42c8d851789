"""Which case lies in whose area: district, street, community, cell or responsibility grid by its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
