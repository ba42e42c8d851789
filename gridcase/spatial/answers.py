"""The answer to one point as geo.md 9 writes it, for the command line and for the interface."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

from gridcase.errors import Invalid
from gridcase.spatial.areas import AreaTable
from gridcase.spatial.coordinates import known_system
from gridcase.spatial.index import Geography, Place

# ASCII only: float() would also take full-width digits and underscores.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)

Answer = dict[str, Any]


def read_degrees(text: str, what: str) -> float:
    """A number as text; blanks around it do not count. `what` is named when it is refused.

    Raises Invalid `bad_point` for what is no number, or not finite.
    """
    stripped = text.strip()
    number = float(stripped) if _NUMBER.fullmatch(stripped) else math.nan
    if not math.isfinite(number):
        is_number = _NUMBER.fullmatch(stripped) or _NOT_FINITE.fullmatch(stripped)
        wrong = "is not finite" if is_number else "is not a number"
        raise Invalid("bad_point", f"{what} {text!r} {wrong}", text=text)
    return number


def answer_point(geography: Geography, lon: str, lat: str, *, crs: str, on: date) -> Answer:
    """The answer to one point given as texts: a cell, or an error `outside_grid`.

    Raises Invalid for everything that geo.md 7.1 refuses, as `Geography.locate` does, apart from `outside_grid`.
    """
    system = known_system(crs)
    x, y = read_degrees(lon, "longitude"), read_degrees(lat, "latitude")
    try:
        place = geography.locate(x, y, crs=system, on=on)
    except Invalid as error:
        if error.code != "outside_grid":
            raise
        return {"error": outside_answer(error), "crs": system}
    return place_answer(place, geography.areas, crs=system)


def place_answer(place: Place, areas: AreaTable, *, crs: str) -> Answer:
    """The codes of a place, then its patrol area, the names that the area table knows and the system used."""
    units = {"community": place.community, "street": place.street, "district": place.district}
    found = {level: areas.find(code) for level, code in units.items()}
    return {
        "cell": place.cell,
        **units,
        "responsibility_grid": place.responsibility_grid,
        "names": {level: area.name for level, area in found.items() if area is not None},
        "crs": crs,
    }


def outside_answer(error: Invalid) -> Answer:
    """The error object of a point outside the grid: nearest cell and metres, null when no cell is valid."""
    return {
        "code": error.code,
        "nearest_cell": error.data["nearest_cell"],
        "distance_m": error.data["distance_m"],
    }
