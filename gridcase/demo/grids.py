"""The responsibility grids and key grids of the synthetic district (geo.md 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from gridcase.demo.features import DrawnCell, Feature, feature
from gridcase.demo.lattice import Square
from gridcase.demo.layout import Layout

RESPONSIBILITY_GRIDS = 45


def responsibility_grids(
    layout: Layout, cells: Mapping[str, Sequence[DrawnCell]], names: Mapping[str, str]
) -> list[Feature]:
    """Patrol areas of whole neighbouring communities: shared out over the streets by their communities."""
    counts = _share_out(RESPONSIBILITY_GRIDS, {code: len(layout.streets[code]) for code in layout.streets})
    features: list[Feature] = []
    for street in sorted(layout.streets):
        members = layout.streets[street]
        for number in range(counts[street]):
            first = number * len(members) // counts[street]
            last = (number + 1) * len(members) // counts[street]
            properties = {
                "code": f"{street}-{number + 1:02d}",
                "name": f"{names[street]}第{number + 1}责任网格",
                "members": [cell.code for code in members[first:last] for cell in cells[code]],
            }
            features.append(feature(properties, None))
    return features


def _share_out(count: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Shares by largest remainder, at least one each."""
    total = sum(weights.values())
    shares = {code: max(1, count * weight // total) for code, weight in weights.items()}
    rest = sorted(weights, key=lambda code: (-(count * weights[code] % total), code))
    for code in rest[: count - sum(shares.values())]:
        shares[code] += 1
    return shares


def key_grids(
    layout: Layout, cells: Mapping[str, Sequence[DrawnCell]], *, lane: int, rng: Random
) -> list[Feature]:
    """One back lane (背街小巷) a street: a run of neighbouring cells in one row of the lattice."""
    features: list[Feature] = []
    for street in sorted(layout.streets):
        drawn = [cell for code in layout.streets[street] for cell in cells[code]]
        by_square: dict[Square, list[str]] = {}
        for cell in drawn:
            by_square.setdefault(cell.square, []).append(cell.code)
        runs = [_run(square, lane) for square in sorted(by_square)]
        inside = [run for run in runs if by_square.keys() >= set(run)]
        chosen = inside[int(rng.random() * len(inside))]
        properties = {
            "code": f"{street}-K1",
            "name": f"背街小巷{len(features) + 1}号",
            "remark": "背街小巷，加密巡查",
            "members": sorted(code for square in chosen for code in by_square[square]),
        }
        features.append(feature(properties, None))
    return features


def _run(square: Square, length: int) -> list[Square]:
    """So many squares of one row, from this one to the east."""
    return [Square(square.column + step, square.row) for step in range(length)]
