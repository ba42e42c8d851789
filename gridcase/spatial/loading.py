"""Makes the index of a geo folder, or says everything that keeps it from being used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gridcase.errors import DefinitionError
from gridcase.spatial.areas import Area, AreaTable
from gridcase.spatial.checks import loading_faults
from gridcase.spatial.codes import DISTRICT_LENGTH, LEVELS, STREET_LENGTH, find_scheme
from gridcase.spatial.index import Cell, Geography, Grid
from gridcase.spatial.layers import CELLS, OUTLINES, Feature, GeoFolder, read_folder
from gridcase.spatial.spans import ALWAYS


def load_geography(folder: Path, *, code_scheme: str = "gbt30428", snap_m: float = 0.01) -> Geography:
    """The index over the cells of a geo folder (geo.md 5 and 7); `snap_m` in metres.

    Raises DefinitionError with every fault that makes an answer unsure: files that cannot be read, no declared
    system, codes against the scheme, codes twice, faulty rings, spans and classes. The other rules of geo.md 8
    are those of `check_geo`. Raises Invalid `unknown_code_scheme`.
    """
    content = read_folder(folder)
    faults = loading_faults(content, find_scheme(code_scheme))
    if faults:
        raise DefinitionError(faults)
    cells = [_cell(feature) for feature in content.features(CELLS)]
    grids = [_grid(feature) for feature in content.features("responsibility_grids")]
    return Geography(cells, area_table(content), grids, snap_m=snap_m)


def _cell(feature: Feature) -> Cell:
    properties = dict(feature.properties)
    area = properties.get("area_m2")
    return Cell(
        feature.code,
        feature.span,
        feature.shape,
        area_class=properties.get("area_class") or 1,
        area_m2=float(area) if isinstance(area, int | float) else None,
        properties=properties,
    )


def _grid(feature: Feature) -> Grid:
    members: Sequence[str] = feature.properties.get("members") or ()
    return Grid(feature.code, feature.name, feature.span, tuple(members))


def area_table(content: GeoFolder) -> AreaTable:
    """The units of areas.csv and of the outline files together; areas.csv gives the names (geo.md 5)."""
    areas: dict[str, Area] = {}
    for row in content.area_rows:
        parent = row.parent or _parent(row.code, row.level)
        areas.setdefault(row.code, Area(row.code, row.name, row.level, parent, row.aliases, row.span))
    for layer, level in OUTLINES.items():
        for feature in content.features(layer):
            listed = areas.get(feature.code) or Area(feature.code, "", level)
            areas[feature.code] = Area(
                feature.code,
                listed.name or feature.name,
                listed.level,
                listed.parent or feature.properties.get("parent_code") or _parent(feature.code, level),
                listed.aliases,
                feature.span if listed.span == ALWAYS else listed.span,
                feature.properties.get("is_pilot") is True,
            )
    return AreaTable(areas.values())


def _parent(code: str, level: str) -> str | None:
    """The code of the unit above: its own first digits, by the lengths of geo.md 2."""
    above = {"street": DISTRICT_LENGTH, "community": STREET_LENGTH}.get(level)
    return code[:above] if above and len(code) == LEVELS[level] else None
