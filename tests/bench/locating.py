"""Finding the cell of a point beside the raw call on a spatial index of our own making over the same cells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

import numpy as np
import shapely

from gridcase.errors import Invalid
from gridcase.resources import shipped_folder
from gridcase.spatial import Geography, load_geography
from tests.bench.measuring import Line, Size, ratio_at_most, take_turns

ON = date(2026, 10, 9)
POINTS = 50
BULK = 20_000
OUTSIDE = 10
Point = tuple[float, float]


def points_inside(geography: Geography, count: int, rng: Random) -> list[Point]:
    """Points inside cells valid on the day, cells drawn at random."""
    cells = [cell.shape for cell in geography.cells(ON)]
    middles = [rng.choice(cells).representative_point() for _ in range(count)]
    return [(middle.x, middle.y) for middle in middles]


def points_outside(geography: Geography, count: int, rng: Random) -> list[Point]:
    """Points up to some 2 km beyond the box of all cells."""
    _, south, east, north = shapely.union_all([cell.shape for cell in geography.all_cells()]).bounds
    return [(east + rng.uniform(0.001, 0.02), rng.uniform(south, north)) for _ in range(count)]


def measure(size: Size) -> Iterator[Line]:
    """Microseconds a point: one by one, in bulk, and outside every cell."""
    geography = load_geography(shipped_folder() / "geo")
    tree = shapely.STRtree([cell.shape for cell in geography.all_cells()])
    yield from _single(geography, tree, size)
    yield from _bulk(geography, tree, size)
    yield from _outside(geography, tree, size)


def _single(geography: Geography, tree: shapely.STRtree, size: Size) -> Iterator[Line]:
    points = points_inside(geography, POINTS, Random(1))
    ready = [shapely.points(*point) for point in points]

    def located() -> None:
        for lon, lat in points:
            geography.locate(lon, lat, crs="wgs84", on=ON)

    def shifted() -> None:
        for lon, lat in points:
            geography.locate(lon + 0.0064, lat + 0.0012, crs="gcj02", on=ON)

    def raw() -> None:
        for lon, lat in points:
            tree.query(shapely.points((lon, lat)), "intersects")

    def raw_ready() -> None:
        for point in ready:
            tree.query(point, "intersects")

    sides = {"raw_ready": raw_ready, "located": located, "raw": raw, "shifted": shifted}
    found = take_turns(sides, operations=POINTS, size=size)
    raw_name = "STRtree query, point made of two numbers"
    yield Line("locate one point", raw_name, "µs", found["located"], found["raw"], (ratio_at_most(2),))
    yield Line(
        "locate one point", "STRtree query of a ready point", "µs", found["located"], found["raw_ready"]
    )
    yield Line("locate one point told in gcj02", raw_name, "µs", found["shifted"], found["raw"])


def _bulk(geography: Geography, tree: shapely.STRtree, size: Size) -> Iterator[Line]:
    rng = Random(2)
    west, south, east, north = shapely.union_all([cell.shape for cell in geography.all_cells()]).bounds
    lons = np.array([rng.uniform(west, east) for _ in range(BULK)])
    lats = np.array([rng.uniform(south, north) for _ in range(BULK)])

    def located() -> None:
        geography.locate_many(lons, lats, on=ON)

    def raw() -> None:
        tree.query(shapely.points(lons, lats), predicate="intersects")

    found = take_turns({"located": located, "raw": raw}, operations=BULK, size=size)
    yield Line(f"locate {BULK:,} points in bulk", "STRtree bulk query", "µs", found["located"], found["raw"])


def _outside(geography: Geography, tree: shapely.STRtree, size: Size) -> Iterator[Line]:
    points = points_outside(geography, OUTSIDE, Random(3))

    def refused() -> None:
        for lon, lat in points:
            try:
                geography.locate(lon, lat, crs="wgs84", on=ON)
            except Invalid:
                continue
            raise AssertionError("a point outside was found inside")

    def raw() -> None:
        for lon, lat in points:
            tree.nearest(shapely.points((lon, lat)))

    found = take_turns({"refused": refused, "raw": raw}, operations=OUTSIDE, size=size)
    floor = "STRtree nearest, in degrees"
    yield Line("point outside: nearest cell in metres", floor, "µs", found["refused"], found["raw"])
