"""Reads the files of a geo folder into layers of features and collects what cannot be read (geo.md 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridcase.errors import nearest_name
from gridcase.spatial.area_list import AREA_FILE, AreaRow, read_area_list
from gridcase.spatial.faults import GeoFault
from gridcase.spatial.outlines import read_outlines
from gridcase.spatial.spans import Span, read_span
from gridcase.spatial.systems import declared_system

CELLS = "unit_grid_cells"
OUTLINES = {"districts": "district", "streets": "street", "communities": "community"}
GRIDS = ("responsibility_grids", "key_grids", "management_grids", "evaluation_grids")
_LAYERS = (*OUTLINES, CELLS, *GRIDS)


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a layer; `place` is its code, or its number in the file from 1 when it has none."""

    place: str
    code: str
    name: str
    span: Span
    properties: Mapping[str, Any]
    shape: Any


@dataclass(frozen=True)
class Layer:
    """One file: `file` is its label in faults, `system` the declared coordinate system."""

    file: str
    system: str = ""
    features: tuple[Feature, ...] = ()


@dataclass(frozen=True)
class GeoFolder:
    """All layers of a geo folder by file name without ending, the area list and the faults of reading."""

    label: str
    layers: Mapping[str, Layer]
    area_rows: tuple[AreaRow, ...] = ()
    faults: list[GeoFault] = field(default_factory=list)

    def features(self, layer: str) -> tuple[Feature, ...]:
        """The features of a layer that could be read; empty when the folder lacks it."""
        found = self.layers.get(layer)
        return found.features if found else ()

    def file(self, layer: str) -> str:
        """The label of a layer's file in faults."""
        return f"{self.label}/{layer}.geojson"


def read_folder(folder: Path) -> GeoFolder:
    """Reads every known file of the folder. Nothing is raised: what cannot be read stands in `faults`."""
    label = folder.name or folder.resolve().name
    faults: list[GeoFault] = []
    layers: dict[str, Layer] = {}
    if not folder.is_dir():
        return GeoFolder(str(folder), {}, (), [GeoFault(str(folder), "", "bad_file", "no such folder")])
    for name in _LAYERS:
        path = folder / f"{name}.geojson"
        if path.exists():
            layers[name] = _read_layer(path, f"{label}/{path.name}", faults, may_be_null=name in GRIDS)
        elif name == CELLS:
            near = nearest_name(path.name, [other.name for other in folder.glob("*.*json")])
            hint = f", nearest is {near}" if near else ""
            faults.append(GeoFault(f"{label}/{path.name}", "", "bad_file", f"no such file{hint}"))
    rows: Sequence[AreaRow] = ()
    if (folder / AREA_FILE).exists():
        rows = read_area_list(folder / AREA_FILE, f"{label}/{AREA_FILE}", faults)
    return GeoFolder(label, layers, tuple(rows), faults)


def _read_layer(path: Path, file: str, faults: list[GeoFault], *, may_be_null: bool) -> Layer:
    try:
        collection = _read_collection(path)
    except ValueError as error:
        faults.append(GeoFault(file, "", "bad_file", str(error)))
        return Layer(file)
    system, wrong = declared_system(collection)
    if system is None:
        faults += [GeoFault(file, "", "C-01", text) for text in wrong or ["no declared coordinate system"]]
        return Layer(file)
    raw = collection["features"]
    outlines = read_outlines(
        [item.get("geometry") if isinstance(item, dict) else None for item in raw], system
    )
    features = []
    for number, (item, outline) in enumerate(zip(raw, outlines, strict=True), start=1):
        feature, told = _read_feature(item, number, shape=outline.shape, system=system)
        told += [("G-07", text) for text in outline.faults]
        if not may_be_null and isinstance(item, dict) and item.get("geometry") is None:
            told.append(("G-07", "has no geometry"))
        faults += [GeoFault(file, feature.place, check, text) for check, text in told]
        features.append(feature)
    return Layer(file, system, tuple(features))


def _read_collection(path: Path) -> Mapping[str, Any]:
    """The FeatureCollection of a file. Raises ValueError with what is wrong with the file as a whole."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8: byte {error.start + 1} cannot be read") from error
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        kind = content.get("type") if isinstance(content, dict) else type(content).__name__
        raise ValueError(f"is not a FeatureCollection but {kind!r}")
    if not isinstance(content.get("features"), list):
        raise ValueError("has no list of features")
    return content


def _read_feature(
    item: Any, number: int, *, shape: Any, system: str
) -> tuple[Feature, list[tuple[str, str]]]:
    """One feature and its faults as (check, text), apart from those of its geometry."""
    place = f"feature {number}"
    if not isinstance(item, dict) or item.get("type") != "Feature":
        return Feature(place, "", "", Span(), {}, None), [("bad_file", "is not a Feature")]
    faults: list[tuple[str, str]] = []
    properties = item.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    code = properties.get("code") or ""
    if not isinstance(code, str):
        faults.append(("G-01", f"code {code!r} is not a text"))
        code = ""
    elif not code.strip():
        faults.append(("G-01", "has no code"))
        code = ""
    else:
        # A line break in a code would tear the line of a fault.
        place = code if code.isprintable() else repr(code)
    span, wrong = read_span(properties.get("valid_from"), properties.get("valid_to"))
    faults += [("dates", text) for text in wrong]
    faults += _other_system(item, system)
    name = properties.get("name")
    return Feature(place, code, name if isinstance(name, str) else "", span, properties, shape), faults


def _other_system(item: Mapping[str, Any], system: str) -> list[tuple[str, str]]:
    """A feature that declares another system than its file."""
    found: list[tuple[str, str]] = []
    for holder in (item, item.get("geometry")):
        if isinstance(holder, dict) and ("crs" in holder or "coordinate_system" in holder):
            own, wrong = declared_system(holder)
            found += [("G-07", text) for text in wrong]
            if own not in (None, system):
                found.append(("G-07", f"declares {own} in a file of {system}"))
    return found
