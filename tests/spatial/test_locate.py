"""Finding a cell: the tie rule, dates, the nearest cell in metres, and refusals (geo.md 7 and 12)."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from gridcase.errors import DefinitionError, Invalid, NotFound
from gridcase.spatial import Geography, distance_m, load_geography
from gridcase.spatial.areas import AreaTable
from gridcase.spatial.coordinates import from_wgs84
from gridcase.spatial.index import NO_CELL, Cell, Grid
from gridcase.spatial.spans import ALWAYS, Span
from tests.spatial.folders import (
    COMMUNITY,
    SIDE,
    SOUTH,
    WEST,
    cell,
    four_cells,
    square,
    write_folder,
    write_layer,
)

DAY = date(2026, 7, 1)
# Nine squares whose codes do not follow their places.
NINE = {
    f"{COMMUNITY}{number:03d}": shapely.Polygon(square(at % 3, at // 3)[0])
    for at, number in enumerate((5, 9, 1, 7, 3, 8, 2, 6, 4))
}


def geography(shapes: dict[str, shapely.Polygon], *, snap_m: float = 0.01, seed: int = 0) -> Geography:
    """An index over shapes by code, given to it in a shuffled order."""
    cells = [Cell(code, ALWAYS, shape) for code, shape in shapes.items()]
    Random(seed).shuffle(cells)
    return Geography(cells, AreaTable([]), snap_m=snap_m)


def lowest_touching(shapes: dict[str, shapely.Polygon], lon: float, lat: float) -> str | None:
    """The rule of geo.md 7 word by word: all cells whose closed polygon touches the point, the lowest code."""
    point = shapely.Point(lon, lat)
    return min((code for code, shape in shapes.items() if shape.intersects(point)), default=None)


def number_at(found: Geography, column: float, row: float, on: date = DAY) -> str:
    """The last three digits of the cell at a place in squares."""
    return found.locate(WEST + column * SIDE, SOUTH + row * SIDE, crs="wgs84", on=on).cell[-3:]


def test_the_corner_of_four_cells_belongs_to_the_lowest_code(tmp_path: Path) -> None:
    cells = four_cells()
    for _ in range(5):
        Random(len(cells)).shuffle(cells)
        found = load_geography(write_folder(tmp_path / "geo", cells))

        assert number_at(found, 1, 1) == "001"


@pytest.mark.parametrize(
    ("column", "row", "number"),
    [(1, 0.5, "001"), (1, 1.5, "011"), (0.5, 1, "001"), (1.5, 1, "002"), (1.5, 1.5, "012")],
)
def test_a_shared_edge_belongs_to_the_lower_code(
    tmp_path: Path, column: float, row: float, number: str
) -> None:
    found = load_geography(write_folder(tmp_path / "geo", four_cells()))

    assert number_at(found, column, row) == number


# Quarters of a square: every corner, middle of an edge and inner points come up, and points outside.
quarters = st.integers(-2, 14).map(lambda value: value / 4)


@given(column=quarters, row=quarters, seed=st.integers(0, 3))
def test_the_answer_is_that_of_the_rule_for_every_order_of_the_cells(
    column: float, row: float, seed: int
) -> None:
    lon, lat = WEST + column * SIDE, SOUTH + row * SIDE
    index = geography(NINE, seed=seed)
    expected = lowest_touching(NINE, lon, lat)

    positions = index.locate_many(np.array([lon]), np.array([lat]), on=DAY)

    if expected is None:
        assert positions.tolist() == [NO_CELL]
        with pytest.raises(Invalid, match="outside the grid"):
            index.locate(lon, lat, crs="wgs84", on=DAY)
    else:
        place = index.locate(lon, lat, crs="wgs84", on=DAY)
        assert place.cell == expected
        assert index.place_at(int(positions[0]), lon, lat, on=DAY) == place


@given(lon=st.floats(117.11, 117.2), lat=st.floats(39.07, 39.15))
def test_bulk_single_and_rule_agree_on_crooked_cells(quick_index: Geography, lon: float, lat: float) -> None:
    shapes = {each.code: each.shape for each in quick_index.cells(DAY)}
    touching = quick_index.locate_many(np.array([lon]), np.array([lat]), on=DAY)[0]

    expected = lowest_touching(shapes, lon, lat)

    assert (None if touching == NO_CELL else quick_index.all_cells()[touching].code) == expected


@pytest.fixture(scope="session")
def quick_index(quick_geo: Path) -> Geography:
    return load_geography(quick_geo)


def test_every_vertex_of_the_district_belongs_to_its_lowest_code(quick_index: Geography) -> None:
    cells = list(quick_index.cells(DAY))
    at_vertex: dict[tuple[float, float], str] = {}
    for each in cells:
        for vertex in shapely.get_coordinates(each.shape).tolist():
            at_vertex.setdefault((vertex[0], vertex[1]), each.code)

    wrong = [
        vertex
        for vertex, code in at_vertex.items()
        if quick_index.locate(*vertex, crs="wgs84", on=DAY).cell > code
    ]

    assert len(at_vertex) > 1000
    assert wrong == []


def test_a_split_cell_answers_by_the_date(quick_index: Geography) -> None:
    old = next(each for each in quick_index.all_cells() if each.valid_to == DAY)
    west, east = [each for each in quick_index.all_cells() if each.valid_from == DAY]
    line = shapely.intersection(west.shape, east.shape)
    middle = line.coords[0]
    inside = {each.code: each.shape.representative_point() for each in (west, east)}

    for code, point in inside.items():
        assert quick_index.locate(point.x, point.y, crs="wgs84", on=date(2026, 6, 30)).cell == old.code
        assert quick_index.locate(point.x, point.y, crs="wgs84", on=DAY).cell == code
    touching = [each.code for each in quick_index.cells(DAY) if each.shape.touches(shapely.Point(middle))]
    assert west.code in touching
    assert east.code in touching
    assert quick_index.locate(*middle, crs="wgs84", on=DAY).cell == min(touching)


def test_the_middle_line_of_a_split_belongs_to_the_lower_of_the_new_codes(tmp_path: Path) -> None:
    west = cell(97, square(0, 0), valid_from="2026-07-01")
    east = cell(98, square(1, 0), valid_from="2026-07-01")
    old = cell(31, square(0, 0, size=2), valid_to="2026-07-01")
    north = cell(32, square(0, 2, size=2))
    found = load_geography(write_folder(tmp_path / "geo", [east, north, west, old]))

    assert number_at(found, 1, 0.5, on=date(2026, 6, 30)) == "031"
    assert number_at(found, 1, 0.5, on=DAY) == "097"
    assert number_at(found, 1.5, 0.5, on=DAY) == "098"
    assert number_at(found, 1, 2.5, on=DAY) == "032"


def test_a_point_in_the_lake_names_the_nearest_shore(quick_geo: Path, quick_index: Geography) -> None:
    district = shapely.from_geojson((quick_geo / "districts.geojson").read_text(encoding="utf-8"))
    lake = next(hole for part in shapely.get_parts(district.geoms[0]) for hole in part.interiors)
    middle = shapely.Polygon(lake).representative_point()

    with pytest.raises(Invalid) as refusal:
        quick_index.locate(middle.x, middle.y, crs="wgs84", on=DAY)

    assert refusal.value.code == "outside_grid"
    expected = nearest_by_sampling(list(quick_index.cells(DAY)), middle.x, middle.y)
    assert refusal.value.data["nearest_cell"] == expected[0]
    assert refusal.value.data["distance_m"] == pytest.approx(expected[1], abs=0.06)


def nearest_by_sampling(cells: list[Cell], lon: float, lat: float) -> tuple[str, float]:
    """The nearest cell by measuring many points along every outline on the ellipsoid."""
    best = ("", math.inf)
    for each in cells:
        outline = each.shape.boundary
        steps = np.linspace(0, outline.length, 400)
        points = [*shapely.get_coordinates(outline), *shapely.get_coordinates(outline.interpolate(steps))]
        metres = min(distance_m(lon, lat, x, y) for x, y in points)
        if metres < best[1] - 0.001:
            best = (each.code, metres)
    return best


def test_the_exclave_belongs_to_the_district_that_manages_it(quick_geo: Path, quick_index: Geography) -> None:
    district = shapely.from_geojson((quick_geo / "districts.geojson").read_text(encoding="utf-8"))
    exclave = min(shapely.get_parts(district.geoms[0]), key=lambda part: part.area)
    inside = exclave.representative_point()

    place = quick_index.locate(inside.x, inside.y, crs="wgs84", on=DAY)

    assert (place.district, quick_index.areas.level(place.community)) == ("120104", "community")


@given(east=st.floats(-3000, 6000), north=st.floats(-3000, 6000))
def test_the_nearest_cell_is_measured_in_metres_and_not_in_degrees(east: float, north: float) -> None:
    lon, lat = WEST + east * SIDE / 85, SOUTH + north * SIDE / 108
    index = geography(NINE)
    box = shapely.box(WEST, SOUTH, WEST + 3 * SIDE, SOUTH + 3 * SIDE)
    # Nearer than the snap is the matter of another test.
    assume(not 0 < box.distance(shapely.Point(lon, lat)) < 1e-6)
    if box.intersects(shapely.Point(lon, lat)):
        assert index.locate(lon, lat, crs="wgs84", on=DAY).cell == lowest_touching(NINE, lon, lat)
        return
    with pytest.raises(Invalid) as refusal:
        index.locate(lon, lat, crs="wgs84", on=DAY)

    foot_lon = min(max(lon, WEST), WEST + 3 * SIDE)
    foot_lat = min(max(lat, SOUTH), SOUTH + 3 * SIDE)
    # A parallel is no shortest way: 9 km off, its nearest point lies up to 10 cm before the foot.
    assert refusal.value.data["distance_m"] == pytest.approx(
        distance_m(lon, lat, foot_lon, foot_lat), abs=0.16
    )


def test_a_cell_that_is_nearer_in_degrees_but_not_in_metres_is_not_chosen() -> None:
    west, north = "120104009001001", "120104009001002"
    index = geography(
        {west: shapely.box(117.0, 39.0, 117.01, 39.01), north: shapely.box(117.018, 39.0155, 117.022, 39.02)}
    )

    with pytest.raises(Invalid) as refusal:
        # 0.0090 degrees east of the western cell, 0.0080 degrees south of the northern one.
        index.locate(117.019, 39.0075, crs="wgs84", on=DAY)

    assert distance_m(117.019, 39.0075, 117.019, 39.0155) > 880
    metres = round(distance_m(117.019, 39.0075, 117.01, 39.0075), 1)
    assert refusal.value.data == {"nearest_cell": west, "distance_m": metres}


def test_among_equally_near_cells_the_lowest_code_is_named() -> None:
    shapes = {
        f"{COMMUNITY}00{number}": shapely.Polygon(square(column, row)[0])
        for number, column, row in ((7, 0, 0), (2, 2, 0))
    }

    with pytest.raises(Invalid) as refusal:
        geography(shapes).locate(WEST + 1.5 * SIDE, SOUTH + 0.5 * SIDE, crs="wgs84", on=DAY)

    assert refusal.value.data["nearest_cell"] == f"{COMMUNITY}002"


@pytest.mark.parametrize(("metres", "is_found"), [(0.009, True), (0.011, False), (1.5, False)])
def test_a_point_within_the_snap_belongs_to_the_cell(metres: float, is_found: bool) -> None:
    shapes = {f"{COMMUNITY}001": shapely.Polygon(square(0, 0)[0])}
    lat = SOUTH - metres / 111_030

    index = geography(shapes)

    if is_found:
        assert index.locate(WEST + SIDE / 2, lat, crs="wgs84", on=DAY).cell == f"{COMMUNITY}001"
    else:
        with pytest.raises(Invalid, match="outside the grid"):
            index.locate(WEST + SIDE / 2, lat, crs="wgs84", on=DAY)


def test_on_a_day_without_cells_there_is_no_nearest_cell() -> None:
    begins = Span(date(2026, 7, 1), None)
    index = Geography([Cell(f"{COMMUNITY}001", begins, shapely.Polygon(square(0, 0)[0]))], AreaTable([]))

    with pytest.raises(Invalid) as refusal:
        index.locate(WEST, SOUTH, crs="wgs84", on=date(2026, 6, 30))

    assert refusal.value.data == {"nearest_cell": None, "distance_m": None}


@pytest.mark.parametrize(
    ("lon", "lat", "crs", "code"),
    [
        (39.11, 117.15, "wgs84", "swapped"),
        (39.11, 117.15, "gcj02", "swapped"),
        (math.nan, 39.11, "wgs84", "bad_point"),
        (math.nan, 39.11, "bd09", "bad_point"),
        (117.15, -math.inf, "wgs84", "bad_point"),
        (10.0, 50.0, "wgs84", "outside_box"),
        (117.15, 39.11, "utm", "unknown_crs"),
    ],
)
def test_what_is_no_point_in_china_is_refused(lon: float, lat: float, crs: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        geography(NINE).locate(lon, lat, crs=crs, on=DAY)

    assert refusal.value.code == code


@given(lon=st.floats(117.115, 117.185), lat=st.floats(39.085, 39.135))
def test_one_place_told_in_three_systems_gives_one_cell(
    quick_index: Geography, lon: float, lat: float
) -> None:
    lon, lat = round(lon, 9), round(lat, 9)
    answers = set()
    for crs in ("wgs84", "cgcs2000", "gcj02", "bd09"):
        try:
            answers.add(quick_index.locate(*from_wgs84(lon, lat, crs), crs=crs, on=DAY).cell)
        except Invalid as error:
            answers.add(f"{error.data['nearest_cell']} {error.data['distance_m']}")

    assert len(answers) == 1


def test_points_ten_centimetres_beside_an_edge_keep_their_side_in_every_system(
    quick_index: Geography,
) -> None:
    tenth = 0.1 / 86_000
    for each in list(quick_index.cells(DAY))[::25]:
        near = each.shape.buffer(-tenth).boundary
        for share in (0.1, 0.4, 0.7):
            point = near.interpolate(share, normalized=True)
            for crs in ("gcj02", "bd09"):
                assert (
                    quick_index.locate(*from_wgs84(point.x, point.y, crs), crs=crs, on=DAY).cell == each.code
                )


def test_files_of_several_systems_are_laid_over_each_other(tmp_path: Path) -> None:
    shifted = [[list(from_wgs84(x, y, "gcj02")) for x, y in ring] for ring in square(0, 0)]
    found = load_geography(write_folder(tmp_path / "geo", [cell(1, shifted)], coordinate_system="gcj02"))

    assert number_at(found, 0, 0) == "001"
    assert number_at(found, 1, 1) == "001"


def test_a_place_names_class_codes_and_the_patrol_area(tmp_path: Path) -> None:
    cells = [cell(1, square(0, 0), area_class=2), cell(2, square(1, 0))]
    folder = write_folder(tmp_path / "geo", cells)
    grid = {"type": "Feature", "geometry": None, "properties": {"code": "Z1", "members": [f"{COMMUNITY}001"]}}
    write_layer(folder, "responsibility_grids", [grid])
    found = load_geography(folder)

    first = found.locate(WEST + SIDE / 2, SOUTH, crs="wgs84", on=DAY)
    second = found.locate(WEST + SIDE * 1.5, SOUTH, crs="wgs84", on=DAY)

    assert first._asdict() == {
        "cell": f"{COMMUNITY}001",
        "community": COMMUNITY,
        "street": "120104009",
        "district": "120104",
        "lon": WEST + SIDE / 2,
        "lat": SOUTH,
        "area_class": 2,
        "responsibility_grid": "Z1",
    }
    assert (second.area_class, second.responsibility_grid) == (1, None)


def test_a_patrol_area_counts_on_its_own_days() -> None:
    shape = shapely.Polygon(square(0, 0)[0])
    code = f"{COMMUNITY}001"
    grids = [
        Grid("B", "", Span(None, date(2026, 7, 1)), (code,)),
        Grid("A", "", Span(date(2026, 7, 1), None), (code, "120104009001999")),
    ]
    index = Geography([Cell(code, ALWAYS, shape)], AreaTable([]), grids)

    assert index.locate(WEST, SOUTH, crs="wgs84", on=date(2026, 6, 30)).responsibility_grid == "B"
    assert index.locate(WEST, SOUTH, crs="wgs84", on=DAY).responsibility_grid == "A"


def test_cells_are_listed_and_found_by_code(quick_index: Geography) -> None:
    old = next(each for each in quick_index.all_cells() if each.valid_to == DAY)
    codes = [each.code for each in quick_index.cells(DAY)]

    assert codes == sorted(codes)
    assert old.code not in codes
    assert quick_index.cell(old.code) is old
    assert old.geometry["type"] == "Polygon"
    with pytest.raises(NotFound, match="no cell"):
        quick_index.cell("120104009001999")


def test_a_folder_with_faults_is_not_loaded_and_all_are_told(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "geo", [cell(1, square(0, 0)), cell(1, square(1, 0)), cell("12", square(2, 0))]
    )

    with pytest.raises(DefinitionError) as refusal:
        load_geography(folder)

    assert [fault.code for fault in refusal.value.faults] == ["G-01", "G-06"]
