"""Small geo folders for tests: square cells of one community around a corner, and what can be wrong with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

COMMUNITY = "120104009001"
AREAS = (
    "code,name,level,parent,alias\n"
    "120104,南开区,district,,南开\n"
    "120104009,王顶堤街道,street,120104,王顶堤街|王顶堤\n"
    f"{COMMUNITY},第一社区居委会,community,120104009,第一社区\n"
)
# South-western corner of the squares, and the side of one in degrees: binary fractions, so that edges are exact.
WEST, SOUTH, SIDE = 117.125, 39.125, 0.0009765625

Feature = dict[str, Any]


def square(column: float, row: float, *, size: float = 1) -> list[list[list[float]]]:
    """The ring of a square cell by column and row from the south-west, counter-clockwise."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    east, north = west + size * SIDE, south + size * SIDE
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def cell(number: int | str, rings: Any, **properties: Any) -> Feature:
    """A cell of the community by its number, or by its whole code when it is given as text."""
    code = number if isinstance(number, str) else f"{COMMUNITY}{number:03d}"
    return {
        "type": "Feature",
        "properties": {"code": code, **properties},
        "geometry": {"type": "Polygon", "coordinates": rings},
    }


def collection(features: Iterable[Any], **members: Any) -> dict[str, Any]:
    """A FeatureCollection in WGS-84 unless `members` say otherwise; a member of None is left out."""
    found = {"type": "FeatureCollection", "coordinate_system": "wgs84", **members}
    return {**{name: value for name, value in found.items() if value is not None}, "features": list(features)}


def write_folder(folder: Path, cells: Sequence[Any], *, areas: str = AREAS, **members: Any) -> Path:
    """A geo folder with these cells and the area list; `members` as in `collection`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_layer(folder, "unit_grid_cells", cells, **members)
    (folder / "areas.csv").write_text(areas, encoding="utf-8")
    return folder


def write_layer(folder: Path, name: str, features: Sequence[Any], **members: Any) -> None:
    """One more layer of a geo folder."""
    content = json.dumps(collection(features, **members), ensure_ascii=False)
    (folder / f"{name}.geojson").write_text(content, encoding="utf-8")


def four_cells() -> list[Feature]:
    """Cells 001 and 002 in the south, 011 and 012 in the north of them (geo.md 12.1)."""
    return [cell(1, square(0, 0)), cell(2, square(1, 0)), cell(11, square(0, 1)), cell(12, square(1, 1))]
