"""A lattice of crooked cells with shared vertices, and the outlines of sets of its cells, in plain arithmetic."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import NamedTuple

from gridcase.spatial.coordinates import metres_per_degree

# Seven decimals are 1 cm. A vertex is rounded once, where it is made, so that shared vertices stay shared.
_DECIMALS = 7
# Displacements in parts of the spacing: small enough that no ring can cross itself.
_VERTEX_JITTER = 0.12
_MIDDLE_JITTER = 0.06
_MIDDLE_SHARE = 0.35

Position = tuple[float, float]
Ring = list[Position]
Polygon = list[Ring]


class Square(NamedTuple):
    """A cell of the lattice by column (from the west) and row (from the south)."""

    column: int
    row: int


# Vertices have even numbers, the middles of edges one odd number: a square has the nodes 2c..2c+2, 2r..2r+2.
Node = tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """Where a lattice lies: its centre in WGS-84 degrees, columns and rows of the main block, metres a cell."""

    lon: float
    lat: float
    columns: int
    rows: int
    spacing: float


class Lattice:
    """Squares with crooked sides. The same plan, squares and random numbers give the same positions."""

    def __init__(self, plan: Plan, squares: Collection[Square], rng: Random, *, split: Square) -> None:
        self._plan = plan
        self._metres = metres_per_degree(plan.lat)
        corners = {node for square in squares for node in _ring(square) if _is_corner(node)}
        middles = {node for square in squares for node in _ring(square) if not _is_corner(node)}
        plane: dict[Node, Position] = {}
        for node in sorted(corners):
            reach = plan.spacing * _VERTEX_JITTER
            east, north = (_between(rng, reach), _between(rng, reach))
            plane[node] = (
                (node[0] / 2 - plan.columns / 2) * plan.spacing + east,
                (node[1] / 2 - plan.rows / 2) * plan.spacing + north,
            )
        # The line that splits a cell ends in the middle of its southern and northern side.
        forced = set(middle_line(split))
        for node in sorted(middles):
            wanted, push = rng.random() < _MIDDLE_SHARE, _between(rng, _MIDDLE_JITTER)
            if wanted or node in forced:
                plane[node] = _middle(node, plane, push)
        self._places = {node: self._to_degrees(place) for node, place in plane.items()}

    def _to_degrees(self, place: Position) -> Position:
        east, north = self._metres
        lon, lat = self._plan.lon + place[0] / east, self._plan.lat + place[1] / north
        return round(lon, _DECIMALS), round(lat, _DECIMALS)

    def to_metres(self, place: Position) -> Position:
        """A position in metres east and north of the centre of the plan."""
        east, north = self._metres
        return (place[0] - self._plan.lon) * east, (place[1] - self._plan.lat) * north

    def _closed(self, nodes: Iterable[Node]) -> Ring:
        ring = [self._places[node] for node in nodes if node in self._places]
        return [*ring, ring[0]]

    def square(self, square: Square) -> Polygon:
        """The outline of one square, counter-clockwise."""
        return [self._closed(_ring(square))]

    def halves(self, square: Square) -> tuple[Polygon, Polygon]:
        """The western and the eastern part of the square that the lattice was told to split."""
        south, north = middle_line(square)
        ring = _ring(square)
        east = ring[ring.index(south) : ring.index(north) + 1]
        west = ring[ring.index(north) :] + ring[: ring.index(south) + 1]
        return [self._closed(west)], [self._closed(east)]

    def outline(self, squares: Iterable[Square]) -> list[Polygon]:
        """The union of squares as polygons with holes: the edges that only one square has, chained."""
        edges: set[tuple[Node, Node]] = set()
        for square in squares:
            nodes = [node for node in _ring(square) if node in self._places]
            for start, end in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
                if (end, start) in edges:
                    edges.remove((end, start))
                else:
                    edges.add((start, end))
        after = dict(edges)
        rings = []
        while after:
            node = min(after)
            chain = [node]
            while (node := after.pop(node)) != chain[0]:
                chain.append(node)
            rings.append(self._closed(chain))
        return _assemble(rings)


def middle_line(square: Square) -> tuple[Node, Node]:
    """The middles of the southern and the northern side of a square."""
    return (2 * square.column + 1, 2 * square.row), (2 * square.column + 1, 2 * square.row + 2)


def _ring(square: Square) -> list[Node]:
    """The nodes around a square from its south-western corner on, counter-clockwise."""
    west, south = 2 * square.column, 2 * square.row
    return [
        (west, south),
        (west + 1, south),
        (west + 2, south),
        (west + 2, south + 1),
        (west + 2, south + 2),
        (west + 1, south + 2),
        (west, south + 2),
        (west, south + 1),
    ]


def _is_corner(node: Node) -> bool:
    return node[0] % 2 == 0 and node[1] % 2 == 0


def _between(rng: Random, reach: float) -> float:
    return (2.0 * rng.random() - 1.0) * reach


def _middle(node: Node, plane: dict[Node, Position], push: float) -> Position:
    """The middle of an edge, pushed aside by a share of the edge's length."""
    step = (1, 0) if node[0] % 2 else (0, 1)
    start, end = plane[node[0] - step[0], node[1] - step[1]], plane[node[0] + step[0], node[1] + step[1]]
    east, north = end[0] - start[0], end[1] - start[1]
    return (start[0] + end[0]) / 2 - north * push, (start[1] + end[1]) / 2 + east * push


def ring_area(ring: Ring) -> float:
    """The signed area of a closed ring in square metres, above zero when it runs counter-clockwise."""
    lon, lat = ring[0]
    middle = sum(place[1] for place in ring[:-1]) / (len(ring) - 1)
    east, north = metres_per_degree(middle)
    terms = (
        (start[0] - lon) * (end[1] - lat) - (end[0] - lon) * (start[1] - lat) for start, end in pairwise(ring)
    )
    return float(math.fsum(terms) / 2.0 * east * north)


def centroid(ring: Ring) -> Position:
    """The centre of gravity of a closed ring, in degrees."""
    lon, lat = ring[0]
    twice = east = north = 0.0
    for start, end in pairwise(ring):
        cross = (start[0] - lon) * (end[1] - lat) - (end[0] - lon) * (start[1] - lat)
        twice += cross
        east += (start[0] + end[0] - 2 * lon) * cross
        north += (start[1] + end[1] - 2 * lat) * cross
    return lon + east / (3 * twice), lat + north / (3 * twice)


def _assemble(rings: list[Ring]) -> list[Polygon]:
    """Rings as polygons: clockwise rings are holes of the counter-clockwise ring around them."""
    outer = [[ring] for ring in rings if ring_area(ring) > 0]
    for hole in (ring for ring in rings if ring_area(ring) <= 0):
        home = next(polygon for polygon in outer if _is_inside(hole[0], polygon[0]))
        home.append(hole)
    return outer


def _is_inside(place: Position, ring: Ring) -> bool:
    lon, lat = place
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside
