"""Checks of a geo folder: codes, area table, dates, classes and what cannot be read (geo.md 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridcase.config import Settings
from gridcase.spatial.area_list import AREA_FILE
from gridcase.spatial.codes import (
    COMMUNITY_LENGTH,
    DISTRICT_LENGTH,
    LEVELS,
    STREET_LENGTH,
    CodeScheme,
    cell_code_fault,
    code_fault,
    find_scheme,
)
from gridcase.spatial.faults import GeoFault
from gridcase.spatial.layers import CELLS, GRIDS, OUTLINES, Feature, GeoFolder, read_folder
from gridcase.spatial.spans import Span

AREA_CLASSES = (1, 2)


@dataclass(frozen=True)
class Unit:
    """What the checks need of one unit of the area table: where it stands, its level, its days."""

    file: str
    place: str
    code: str
    level: str
    parent: Any
    span: Span


def check_geo(folder: Path, settings: Settings) -> list[GeoFault]:
    """Every fault of a geo folder, in the order of files and features; none means the data may be used.

    Today: files that cannot be read, declared systems (C-01), G-01 to G-04, G-06, G-07, dates and class.
    """
    content = read_folder(folder)
    scheme = find_scheme(settings.geo.code_scheme)
    faults = loading_faults(content, scheme)
    units = list(_units(content))
    table = {unit.code: unit for unit in units}
    faults += _unit_faults(units, table)
    faults += _twice_in_list(content)
    for feature in content.features(CELLS):
        if feature.code and not cell_code_fault(feature.code, scheme):
            told = _cell_faults(feature, scheme, table)
            faults += [GeoFault(content.file(CELLS), feature.place, check, text) for check, text in told]
    return sorted(dict.fromkeys(faults), key=lambda fault: _file_order(fault.file))


def loading_faults(content: GeoFolder, scheme: CodeScheme) -> list[GeoFault]:
    """The faults that make an answer unsure, so that the folder cannot even be loaded."""
    faults = list(content.faults)
    for feature in content.features(CELLS):
        file = content.file(CELLS)
        wrong = cell_code_fault(feature.code, scheme) if feature.code else None
        if wrong:
            faults.append(GeoFault(file, feature.place, "G-01", wrong))
        given = feature.properties.get("area_class")
        # True == 1 in Python, but true is no class.
        if given is not None and (isinstance(given, bool) or given not in AREA_CLASSES):
            faults.append(
                GeoFault(file, feature.place, "class", f"area_class is {given!r} instead of 1 or 2")
            )
    for layer in content.layers:
        faults += _twice(content, layer)
    for layer in GRIDS:
        faults += _member_faults(content, layer)
    return faults


def _file_order(file: str) -> int:
    names = [AREA_FILE, *(f"{layer}.geojson" for layer in (*OUTLINES, CELLS, *GRIDS))]
    name = file.rpartition("/")[2]
    return names.index(name) if name in names else len(names)


def _twice(content: GeoFolder, layer: str) -> Iterator[GeoFault]:
    """One code, one area, for ever: also no second life after an end (G-06)."""
    first: dict[str, int] = {}
    for number, feature in enumerate(content.features(layer), start=1):
        if not feature.code:
            continue
        if feature.code in first:
            text = f"code is given twice: features {first[feature.code]} and {number}"
            yield GeoFault(content.file(layer), feature.place, "G-06", text)
        first.setdefault(feature.code, number)


def _twice_in_list(content: GeoFolder) -> Iterator[GeoFault]:
    seen: set[str] = set()
    for row in content.area_rows:
        if row.code in seen:
            yield GeoFault(f"{content.label}/{AREA_FILE}", row.place, "G-06", "code stands twice in the list")
        seen.add(row.code)


def _member_faults(content: GeoFolder, layer: str) -> Iterator[GeoFault]:
    for feature in content.features(layer):
        members = feature.properties.get("members")
        if not isinstance(members, list) or not all(isinstance(member, str) for member in members):
            text = "members is not a list of codes"
            yield GeoFault(content.file(layer), feature.place, "bad_file", text)


def _units(content: GeoFolder) -> Iterator[Unit]:
    """The area table, outlines last: where both tell a unit, the list gives its days if it has any."""
    listed: dict[str, Span] = {}
    for row in content.area_rows:
        listed[row.code] = row.span
        parent = row.parent or None
        yield Unit(f"{content.label}/{AREA_FILE}", row.place, row.code, row.level, parent, row.span)
    for layer, level in OUTLINES.items():
        for feature in content.features(layer):
            if not feature.code:
                continue
            span = listed.get(feature.code, Span())
            span = feature.span if span == Span() else span
            parent = feature.properties.get("parent_code")
            yield Unit(content.file(layer), feature.place, feature.code, level, parent, span)


def _unit_faults(units: list[Unit], table: Mapping[str, Unit]) -> Iterator[GeoFault]:
    for unit in units:
        length = LEVELS.get(unit.level)
        if length is None:
            text = f"level is {unit.level!r} instead of district, street or community"
            yield GeoFault(unit.file, unit.place, "bad_file", text)
            continue
        wrong = code_fault(unit.code, length)
        if wrong:
            yield GeoFault(unit.file, unit.place, "G-01", wrong)
            continue
        if length >= STREET_LENGTH and unit.code[DISTRICT_LENGTH:STREET_LENGTH] == "000":
            yield GeoFault(unit.file, unit.place, "G-03", "street 000 is never given")
        yield from _parent_faults(unit, length, table)


def _parent_faults(unit: Unit, length: int, table: Mapping[str, Unit]) -> Iterator[GeoFault]:
    if unit.level == "district":
        return
    due = unit.code[: DISTRICT_LENGTH if length == STREET_LENGTH else STREET_LENGTH]
    if unit.parent is not None and unit.parent != due:
        yield GeoFault(
            unit.file, unit.place, "G-02", f"parent is {unit.parent!r}, its code begins with {due}"
        )
    if due not in table:
        yield GeoFault(unit.file, unit.place, "G-02", f"its parent {due} is not in the area table")
    elif not unit.span.lies_inside(table[due].span):
        yield GeoFault(unit.file, unit.place, "dates", f"is valid on days when its parent {due} is not")


def _cell_faults(
    feature: Feature, scheme: CodeScheme, table: Mapping[str, Unit]
) -> Iterator[tuple[str, str]]:
    """The faults of one cell with a well-formed code, as (check, text)."""
    code, community = feature.code, feature.code[:COMMUNITY_LENGTH]
    told = feature.properties.get("community_code")
    if told is not None and told != community:
        yield "G-02", f"community_code is {told!r}, the code begins with {community}"
    if code[DISTRICT_LENGTH:STREET_LENGTH] == "000":
        yield "G-03", "street 000 is never given"
    if not code[-scheme.number_length :].strip("0"):
        yield "G-04", f"number {code[-scheme.number_length :]} is never given"
    unit = table.get(community)
    if unit is None or unit.level != "community":
        yield "G-02", f"there is no community {community} in the area table"
        return
    first_day = feature.span.valid_from
    if first_day is not None and not unit.span.holds(first_day):
        yield "G-02", f"community {community} is not valid on the cell's first day {first_day}"
    elif not feature.span.fault and not feature.span.lies_inside(unit.span):
        yield "dates", f"is valid on days when its community {community} is not"
