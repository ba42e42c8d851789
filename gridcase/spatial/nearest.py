"""Finds the nearest cell of a point outside the grid, in true metres (geo.md 7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridcase.spatial.coordinates import Floats, distances_m, metres_per_degree

# Two distances closer than this are equal; the lowest code wins (geo.md 7.4).
_EQUAL_M = 0.001
_EARTH_M = 6.37e6


class Nearest(NamedTuple):
    """Position of the cell in the list of shapes, and the distance to its closed polygon in metres."""

    position: int
    distance_m: float


class NearestCells:
    """The outlines of all cells as arrays. Degrees are not metres: sorting by degrees is wrong by 20 %."""

    def __init__(self, shapes: Sequence[Any]) -> None:
        geometries = np.array(shapes, dtype=object)
        self._bounds: Floats = shapely.bounds(geometries).reshape(-1, 4)
        parts, cell_of_part = shapely.get_parts(geometries, return_index=True)
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
        positions, ring_of_position = shapely.get_coordinates(rings, return_index=True)
        goes_on = ring_of_position[1:] == ring_of_position[:-1]
        self._start: Floats = positions[:-1][goes_on]
        self._end: Floats = positions[1:][goes_on]
        # Not sorted away from the order of the shapes: a cell's segments lie together.
        self._cell: NDArray[np.intp] = cell_of_part[part_of_ring[ring_of_position[:-1][goes_on]]]

    def find(self, lon: float, lat: float, valid: NDArray[np.bool_]) -> Nearest | None:
        """The nearest of the valid cells, the first in the list among equals; None when none is valid."""
        if not valid.any():
            return None
        near = valid & self._may_be_nearest(lon, lat, valid)
        segments = near[self._cell]
        start, end, cell = self._start[segments], self._end[segments], self._cell[segments]
        foot = _nearest_positions(lon, lat, start, end)
        rough = _rough_m(lon, lat, foot[:, 0], foot[:, 1])
        close = rough <= _with_slack(float(rough.min()))
        exact = distances_m(lon, lat, foot[close, 0], foot[close, 1])
        least = float(exact.min())
        return Nearest(int(cell[close][exact <= least + _EQUAL_M].min()), least)

    def _may_be_nearest(self, lon: float, lat: float, valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Cells whose box begins before the farthest corner of the best box."""
        west, south, east, north = self._bounds.T
        at_least = _rough_m(lon, lat, np.clip(lon, west, east), np.clip(lat, south, north))
        far_lon = np.where(np.abs(lon - west) > np.abs(lon - east), west, east)
        far_lat = np.where(np.abs(lat - south) > np.abs(lat - north), south, north)
        at_most = float(_rough_m(lon, lat, far_lon, far_lat)[valid].min())
        return np.asarray(at_least <= _with_slack(at_most))


def _rough_m(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """Metres by the middle latitude: right to 1e-9 at 1 km and to 1e-5 at 100 km."""
    east, north = metres_per_degree((lat + lats) / 2.0, np)
    return np.asarray(np.hypot((lons - lon) * east, (lats - lat) * north), dtype=np.float64)


def _with_slack(distance: float) -> float:
    """A bound above every rough distance whose true one may still be the smallest."""
    return distance + 1.0 + distance * (distance / _EARTH_M) ** 2


def _nearest_positions(lon: float, lat: float, start: Floats, end: Floats) -> Floats:
    """The position on each segment (straight in degrees, as RFC 7946 has it) that lies nearest to the point."""
    foot = start
    along = end - start
    for _ in range(2):
        # The second round measures with the latitude of the foot found in the first.
        scale = np.column_stack(metres_per_degree((lat + foot[:, 1]) / 2.0, np))
        length = along * scale
        way = (np.array([lon, lat]) - start) * scale
        square = np.einsum("ij,ij->i", length, length)
        share = np.einsum("ij,ij->i", way, length) / np.where(square > 0, square, 1.0)
        foot = start + along * np.clip(share, 0.0, 1.0)[:, None]
    return foot
