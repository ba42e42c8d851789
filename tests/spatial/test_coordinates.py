"""Coordinate systems: the test points of geo.md 6, the iterated inverse, refusals and metres."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.errors import Invalid
from gridcase.spatial.coordinates import (
    convert,
    convert_many,
    distance_m,
    from_wgs84,
    metres_per_degree,
    point_fault,
)
from gridcase.spatial.systems import declared_system, parse_system, to_wgs84

TEST_POINTS = [
    ((117.15, 39.11), (117.1563917, 39.1111127), (117.1629217, 39.1169944), (512973.820, 4330726.516)),
    ((117.11, 39.13), (117.1164321, 39.1311715), (117.1228273, 39.1375202), (509511.444, 4332941.921)),
    ((117.18, 39.07), (117.1863320, 39.0710334), (117.1929324, 39.0766975), (515577.382, 4326290.537)),
]
longitudes = st.floats(73.5, 135.5)
latitudes = st.floats(3.5, 53.5)


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09", "projected"), TEST_POINTS)
def test_the_test_points_come_out_in_every_system(
    wgs84: tuple[float, float],
    gcj02: tuple[float, float],
    bd09: tuple[float, float],
    projected: tuple[float, float],
) -> None:
    assert from_wgs84(*wgs84, "gcj02") == pytest.approx(gcj02, abs=1e-7)
    assert from_wgs84(*wgs84, "bd09") == pytest.approx(bd09, abs=1e-7)
    assert from_wgs84(*wgs84, "cgcs2000") == wgs84
    assert distance_m(*convert(*gcj02, "gcj02"), *wgs84) < 0.02
    assert distance_m(*convert(*bd09, "bd09"), *wgs84) < 0.02
    lon, lat = to_wgs84(np.array([projected[0]]), np.array([projected[1]]), "EPSG:4548")
    assert distance_m(lon[0], lat[0], *wgs84) < 0.001


@given(lon=longitudes, lat=latitudes, crs=st.sampled_from(["gcj02", "bd09"]))
def test_the_inverse_comes_back_to_less_than_a_millimetre(lon: float, lat: float, crs: str) -> None:
    back = convert(*from_wgs84(lon, lat, crs), crs)

    assert distance_m(*back, lon, lat) < 0.001


@given(
    points=st.lists(st.tuples(longitudes, latitudes), max_size=8),
    crs=st.sampled_from(["gcj02", "bd09", "wgs84"]),
)
def test_arrays_are_converted_to_the_same_values_as_single_points(
    points: list[tuple[float, float]], crs: str
) -> None:
    lons, lats = np.array([lon for lon, _ in points]), np.array([lat for _, lat in points])

    found = convert_many(lons, lats, crs)

    expected = [convert(lon, lat, crs) for lon, lat in points]
    assert found[0].tolist() == pytest.approx([lon for lon, _ in expected], abs=2e-9)
    assert found[1].tolist() == pytest.approx([lat for _, lat in expected], abs=2e-9)


def test_a_single_step_of_the_inverse_would_be_too_coarse() -> None:
    gcj02 = from_wgs84(117.15, 39.11, "gcj02")
    again = from_wgs84(*gcj02, "gcj02")
    one_step = (2 * gcj02[0] - again[0], 2 * gcj02[1] - again[1])

    assert distance_m(*one_step, 117.15, 39.11) > 0.5


def test_the_shift_at_nankai_is_560_to_571_metres() -> None:
    for wgs84, *_ in TEST_POINTS:
        assert 560 <= round(distance_m(*wgs84, *from_wgs84(*wgs84, "gcj02"))) <= 571


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_outside_the_box_all_systems_are_equal(crs: str) -> None:
    assert convert(2.35, 48.86, crs) == (2.35, 48.86)
    assert from_wgs84(2.35, 48.86, crs) == (2.35, 48.86)


def test_an_unknown_system_is_refused_with_the_nearest_right_name() -> None:
    with pytest.raises(Invalid, match="nearest is gcj02") as refusal:
        convert(117.15, 39.11, "gcj-02")

    assert refusal.value.code == "unknown_crs"


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (math.nan, 39.0, "bad_point"),
        (117.0, math.inf, "bad_point"),
        (39.11, 117.15, "swapped"),
        (53.999, 73.0, "swapped"),
        (-117.15, 39.11, "outside_box"),
        (117.15, 54.001, "outside_box"),
    ],
)
def test_a_refused_point_says_what_is_wrong(lon: float, lat: float, code: str) -> None:
    assert point_fault(lon, lat).code == code


def test_metres_of_a_degree_agree_with_the_ellipsoid() -> None:
    east, north = metres_per_degree(39.11)

    assert east * 0.001 == pytest.approx(distance_m(117.15, 39.11, 117.151, 39.11), rel=1e-8)
    assert north * 0.001 == pytest.approx(distance_m(117.15, 39.1095, 117.15, 39.1105), rel=1e-8)


@pytest.mark.parametrize(
    ("declared", "system"),
    [
        ({"coordinate_system": "GCJ02"}, "gcj02"),
        ({"coordinate_system": "EPSG:4490"}, "cgcs2000"),
        ({"coordinate_system": "EPSG:4548"}, "EPSG:4548"),
        ({"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}, "wgs84"),
        ({"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}}, "wgs84"),
        (
            {"crs": {"type": "name", "properties": {"name": "EPSG:4490"}}, "coordinate_system": "cgcs2000"},
            "cgcs2000",
        ),
        ({"crs": None, "coordinate_system": "bd09"}, "bd09"),
    ],
)
def test_a_declared_system_is_understood(declared: dict[str, object], system: str) -> None:
    assert declared_system(declared) == (system, [])


def test_two_declarations_that_differ_give_no_system() -> None:
    system, faults = declared_system(
        {"coordinate_system": "wgs84", "crs": {"properties": {"name": "EPSG:4490"}}}
    )

    assert system is None
    assert faults == ["two declared coordinate systems: coordinate_system says wgs84 but crs says cgcs2000"]


@pytest.mark.parametrize("name", ["mars", "EPSG:999999", "EPSG:4978", "", 4326])
def test_a_system_that_nobody_knows_is_refused(name: object) -> None:
    with pytest.raises(ValueError, match="coordinate system"):
        parse_system(name)
