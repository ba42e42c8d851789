"""Features for maps: RFC 7946, cut by day and box (G-21, C-02)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from gridcase.spatial import Geography, load_geography
from gridcase.spatial.spans import Span
from tests.spatial.folders import COMMUNITY, SIDE, SOUTH, WEST, cell, square, write_folder

DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def quick(quick_geo: Path) -> Geography:
    return load_geography(quick_geo)


def test_features_are_those_of_the_day_and_say_that_they_are_synthetic(quick: Geography) -> None:
    after, before = quick.cell_features(DAY), quick.cell_features(date(2026, 6, 30))

    assert len(after) == len(before) + 1 == len(list(quick.cells(DAY)))
    assert all(feature["type"] == "Feature" and "crs" not in feature for feature in after)
    assert {feature["properties"]["synthetic"] for feature in after} == {True}
    assert [feature["id"] for feature in after] == sorted(feature["properties"]["code"] for feature in after)
    new = [feature["properties"] for feature in after if feature["properties"]["valid_from"]]
    assert {properties["valid_from"] for properties in new} == {"2026-07-01"}


def test_outer_rings_run_counter_clockwise_and_holes_clockwise(tmp_path: Path) -> None:
    clockwise = square(0, 0, size=3)[0][::-1]
    folder = write_folder(tmp_path / "geo", [cell(1, [clockwise, square(1, 1)[0]])])

    (feature,) = load_geography(folder).cell_features(DAY)

    outer, hole = feature["geometry"]["coordinates"]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(hole).is_ccw
    assert outer[0][0] == pytest.approx(WEST, abs=3 * SIDE)
    assert feature["properties"]["synthetic"] is False


def test_coordinates_keep_every_digit(quick: Geography) -> None:
    shapes = {each.code: each.shape for each in quick.cells(DAY)}

    assert all(
        shape(feature["geometry"]).equals_exact(shapely.orient_polygons(shapes[feature["id"]]), 0)
        for feature in quick.cell_features(DAY)
    )


def test_a_box_gives_the_cells_that_touch_it(tmp_path: Path) -> None:
    cells = [cell(number, square(number, 0)) for number in range(1, 6)]
    ended = cell(9, square(3, 1), valid_to="2026-07-01")
    found = load_geography(write_folder(tmp_path / "geo", [*cells, ended]))
    box = (WEST + 2.5 * SIDE, SOUTH, WEST + 4 * SIDE, SOUTH + 2 * SIDE)

    features = found.cell_features(DAY, box)

    assert [feature["id"] for feature in features] == [f"{COMMUNITY}00{number}" for number in (2, 3, 4)]
    assert len(found.cell_features(date(2026, 6, 30), box)) == 4


def test_a_span_lies_inside_another_when_each_of_its_days_does() -> None:
    half = Span(date(2026, 1, 1), date(2026, 7, 1))

    assert half.lies_inside(Span())
    assert half.lies_inside(half)
    assert not Span().lies_inside(half)
    assert not Span(date(2026, 1, 1), None).lies_inside(half)
    assert not Span(date(2025, 12, 31), date(2026, 7, 1)).lies_inside(half)
