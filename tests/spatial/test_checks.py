"""Checks of a geo folder: every planted fault is named with file, place and check, all in one run (geo.md 8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gridcase.config import Settings
from gridcase.spatial import check_geo
from tests.spatial.folders import (
    AREAS,
    COMMUNITY,
    SIDE,
    SOUTH,
    WEST,
    cell,
    collection,
    four_cells,
    square,
    write_folder,
    write_layer,
)

CELLS = "geo/unit_grid_cells.geojson"
ONE = f"{COMMUNITY}001"


def lines(folder: Path, settings: Settings | None = None) -> list[str]:
    return [str(fault) for fault in check_geo(folder, settings or Settings())]


def planted(tmp_path: Path, *cells: Any, **members: Any) -> list[str]:
    """The lines about four good cells and the planted ones."""
    return lines(write_folder(tmp_path / "geo", [*four_cells(), *cells], **members))


def test_a_good_folder_has_no_fault(tmp_path: Path) -> None:
    assert planted(tmp_path) == []


def test_the_quick_district_has_no_fault(quick_geo: Path) -> None:
    assert lines(quick_geo) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "is not JSON: line 1, column 2"),
        (b"", "is not JSON: line 1, column 1"),
        (b"[" * 100_000, "is not JSON"),
        (json.dumps(collection([])).replace("wgs84", "门").encode("utf-16"), "is not UTF-8"),
        (b'{"type": "Feature"}', "is not a FeatureCollection but 'Feature'"),
        (b"[]", "is not a FeatureCollection but 'list'"),
        (b'{"type": "FeatureCollection", "coordinate_system": "wgs84"}', "has no list of features"),
        (b'{"type": "FeatureCollection", "features": {}}', "has no list of features"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    folder = write_folder(tmp_path / "geo", [])
    (folder / "unit_grid_cells.geojson").write_bytes(content)

    (line,) = lines(folder)

    assert line.startswith(f"{CELLS}: bad_file {told}")


def test_a_missing_folder_and_a_missing_layer_of_cells_are_named(tmp_path: Path) -> None:
    assert lines(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: bad_file no such folder"]
    folder = tmp_path / "geo"
    folder.mkdir()
    (folder / "unit_grid_cell.geojson").write_text("{}", encoding="utf-8")
    assert lines(folder) == [f"{CELLS}: bad_file no such file, nearest is unit_grid_cell.geojson"]


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"coordinate_system": None}, "no declared coordinate system"),
        (
            {"coordinate_system": "wsg84"},
            "coordinate_system: unknown coordinate system 'wsg84', nearest is wgs84",
        ),
        ({"coordinate_system": 4326}, "coordinate_system: coordinate system 4326 is not a name"),
        ({"coordinate_system": "EPSG:99999"}, "no such EPSG code"),
        (
            {"crs": {"type": "name", "properties": {"name": "EPSG:4548"}}},
            "two declared coordinate systems: coordinate_system says wgs84 but crs says EPSG:4548",
        ),
    ],
)
def test_a_missing_or_contradicting_system_refuses_the_file(
    tmp_path: Path, members: dict[str, Any], told: str
) -> None:
    (line,) = planted(tmp_path, **members)

    assert line.startswith(f"{CELLS}: C-01 ")
    assert told in line


def test_a_feature_of_another_system_is_named(tmp_path: Path) -> None:
    odd = {**cell(21, square(0, 2)), "coordinate_system": "gcj02"}

    assert planted(tmp_path, odd) == [f"{CELLS}: {COMMUNITY}021: G-07 declares gcj02 in a file of wgs84"]


@pytest.mark.parametrize(
    ("code", "position"),
    [
        ("12010400900102", "too short from character 15"),
        ("1201040090010210", "too long from character 16"),
        ("12010400900102a", "character 15"),
        ("1201040090０1021", "character 11"),
        ("12010400900 021", "character 12"),
    ],
)
def test_a_code_against_the_scheme_names_the_position(tmp_path: Path, code: str, position: str) -> None:
    (line,) = planted(tmp_path, cell(code, square(0, 2)))

    assert line.startswith(f"{CELLS}: {code}: G-01 ")
    assert position in line


def test_fourteen_digits_are_right_in_the_scheme_of_2005(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "geo", [cell(f"{COMMUNITY}01", square(0, 0))])
    settings = Settings()

    assert len(lines(folder)) == 1
    assert lines(folder, replace(settings, geo=replace(settings.geo, code_scheme="cjt213"))) == []


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({}, "feature 5: G-01 has no code"),
        ({"code": ""}, "feature 5: G-01 has no code"),
        ({"code": "  "}, "feature 5: G-01 has no code"),
        ({"code": "12\n"}, "'12\\n': G-01 character 3 of '12\\n' is a blank; only digits 0-9 are legal"),
        ({"code": 120104009001021}, "feature 5: G-01 code 120104009001021 is not a text"),
    ],
)
def test_a_cell_without_a_code_is_named_by_its_number(
    tmp_path: Path, properties: dict[str, Any], told: str
) -> None:
    odd = {**cell(21, square(0, 2)), "properties": properties}

    assert planted(tmp_path, odd) == [f"{CELLS}: {told}"]


@pytest.mark.parametrize(
    ("code", "properties", "told"),
    [
        ("120104001002001", {}, "G-02 there is no community 120104001002 in the area table"),
        ("120105009001001", {}, "G-02 there is no community 120105009001 in the area table"),
        (f"{COMMUNITY}021", {"community_code": "120104009002"}, "G-02 community_code is '120104009002'"),
        ("120104000001021", {}, "G-03 street 000 is never given"),
        (f"{COMMUNITY}000", {}, "G-04 number 000 is never given"),
        (f"{COMMUNITY}021", {"area_class": 3}, "class area_class is 3 instead of 1 or 2"),
        (f"{COMMUNITY}021", {"area_class": "1"}, "class area_class is '1' instead of 1 or 2"),
        (f"{COMMUNITY}021", {"area_class": True}, "class area_class is True instead of 1 or 2"),
        (
            f"{COMMUNITY}021",
            {"valid_from": "2026-07-01", "valid_to": "2026-06-30"},
            "dates valid_to 2026-06-30 is not after valid_from 2026-07-01",
        ),
        (
            f"{COMMUNITY}021",
            {"valid_from": "2026-07-01", "valid_to": "2026-07-01"},
            "dates valid_to 2026-07-01 is not after valid_from 2026-07-01",
        ),
        (
            f"{COMMUNITY}021",
            {"valid_to": "2026-02-29"},
            "dates valid_to: '2026-02-29' is not a day of the calendar",
        ),
        (f"{COMMUNITY}021", {"valid_to": "2026/7/1"}, "dates valid_to: '2026/7/1' is not a date"),
        (f"{COMMUNITY}021", {"valid_from": 20260701}, "dates valid_from: 20260701 is not a date"),
    ],
)
def test_wrong_properties_of_a_cell_are_named(
    tmp_path: Path, code: str, properties: dict[str, Any], told: str
) -> None:
    found = planted(tmp_path, cell(code, square(0, 2), **properties))

    assert any(line.startswith(f"{CELLS}: {code}: {told}") for line in found)


@pytest.mark.parametrize("given", [{}, {"area_class": None}, {"area_class": 1}, {"area_class": 2}])
def test_a_class_may_be_missing_or_one_or_two(tmp_path: Path, given: dict[str, Any]) -> None:
    assert planted(tmp_path, cell(21, square(0, 2), community_code=COMMUNITY, **given)) == []


def test_a_code_that_is_given_twice_is_named_also_after_an_end(tmp_path: Path) -> None:
    second_life = cell(1, square(0, 2), valid_from="2026-07-01")

    assert planted(tmp_path, second_life) == [f"{CELLS}: {ONE}: G-06 code is given twice: features 1 and 5"]


def bow_tie() -> list[list[list[float]]]:
    west, south, _, north, _ = square(0, 2)[0]
    return [[west, north, south, square(0, 2)[0][3], west]]


@pytest.mark.parametrize(
    ("rings", "told"),
    [
        ([square(0, 2)[0][:-1]], "ring 1 is not closed: it begins at"),
        (bow_tie(), "the ring crosses itself at 117."),
        ([[[WEST, SOUTH], [WEST + SIDE, SOUTH], [WEST, SOUTH], [WEST, SOUTH]]], "the ring has no area"),
        ([[[WEST, SOUTH]] * 4], "the ring has no area"),
        ([[[WEST, SOUTH], [WEST, SOUTH]]], "ring 1 has 2 positions"),
        ([square(0, 2)[0], square(4, 4)[0]], "a hole lies outside its ring"),
        (
            [square(0, 2, size=4)[0], square(1, 3, size=2)[0], square(1.5, 3.5)[0]],
            "a hole lies inside another hole",
        ),
        ([[[lat, lon] for lon, lat in square(0, 2)[0]]], "coordinates are swapped"),
        (
            [[[lon - 60, lat] for lon, lat in square(0, 2)[0]]],
            "position 57.125, 39.12695 lies outside the box",
        ),
        ([[[10**400, 1], [1, 1], [1, 2], [10**400, 1]]], "ring 1 has a value that is not finite"),
        ([[["117", 39], [1, 1], [1, 2], ["117", 39]]], "ring 1 has a position that is not two numbers"),
        ([[7]], "ring 1 has a position that is not two numbers"),
        ([7], "ring 1 is not a list of positions"),
        ([[]], "ring 1 has 0 positions"),
        ([], "geometry has a part without a ring"),
        (None, "geometry has a part without a ring"),
    ],
)
def test_a_faulty_ring_is_named(tmp_path: Path, rings: Any, told: str) -> None:
    (line,) = planted(tmp_path, cell(21, rings))

    assert line.startswith(f"{CELLS}: {COMMUNITY}021: G-07 {told}")


@pytest.mark.parametrize(
    ("geometry", "told"),
    [
        (None, "has no geometry"),
        (
            {"type": "Point", "coordinates": [117, 39]},
            "geometry is 'Point' instead of Polygon or MultiPolygon",
        ),
        ({"type": "MultiPolygon", "coordinates": []}, "geometry has no coordinates"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "geometry has a part without a ring"),
        ({"type": "MultiPolygon", "coordinates": [square(0, 2), square(0, 2)]}, "the ring crosses itself"),
        ("POLYGON", "geometry is 'POLYGON' instead of"),
    ],
)
def test_a_faulty_geometry_is_named(tmp_path: Path, geometry: Any, told: str) -> None:
    (line,) = planted(tmp_path, {**cell(21, []), "geometry": geometry})

    assert line.startswith(f"{CELLS}: {COMMUNITY}021: G-07 {told}")


def test_not_a_number_in_a_file_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "geo", four_cells())
    path = folder / "unit_grid_cells.geojson"
    path.write_text(path.read_text(encoding="utf-8").replace(str(WEST), "NaN", 1), encoding="utf-8")

    assert lines(folder) == [f"{CELLS}: {ONE}: G-07 ring 1 has a value that is not finite"]


def test_cells_with_parts_and_holes_are_legal(tmp_path: Path) -> None:
    parts = {"type": "MultiPolygon", "coordinates": [square(0, 2), square(2, 2)]}
    ring = [square(0, 4, size=3)[0], square(1, 5)[0]]

    assert (
        planted(tmp_path, {**cell(21, []), "geometry": parts}, cell(22, ring), cell(23, square(1, 5))) == []
    )


def test_swapped_axes_of_a_projected_file_are_named(tmp_path: Path) -> None:
    good = [[[512973.8, 4330726.5], [513073.8, 4330726.5], [513073.8, 4330826.5], [512973.8, 4330726.5]]]
    swapped = [[[north, east] for east, north in good[0]]]
    folder = write_folder(tmp_path / "geo", [cell(1, good), cell(2, swapped)], coordinate_system="EPSG:4548")

    assert lines(folder) == [
        f"{CELLS}: {COMMUNITY}002: G-07 coordinates are swapped: longitude (easting) comes first"
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("code,", "kode,"), "line 1: bad_file lacks the columns code"),
        (
            lambda text: text.replace("第一社区\n", "第一社区,x\n"),
            "line 4: bad_file has 6 fields instead of 5",
        ),
        (lambda text: text.replace(",street,", ",town,"), "120104009: bad_file level is 'town'"),
        (
            lambda text: text.replace("120104009,王", "12010400,王"),
            "12010400: G-01 '12010400' has 8 characters",
        ),
        (
            lambda text: text + "120104009,又一街道,street,120104,\n",
            "120104009: G-06 code stands twice in the list",
        ),
        (
            lambda text: text + "120104010001,远,community,120104010,\n",
            "120104010001: G-02 its parent 120104010 is not",
        ),
        (
            lambda text: text + "120104009002,二,community,120104008,\n",
            "120104009002: G-02 parent is '120104008'",
        ),
        (lambda text: text + "120104000,零,street,120104,\n", "120104000: G-03 street 000 is never given"),
    ],
)
def test_a_faulty_area_list_is_named(tmp_path: Path, change: Callable[[str], str], told: str) -> None:
    folder = write_folder(tmp_path / "geo", four_cells(), areas=change(AREAS))

    assert any(line.startswith(f"geo/areas.csv: {told}") for line in lines(folder))


def test_a_cell_lives_inside_the_days_of_its_community(tmp_path: Path) -> None:
    dated = (
        AREAS.replace("alias\n", "alias,valid_from\n")
        .replace("南开\n", "南开,\n")
        .replace("王顶堤\n", "王顶堤,\n")
    )
    areas = dated.replace("第一社区\n", "第一社区,2026-01-01\n")
    cells = [
        cell(1, square(0, 0), valid_from="2026-01-01"),
        cell(2, square(1, 0), valid_from="2025-12-31"),
        cell(3, square(2, 0)),
    ]

    assert lines(write_folder(tmp_path / "geo", cells, areas=areas)) == [
        f"{CELLS}: {COMMUNITY}002: G-02 community {COMMUNITY} is not valid on the cell's first day 2025-12-31",
        f"{CELLS}: {COMMUNITY}003: dates is valid on days when its community {COMMUNITY} is not",
    ]


def test_outline_files_alone_give_the_area_table(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "geo", four_cells())
    (folder / "areas.csv").unlink()
    assert len(lines(folder)) == 4

    write_layer(folder, "districts", [cell("120104", square(0, 0, size=2), name="南开区")])
    write_layer(folder, "streets", [cell("120104009", square(0, 0, size=2), parent_code="120104")])
    write_layer(folder, "communities", [cell(COMMUNITY, square(0, 0, size=2), parent_code="120104009")])
    assert lines(folder) == []

    write_layer(folder, "communities", [cell(COMMUNITY, square(0, 0, size=2), parent_code="120104008")])
    assert lines(folder) == [
        f"geo/communities.geojson: {COMMUNITY}: G-02 parent is '120104008', its code begins with 120104009"
    ]


def test_a_grid_without_a_list_of_members_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "geo", four_cells())
    for members in (None, "all", [1]):
        grid = {"type": "Feature", "geometry": None, "properties": {"code": "Z1", "members": members}}
        write_layer(folder, "responsibility_grids", [grid])

        assert lines(folder) == [
            "geo/responsibility_grids.geojson: Z1: bad_file members is not a list of codes"
        ]


def test_all_faults_of_all_files_come_in_one_run_and_always_the_same(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "geo",
        [cell("12", square(0, 0)), cell(1, square(1, 0), area_class=9), cell(1, [[7]]), 5],
        areas=AREAS + "1,x,street,,\n",
    )
    write_layer(folder, "communities", [], coordinate_system=None)
    (folder / "streets.geojson").write_text("?", encoding="utf-8")

    found = lines(folder)

    places = [tuple(line.split(" ")[:3]) for line in found]
    assert [place[0] for place in places] == [
        "geo/areas.csv:",
        "geo/streets.geojson:",
        "geo/communities.geojson:",
        *[f"{CELLS}:"] * 5,
    ]
    assert {place[2] for place in places if place[0] == f"{CELLS}:"} >= {"G-01", "class", "G-06", "G-07"}
    assert lines(folder) == found
