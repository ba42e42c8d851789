"""Cuts the lattice of the synthetic district into streets and communities, and finds a bed for its lake."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, TypeVar

from gridcase.demo.lattice import Square

T = TypeVar("T")
# How far a cut may leave the place that the sizes ask for, as a share of the length.
_WOBBLE = 0.08


class Block(NamedTuple):
    """A rectangle of squares; `east` and `north` are the first column and row outside."""

    west: int
    south: int
    east: int
    north: int

    @property
    def width(self) -> int:
        return self.east - self.west

    @property
    def height(self) -> int:
        return self.north - self.south

    def squares(self) -> list[Square]:
        """All squares, column by column."""
        return [
            Square(column, row)
            for column in range(self.west, self.east)
            for row in range(self.south, self.north)
        ]


@dataclass(frozen=True)
class Piece:
    """What a block is cut for: `needs` is the number of communities inside, and its weight."""

    code: str
    needs: int


def cut(block: Block, pieces: Sequence[Piece], rng: Random) -> dict[str, Block]:
    """A block for each piece, sized about by its needs, never with fewer squares than needs."""
    if len(pieces) == 1:
        return {pieces[0].code: block}
    total = sum(piece.needs for piece in pieces)
    at, first = 1, pieces[0].needs
    while at < len(pieces) - 1 and first + pieces[at].needs / 2 < total / 2:
        first += pieces[at].needs
        at += 1
    is_wide = block.width >= block.height
    length, across = (block.width, block.height) if is_wide else (block.height, block.width)
    wanted = round(length * (first / total + (2 * rng.random() - 1) * _WOBBLE))
    least, most = math.ceil(first / across), length - math.ceil((total - first) / across)
    place = min(max(wanted, least, 1), most, length - 1)
    if is_wide:
        one = block._replace(east=block.west + place)
        two = block._replace(west=block.west + place)
    else:
        one = block._replace(north=block.south + place)
        two = block._replace(south=block.south + place)
    return {**cut(one, pieces[:at], rng), **cut(two, pieces[at:], rng)}


def cut_with_corner(
    block: Block, corner: Piece, pieces: Sequence[Piece], *, corner_size: tuple[int, int], rng: Random
) -> dict[str, Block]:
    """Like `cut`, with one piece of an exact size (columns, rows) in the south-western corner."""
    columns, rows = corner_size
    pilot = Block(block.west, block.south, block.west + columns, block.south + rows)
    above = Block(block.west, block.south + rows, block.west + columns, block.north)
    beside = block._replace(west=block.west + columns)
    share = above.width * above.height / (above.width * above.height + beside.width * beside.height)
    total = sum(piece.needs for piece in pieces)
    at, sum_above = 0, 0
    while at < len(pieces) - 1 and sum_above + pieces[at].needs / 2 < total * share:
        sum_above += pieces[at].needs
        at += 1
    return {corner.code: pilot, **cut(above, pieces[:at], rng), **cut(beside, pieces[at:], rng)}


def lake_squares(size: int, west: int, south: int) -> set[Square]:
    """A square of water without its four corners."""
    block = Block(west, south, west + size, south + size)
    corners = {(x, y) for x in (block.west, block.east - 1) for y in (block.south, block.north - 1)}
    return {square for square in block.squares() if square not in corners}


def find_lake(
    street: Block, size: int, communities: Mapping[str, Collection[Square]], *, dry: Collection[Square]
) -> set[Square]:
    """A bed inside the street that leaves every community in one piece, as near to its centre as can be.

    `dry` squares stay land. Raises ValueError when the street has no such place.
    """
    middle = ((street.west + street.east - size) / 2, (street.south + street.north - size) / 2)
    places = [
        (west, south)
        for west in range(street.west + 1, street.east - size)
        for south in range(street.south + 1, street.north - size)
    ]
    for west, south in sorted(places, key=lambda place: (math.dist(place, middle), place)):
        lake = lake_squares(size, west, south)
        if not lake & set(dry) and all(is_whole(set(cells) - lake) for cells in communities.values()):
            return lake
    raise ValueError("no place for a lake of this size")


def is_whole(squares: set[Square]) -> bool:
    """Whether the squares are one piece over edges and nowhere meet in a corner alone."""
    if not squares:
        return False
    seen, front = set(), [min(squares)]
    while front:
        square = front.pop()
        if square in seen:
            continue
        seen.add(square)
        column, row = square
        beside = (
            Square(column + 1, row),
            Square(column - 1, row),
            Square(column, row + 1),
            Square(column, row - 1),
        )
        front += [other for other in beside if other in squares]
        for step in (1, -1):
            meets = Square(column + step, row + 1) in squares
            if meets and Square(column + step, row) not in squares and Square(column, row + 1) not in squares:
                return False
    return len(seen) == len(squares)
