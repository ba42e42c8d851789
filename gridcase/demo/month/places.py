"""Where problems lie: points in cells of the district, more of them in some cells than in others."""

from __future__ import annotations

from datetime import date
from random import Random

from gridcase.demo.month.chance import Urn, spread_about
from gridcase.errors import Invalid
from gridcase.spatial import Cell, Geography, Place

_TRIES = 40
# A few cells have most of the trouble, as streets with markets and stations do.
_UNEVENNESS = 1.1


class Places:
    """Draws points of a district. The unevenness is drawn once, so that bad corners stay bad all month."""

    def __init__(self, geography: Geography, rng: Random, *, on: date) -> None:
        self._geography = geography
        self._on = on
        self._cells: Urn[Cell] = Urn(
            (cell, spread_about(rng, 1.0, _UNEVENNESS)) for cell in geography.cells(on)
        )

    def draw(self, rng: Random) -> Place:
        """A place inside a cell: coordinates of WGS-84, rounded to some 10 cm."""
        cell = self._cells.draw(rng)
        west, south, east, north = cell.shape.bounds
        for _try in range(_TRIES):
            lon = round(west + rng.random() * (east - west), 6)
            lat = round(south + rng.random() * (north - south), 6)
            found = self._locate(lon, lat)
            if found is not None:
                return found
        inner = cell.shape.representative_point()
        return self._geography.locate(inner.x, inner.y, crs="wgs84", on=self._on)

    def beside(self, place: Place, rng: Random) -> Place:
        """A place some ten metres from another one, for a second report of the same problem."""
        lon = round(place.lon + rng.uniform(-1, 1) * 0.0001, 6)
        lat = round(place.lat + rng.uniform(-1, 1) * 0.0001, 6)
        return self._locate(lon, lat) or place

    def _locate(self, lon: float, lat: float) -> Place | None:
        try:
            return self._geography.locate(lon, lat, crs="wgs84", on=self._on)
        except Invalid:
            # Between cells there may be water.
            return None
