"""Lays out the synthetic district: which square of the lattice belongs to which community (geo.md 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from gridcase.demo.lattice import Plan, Square
from gridcase.demo.partition import Block, Piece, cut, cut_with_corner, find_lake
from gridcase.spatial.area_list import AreaRow

# Where the demonstration lies (geo.md 10); the shapes are made up.
_CENTRE = (117.15, 39.11)


@dataclass(frozen=True)
class Size:
    """One size of the district. Lengths in squares, except `spacing` in metres.

    The pilot street is a block of `pilot` squares: just under 3.2 km², so that 15 inspectors are too few and 16 enough.
    """

    side: int
    spacing: float
    pilot: tuple[int, int]
    lake: int
    exclave: tuple[int, int]
    lane: int

    @property
    def plan(self) -> Plan:
        return Plan(*_CENTRE, self.side, self.side, self.spacing)


SIZES = {
    "full": Size(side=64, spacing=99.7, pilot=(16, 20), lake=5, exclave=(4, 6), lane=6),
    "quick": Size(side=32, spacing=198.6, pilot=(8, 10), lake=3, exclave=(2, 3), lane=3),
}
# Squares between the district and its exclave.
_EXCLAVE_GAP = 6


@dataclass(frozen=True)
class Layout:
    """The squares of each community, in the order of their codes, and the one cell that is split."""

    communities: dict[str, list[Square]]
    streets: dict[str, list[str]]
    pilot: str
    lake: set[Square]
    split: Square


def lay_out(rows: Sequence[AreaRow], size: Size, rng: Random) -> Layout:
    """Gives every community of the area list its squares; the same random numbers give the same layout."""
    streets: dict[str, list[str]] = {row.code: [] for row in rows if row.level == "street"}
    for row in rows:
        if row.level == "community":
            streets[row.parent].append(row.code)
    pilot = _pilot(streets, size)
    others = sorted(code for code in streets if code != pilot)
    others.sort(key=lambda _: rng.random())
    whole = Block(0, 0, size.side, size.side)
    pieces = [Piece(code, len(streets[code])) for code in others]
    corner = Piece(pilot, len(streets[pilot]))
    blocks = cut_with_corner(whole, corner, pieces, corner_size=size.pilot, rng=rng)
    # The exclave is a community of its own, of the street that lies at the eastern edge nearest to it.
    abroad = next(code for code in others if blocks[code].east == size.side)
    communities: dict[str, list[Square]] = {}
    for street, members in streets.items():
        inside = members[:-1] if street == abroad else members
        cuts = cut(blocks[street], [Piece(code, 1) for code in inside], rng)
        communities.update({code: cuts[code].squares() for code in inside})
        if street == abroad:
            communities[members[-1]] = _exclave(size, blocks[street])
    lake = _dig_lake(communities, streets, blocks, size=size)
    return Layout(
        {
            code: [square for square in communities[code] if square not in lake]
            for code in sorted(communities)
        },
        streets,
        pilot,
        lake,
        _split_square(communities, lake, size=size, rng=rng),
    )


def _pilot(streets: dict[str, list[str]], size: Size) -> str:
    """The street whose number of communities fits its size best, the lowest code among equals."""
    total = sum(len(members) for members in streets.values())
    fitting = total * size.pilot[0] * size.pilot[1] / size.side**2
    return min(sorted(streets), key=lambda code: abs(len(streets[code]) - fitting))


def _exclave(size: Size, home: Block) -> list[Square]:
    columns, rows = size.exclave
    west, south = size.side + _EXCLAVE_GAP, (home.south + home.north - rows) // 2
    return Block(west, south, west + columns, south + rows).squares()


def _dig_lake(
    communities: dict[str, list[Square]],
    streets: dict[str, list[str]],
    blocks: dict[str, Block],
    *,
    size: Size,
) -> set[Square]:
    """The lake of the largest street that has room for one; the middle of the district stays land."""
    half = size.side // 2
    dry = Block(half - 2, half - 2, half + 2, half + 2).squares()
    for street in sorted(blocks, key=lambda code: (-blocks[code].width * blocks[code].height, code)):
        members = {code: communities[code] for code in streets[street]}
        try:
            return find_lake(blocks[street], size.lake, members, dry=dry)
        except ValueError:
            continue
    raise ValueError("no street has room for the lake")


def _split_square(
    communities: dict[str, list[Square]], lake: set[Square], *, size: Size, rng: Random
) -> Square:
    """A square away from the edge, the lake and the middle of the district."""
    half = size.side // 2
    candidates = [
        square
        for code in sorted(communities)
        for square in communities[code]
        if 2 <= square.column < size.side - 2
        and 2 <= square.row < size.side - 2
        and max(abs(square.column - half), abs(square.row - half)) > 3
        and all(max(abs(square.column - x), abs(square.row - y)) > 2 for x, y in lake)
    ]
    return candidates[int(rng.random() * len(candidates))]
