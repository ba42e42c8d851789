"""Generates the synthetic district (示意): made-up shapes for the units of an area list (geo.md 10)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from gridcase.demo.features import DrawnCell, Feature, feature
from gridcase.demo.grids import key_grids, responsibility_grids
from gridcase.demo.lattice import Lattice, Polygon, centroid, ring_area
from gridcase.demo.layout import SIZES, Layout, Size, lay_out
from gridcase.errors import DefinitionError
from gridcase.spatial.area_list import AREA_FILE, AreaRow, read_area_list
from gridcase.spatial.codes import find_scheme, next_number, numbering_order
from gridcase.spatial.faults import GeoFault
from gridcase.spatial.layers import read_folder

DEFAULT_SEED = 2026
SPLIT_ON = date(2026, 7, 1)
_SCHEME = find_scheme("gbt30428")
_SECOND_CLASS_SHARE = 0.4


def write_district(folder: Path, areas: Path, *, seed: int = DEFAULT_SEED, size: str = "full") -> None:
    """Writes the geo folder of the synthetic district; the same seed and size give the same bytes.

    `areas` is the area list (geo.md 5) whose streets and communities are drawn; `size` is full or quick.
    Raises DefinitionError when the list cannot be read.
    """
    faults: list[GeoFault] = []
    rows = read_area_list(areas, areas.name, faults)
    if faults:
        raise DefinitionError(faults)
    folder.mkdir(parents=True, exist_ok=True)
    listed = areas.read_bytes()
    for name, features in draw_district(rows, SIZES[size], seed).items():
        (folder / f"{name}.geojson").write_bytes(_collection(features))
    (folder / AREA_FILE).write_bytes(listed)


def holds_real_data(folder: Path) -> bool:
    """Whether the folder has a readable layer with a feature that is not marked as synthetic."""
    layers = read_folder(folder).layers.values()
    return any(item.properties.get("synthetic") is not True for layer in layers for item in layer.features)


def draw_district(rows: Sequence[AreaRow], size: Size, seed: int) -> dict[str, list[Feature]]:
    """The features of each layer by the name of its file (geo.md 5), all marked as synthetic."""
    rng = Random(seed)
    layout = lay_out(rows, size, rng)
    squares = [square for members in layout.communities.values() for square in members]
    lattice = Lattice(size.plan, squares, rng, split=layout.split)
    names = {row.code: row.name for row in rows}
    cells = {code: _number_cells(code, layout, lattice) for code in layout.communities}
    return {
        "districts": [
            _area(row.code, row.name, lattice.outline(squares)) for row in rows if row.level == "district"
        ],
        "streets": _streets(layout, lattice, names),
        "communities": [
            _area(code, names[code], lattice.outline(members), parent_code=code[:9])
            for code, members in layout.communities.items()
        ],
        "unit_grid_cells": _cell_features(cells, rng),
        "responsibility_grids": responsibility_grids(layout, cells, names),
        "key_grids": key_grids(layout, cells, lane=size.lane, rng=rng),
    }


def _streets(layout: Layout, lattice: Lattice, names: Mapping[str, str]) -> list[Feature]:
    features = []
    for code in sorted(layout.streets):
        squares = [square for member in layout.streets[code] for square in layout.communities[member]]
        outline = lattice.outline(squares)
        features.append(
            _area(code, names[code], outline, parent_code=code[:6], is_pilot=code == layout.pilot)
        )
    return features


def _number_cells(community: str, layout: Layout, lattice: Lattice) -> list[DrawnCell]:
    """The cells of a community, numbered by G-05; the halves of the split cell get the next free numbers."""
    squares = layout.communities[community]
    outlines = [lattice.square(square) for square in squares]
    centres = [lattice.to_metres(centroid(outline[0])) for outline in outlines]
    top = max(lattice.to_metres(place)[1] for outline in outlines for place in outline[0])
    cells: list[DrawnCell] = []
    for number, at in enumerate(numbering_order(centres, top=top), start=1):
        dates = {"valid_to": SPLIT_ON.isoformat()} if squares[at] == layout.split else {}
        cells.append(DrawnCell(_cell_code(community, number), squares[at], outlines[at], dates))
    if layout.split in squares:
        for half in lattice.halves(layout.split):
            number = next_number([int(cell.code[len(community) :]) for cell in cells], _SCHEME)
            dates = {"valid_from": SPLIT_ON.isoformat()}
            cells.append(DrawnCell(_cell_code(community, number), layout.split, half, dates))
    return cells


def _cell_code(community: str, number: int) -> str:
    return f"{community}{number:0{_SCHEME.number_length}d}"


def _cell_features(cells: Mapping[str, Sequence[DrawnCell]], rng: Random) -> list[Feature]:
    features = []
    for community, members in cells.items():
        area_class = 2 if rng.random() < _SECOND_CLASS_SHARE else 1
        for cell in members:
            properties = {
                "code": cell.code,
                "community_code": community,
                "area_class": area_class,
                "area_m2": round(ring_area(cell.outline[0]), 1),
                **cell.dates,
            }
            features.append(feature(properties, [cell.outline]))
    return features


def _area(code: str, name: str, outline: list[Polygon], **more: Any) -> Feature:
    return feature({"code": code, "name": name, **more}, outline)


def _collection(features: Iterable[Feature]) -> bytes:
    """Compact GeoJSON with one feature a line, so that a change of the data can be read."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in features)
    head = '{"type":"FeatureCollection","coordinate_system":"wgs84","features":['
    return f"{head}\n{lines}\n]}}\n".encode()
