"""Finds the unit grid cell of a point at a date, by the tie rule of geo.md 7."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridcase.errors import Invalid, NotFound
from gridcase.spatial.areas import AreaTable
from gridcase.spatial.codes import COMMUNITY_LENGTH, DISTRICT_LENGTH, STREET_LENGTH
from gridcase.spatial.coordinates import Floats, convert, in_box, point_fault
from gridcase.spatial.export import cell_feature
from gridcase.spatial.nearest import NearestCells
from gridcase.spatial.spans import ALWAYS, Span

NO_CELL = -1


class Place(NamedTuple):
    """Where a case lies: codes, the point in WGS-84, the class of the cell and its patrol area.

    A named tuple and not a dataclass: one is made for every point located, in a third of the time.
    """

    cell: str
    community: str
    street: str
    district: str
    lon: float
    lat: float
    area_class: int
    responsibility_grid: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One unit grid cell of all times; `shape` is its WGS-84 polygon, `area_m2` the stored area."""

    code: str
    span: Span
    shape: Any
    area_class: int = 1
    area_m2: float | None = None
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def community(self) -> str:
        return self.code[:COMMUNITY_LENGTH]

    @property
    def valid_from(self) -> date | None:
        return self.span.valid_from

    @property
    def valid_to(self) -> date | None:
        return self.span.valid_to

    @property
    def geometry(self) -> dict[str, Any]:
        """The GeoJSON geometry, outer rings counter-clockwise."""
        geometry: dict[str, Any] = cell_feature(self.code, self.shape, {})["geometry"]
        return geometry


@dataclass(frozen=True)
class Grid:
    """A responsibility or key grid: member cells by code; membership counts while the cell is valid."""

    code: str
    name: str
    span: Span
    members: tuple[str, ...]


def _grid_on(duty: Sequence[tuple[Span, str]], on: date) -> str | None:
    """The grid whose span holds on the day, the lowest code when data name several."""
    return next((code for span, code in duty if span.holds(on)), None)


def _tail(area_class: int, duty: Sequence[tuple[Span, str]]) -> tuple[int, str | None] | None:
    if any(span != ALWAYS for span, _ in duty):
        return None
    return area_class, duty[0][1] if duty else None


