"""The synthetic district: bytes by seed, outlines equal to their cells, and all that geo.md 10 asks for."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from gridcase.config import Settings
from gridcase.demo.district import DEFAULT_SEED, holds_real_data, write_district
from gridcase.demo.lattice import Square, centroid, ring_area
from gridcase.demo.partition import is_whole
from gridcase.errors import DefinitionError
from gridcase.resources import shipped_folder
from gridcase.spatial import check_geo, load_geography
from gridcase.spatial.codes import numbering_order
from gridcase.spatial.coordinates import area_m2, metres_per_degree

SHIPPED = shipped_folder() / "geo"
AREAS = SHIPPED / "areas.csv"
BEFORE, AFTER = "2026-06-30", "2026-07-01"
LAYERS = ("districts", "streets", "communities", "unit_grid_cells", "responsibility_grids", "key_grids")


@dataclass(frozen=True)
class District:
    """A geo folder read without the program: properties and shapes of each layer."""

    folder: Path
    layers: dict[str, list[tuple[dict[str, Any], Any]]]

    def cells(self, on: str) -> list[tuple[dict[str, Any], Any]]:
        return [
            (cell, outline)
            for cell, outline in self.layers["unit_grid_cells"]
            if cell.get("valid_from", "0") <= on < cell.get("valid_to", "9")
        ]


def read_district(folder: Path) -> District:
    layers = {}
    for name in LAYERS:
        features = json.loads((folder / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
        layers[name] = [
            (item["properties"], shape(item["geometry"]) if item["geometry"] else None) for item in features
        ]
    return District(folder, layers)


@pytest.fixture(scope="module", params=["full", "quick", "quick of another seed"])
def drawn(
    request: pytest.FixtureRequest, quick_geo: Path, tmp_path_factory: pytest.TempPathFactory
) -> District:
    if request.param == "full":
        return read_district(SHIPPED)
    if request.param == "quick":
        return read_district(quick_geo)
    folder = tmp_path_factory.mktemp("other")
    write_district(folder, AREAS, seed=7, size="quick")
    return read_district(folder)


def test_the_shipped_district_is_what_the_default_seed_draws(tmp_path: Path) -> None:
    write_district(tmp_path, AREAS, seed=DEFAULT_SEED, size="full")

    shipped = {path.name: path.read_bytes() for path in SHIPPED.iterdir()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == shipped
    assert sum(len(content) for content in shipped.values()) < 2_500_000


def test_another_seed_draws_another_district(tmp_path: Path, quick_geo: Path) -> None:
    write_district(tmp_path, AREAS, seed=DEFAULT_SEED + 1, size="quick")

    cells = "unit_grid_cells.geojson"
    assert (tmp_path / cells).read_bytes() != (quick_geo / cells).read_bytes()


@pytest.mark.parametrize("on", [BEFORE, AFTER])
def test_every_outline_is_exactly_the_union_of_its_cells(drawn: District, on: str) -> None:
    cells = drawn.cells(on)
    for layer in ("districts", "streets", "communities"):
        for unit, outline in drawn.layers[layer]:
            members = [each for cell, each in cells if cell["code"].startswith(unit["code"])]
            assert outline.is_valid
            assert shapely.union_all(members).symmetric_difference(outline).area == 0, unit["code"]


@pytest.mark.parametrize("on", [BEFORE, AFTER])
def test_cells_of_a_day_share_their_vertices_and_never_overlap(drawn: District, on: str) -> None:
    assert shapely.coverage_is_valid([outline for _, outline in drawn.cells(on)])


def test_there_are_an_exclave_and_a_lake(drawn: District) -> None:
    ((_, district),) = drawn.layers["districts"]

    assert len(district.geoms) == 2
    assert sorted(len(part.interiors) for part in district.geoms) == [0, 1]
    lake = next(shapely.Polygon(hole) for part in district.geoms for hole in part.interiors)
    assert 100_000 < area_m2(lake) < 400_000
    assert not any(outline.intersects(lake.representative_point()) for _, outline in drawn.cells(AFTER))
    for _, outline in drawn.layers["communities"]:
        assert outline.geom_type == "Polygon"


def test_size_names_and_codes_are_those_of_the_list(drawn: District) -> None:
    ((district, outline),) = drawn.layers["districts"]
    listed = [line.split(",")[:2] for line in AREAS.read_text(encoding="utf-8").splitlines()[1:]]
    units = [unit for layer in ("districts", "streets", "communities") for unit, _ in drawn.layers[layer]]

    assert sorted([unit["code"], unit["name"]] for unit in units) == sorted(listed)
    assert district["code"] == "120104"
    assert area_m2(outline) == pytest.approx(41e6, rel=0.02)
    assert outline.covers(shapely.Point(117.15, 39.11))
    assert len(drawn.cells(AFTER)) == pytest.approx(4000 if drawn.folder == SHIPPED else 1000, rel=0.03)


def test_every_feature_is_marked_as_synthetic(drawn: District) -> None:
    assert {item["synthetic"] for layer in drawn.layers.values() for item, _ in layer} == {True}
    assert not holds_real_data(drawn.folder)


def test_one_cell_is_split_on_the_first_of_july(drawn: District) -> None:
    dated = [
        (cell, outline)
        for cell, outline in drawn.layers["unit_grid_cells"]
        if len(cell.keys() & {"valid_from", "valid_to"})
    ]
    (old, whole), (west, first), (east, second) = dated

    assert (old["valid_to"], west["valid_from"], east["valid_from"]) == (AFTER, AFTER, AFTER)
    assert shapely.union(first, second).symmetric_difference(whole).area == 0
    assert first.centroid.x < second.centroid.x
    numbers = [
        int(cell["code"][12:])
        for cell, _ in drawn.layers["unit_grid_cells"]
        if cell["code"][:12] == old["code"][:12]
    ]
    assert (int(west["code"][12:]), int(east["code"][12:])) == (max(numbers) - 1, max(numbers))
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_valid_cell_is_in_exactly_one_of_45_responsibility_grids(drawn: District) -> None:
    grids = [grid for grid, _ in drawn.layers["responsibility_grids"]]
    counts = Counter(member for grid in grids for member in grid["members"])

    assert len({grid["code"] for grid in grids}) == 45
    for on in (BEFORE, AFTER):
        assert {counts[cell["code"]] for cell, _ in drawn.cells(on)} == {1}
    for grid in grids:
        assert len({member[:9] for member in grid["members"]}) == 1


def test_key_grids_run_along_neighbouring_cells(drawn: District) -> None:
    shapes = {cell["code"]: outline for cell, outline in drawn.layers["unit_grid_cells"]}

    assert len(drawn.layers["key_grids"]) == 12
    for grid, _ in drawn.layers["key_grids"]:
        assert shapely.union_all([shapes[code] for code in grid["members"]]).geom_type == "Polygon"
        assert "背街小巷" in grid["name"]


def test_the_pilot_street_has_too_few_with_15_inspectors_and_enough_with_16(drawn: District) -> None:
    (pilot,) = [outline for street, outline in drawn.layers["streets"] if street["is_pilot"]]

    square_kilometres = area_m2(pilot) / 1e6

    assert 15 / square_kilometres < 5 <= 16 / square_kilometres
    assert square_kilometres == pytest.approx(3.2, abs=0.1)


def test_cells_carry_their_class_and_their_area(drawn: District) -> None:
    cells = drawn.layers["unit_grid_cells"]
    classes = Counter(cell["area_class"] for cell, _ in cells)

    assert set(classes) == {1, 2}
    assert min(classes.values()) > len(cells) / 5
    assert max(abs(cell["area_m2"] / area_m2(outline) - 1) for cell, outline in cells) < 1e-4
    assert all(
        len(str(value).partition(".")[2]) <= 7
        for _, outline in cells[:50]
        for place in outline.exterior.coords
        for value in place
    )


def test_numbers_run_west_to_east_in_bands_from_the_north(drawn: District) -> None:
    east, north = metres_per_degree(39.11)
    first: dict[str, list[tuple[str, Any]]] = {}
    for cell, outline in drawn.cells(BEFORE):
        first.setdefault(cell["community_code"], []).append((cell["code"], outline))
    for members in first.values():
        members.sort(key=lambda item: item[0][::-1])
        top = max(outline.bounds[3] for _, outline in members) * north
        centres = [(outline.centroid.x * east, outline.centroid.y * north) for _, outline in members]

        order = numbering_order(centres, top=top)

        codes = [members[at][0] for at in order]
        assert codes == sorted(codes)


def test_the_program_finds_no_fault_in_it(drawn: District) -> None:
    assert check_geo(drawn.folder, Settings()) == []
    geography = load_geography(drawn.folder)
    assert geography.locate(117.15, 39.11, crs="wgs84", on=date(2026, 7, 1)).responsibility_grid


def test_a_folder_with_real_data_is_recognised(tmp_path: Path, quick_geo: Path) -> None:
    text = (quick_geo / "districts.geojson").read_text(encoding="utf-8")
    (tmp_path / "districts.geojson").write_text(
        text.replace('"synthetic":true', '"synthetic":false'), encoding="utf-8"
    )

    assert holds_real_data(tmp_path)
    assert not holds_real_data(tmp_path / "nowhere")


def test_a_faulty_area_list_is_refused(tmp_path: Path) -> None:
    areas = tmp_path / "areas.csv"
    areas.write_text("code,name\n", encoding="utf-8")

    with pytest.raises(DefinitionError, match="lacks the columns"):
        write_district(tmp_path / "out", areas)


def test_area_and_centroid_of_a_ring_agree_with_the_geometry_library() -> None:
    ring = [(117.0, 39.0), (117.002, 39.0), (117.0015, 39.001), (117.0, 39.0)]

    assert centroid(ring) == pytest.approx(tuple(shapely.Polygon(ring).centroid.coords[0]), abs=1e-9)
    assert ring_area(ring) == pytest.approx(area_m2(shapely.Polygon(ring)), rel=1e-5)
    assert ring_area(ring[::-1]) == -ring_area(ring)


@pytest.mark.parametrize(
    ("squares", "answer"),
    [
        ([(0, 0), (1, 0), (1, 1)], True),
        ([(0, 0), (1, 1)], False),
        ([(0, 0), (2, 0)], False),
        ([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)], True),
        ([(0, 0), (1, 0), (2, 0), (2, 1), (1, 2), (0, 2), (0, 1), (2, 2), (3, 3), (3, 2)], True),
        ([(0, 0), (1, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1)], False),
        ([], False),
    ],
)
def test_pieces_that_meet_in_a_corner_are_not_whole(squares: list[tuple[int, int]], answer: bool) -> None:
    assert is_whole({Square(*place) for place in squares}) is answer