class Geography:
    """The cells of one installation in a spatial index; immutable, shared by all threads."""

    def __init__(
        self, cells: Sequence[Cell], areas: AreaTable, grids: Sequence[Grid] = (), *, snap_m: float = 0.01
    ) -> None:
        self.areas = areas
        self.grids = tuple(sorted(grids, key=lambda grid: grid.code))
        self.snap_m = snap_m
        # In the order of the codes, so that the lowest code is the lowest position.
        self._cells = tuple(sorted(cells, key=lambda cell: cell.code))
        self._position = {cell.code: at for at, cell in enumerate(self._cells)}
        self._spans = [None if cell.span == ALWAYS else cell.span for cell in self._cells]
        self._heads = [
            (cell.code, cell.code[:COMMUNITY_LENGTH], cell.code[:STREET_LENGTH], cell.code[:DISTRICT_LENGTH])
            for cell in self._cells
        ]
        self._duty = self._duty_grids()
        # Class and patrol area of each cell; None where the patrol area depends on the day.
        self._tails = [
            _tail(cell.area_class, duty) for cell, duty in zip(self._cells, self._duty, strict=True)
        ]
        self._tree = shapely.STRtree([cell.shape for cell in self._cells])
        self._features: dict[int, dict[str, Any]] = {}
        self._valid_on: dict[date, NDArray[np.bool_]] = {}

    def _duty_grids(self) -> list[tuple[tuple[Span, str], ...]]:
        duty: list[list[tuple[Span, str]]] = [[] for _ in self._cells]
        for grid in self.grids:
            for member in grid.members:
                if member in self._position:
                    duty[self._position[member]].append((grid.span, grid.code))
        return [tuple(entries) for entries in duty]

    @cached_property
    def _nearest(self) -> NearestCells:
        return NearestCells([cell.shape for cell in self._cells])

    def locate(self, lon: float, lat: float, *, crs: str, on: date) -> Place:
        """The place of a point on a day (geo.md 7); on shared edges and corners the lowest code.

        `lon`, `lat` in degrees of the system `crs`. Raises Invalid `unknown_crs`, `bad_point`, `swapped`,
        `outside_box`, and `outside_grid` with `nearest_cell` and `distance_m` (metres, half up to 0.1).
        """
        if crs != "wgs84":
            lon, lat = convert(lon, lat, crs)
        if not in_box(lon, lat):
            raise point_fault(lon, lat)
        spans = self._spans
        best = NO_CELL
        # As a row of one: numpy would make one of a single point first, in a third of the time of all this.
        for at in self._tree.query(shapely.points(((lon, lat),)), "intersects")[1].tolist():
            span = spans[at]
            if (best < 0 or at < best) and (span is None or span.holds(on)):
                best = at
        if best < 0:
            best = self._snapped(lon, lat, on)
        return self.place_at(best, lon, lat, on=on)

    def place_at(self, position: int, lon: float, lat: float, *, on: date) -> Place:
        """The place of a WGS-84 point in the cell at this position, as `locate_many` gives it."""
        tail = self._tails[position]
        if tail is None:
            tail = self._cells[position].area_class, _grid_on(self._duty[position], on)
        return Place(*self._heads[position], lon, lat, *tail)

    def _snapped(self, lon: float, lat: float, on: date) -> int:
        """The cell within `snap_m` of a point that touches none. Raises Invalid `outside_grid`."""
        found = self._nearest.find(lon, lat, self._valid(on))
        if found is None:
            text = f"no cell is valid on {on}"
            raise Invalid("outside_grid", text, nearest_cell=None, distance_m=None)
        if found.distance_m <= self.snap_m:
            return found.position
        code = self._cells[found.position].code
        metres = float(Decimal(found.distance_m).quantize(Decimal("0.1"), ROUND_HALF_UP))
        text = f"the point lies outside the grid, {metres} m from cell {code}"
        raise Invalid("outside_grid", text, nearest_cell=code, distance_m=metres)

    def nearest_of(self, codes: Iterable[str], lon: float, lat: float) -> float | None:
        """Metres from a WGS-84 point to the nearest of these cells, 0 inside one; None when no code is a cell."""
        chosen = np.zeros(len(self._cells), dtype=np.bool_)
        chosen[[self._position[code] for code in codes if code in self._position]] = True
        touched = self._tree.query(shapely.points((lon, lat)), "intersects")
        if chosen[touched].any():
            return 0.0
        found = self._nearest.find(lon, lat, chosen)
        return found.distance_m if found is not None else None

    def locate_many(self, lons: Floats, lats: Floats, *, on: date) -> NDArray[np.int64]:
        """The position of the cell of each WGS-84 point inside the box, `NO_CELL` where none touches it.

        No snapping: ask `locate` for the points left over. Positions are for `place_at`.
        """
        best = np.full(len(lons), len(self._cells), dtype=np.int64)
        points, cells = self._tree.query(shapely.points(lons, lats), predicate="intersects")
        kept = self._valid(on)[cells]
        np.minimum.at(best, points[kept], cells[kept])
        best[best == len(self._cells)] = NO_CELL
        return best

    def _valid(self, on: date) -> NDArray[np.bool_]:
        """Which cells are valid on the day, kept for the few days that are asked for again and again."""
        found = self._valid_on.get(on)
        if found is None:
            found = np.array([span is None or span.holds(on) for span in self._spans], dtype=np.bool_)
            if len(self._valid_on) > 366:
                self._valid_on = {}
            self._valid_on[on] = found
        return found

    def cells(self, on: date) -> Iterator[Cell]:
        """The cells valid on the day, by code."""
        for cell, span in zip(self._cells, self._spans, strict=True):
            if span is None or span.holds(on):
                yield cell

    def all_cells(self) -> tuple[Cell, ...]:
        """The cells of all times, by code."""
        return self._cells

    def has_cell(self, code: str) -> bool:
        """Whether a cell of this code is or was."""
        return code in self._position

    def cell(self, code: str) -> Cell:
        """The cell of this code, ended or not. Raises NotFound `unknown_cell`."""
        if code not in self._position:
            raise NotFound("unknown_cell", f"there is no cell {code!r}", cell=code)
        return self._cells[self._position[code]]

    def cell_features(
        self, on: date, bbox: tuple[float, float, float, float] | None = None
    ) -> list[dict[str, Any]]:
        """RFC 7946 features of the cells valid on the day, by code (G-21); not to be changed by the caller.

        `bbox` is west, south, east, north in WGS-84 degrees: only cells that touch it.
        """
        valid = self._valid(on)
        if bbox is None:
            chosen = np.flatnonzero(valid).tolist()
        else:
            touched = self._tree.query(shapely.box(*bbox), "intersects")
            chosen = sorted(touched[valid[touched]].tolist())
        return [self._feature(at) for at in chosen]

    def _feature(self, at: int) -> dict[str, Any]:
        if at not in self._features:
            cell = self._cells[at]
            more = {
                "community_code": cell.community,
                "area_class": cell.area_class,
                "area_m2": cell.area_m2,
                "valid_from": cell.valid_from.isoformat() if cell.valid_from else None,
                "valid_to": cell.valid_to.isoformat() if cell.valid_to else None,
                "synthetic": cell.properties.get("synthetic") is True,
            }
            self._features[at] = cell_feature(cell.code, cell.shape, more)
        return self._features[at]
