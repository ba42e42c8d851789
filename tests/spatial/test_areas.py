"""The area table: names, levels, parents, aliases that are never guessed, days, and the shipped list (G-19, C-04)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gridcase.errors import Invalid, NotFound
from gridcase.resources import shipped_folder
from gridcase.spatial import Area, AreaTable, load_geography
from gridcase.spatial.spans import Span
from tests.spatial.folders import COMMUNITY, cell, four_cells, square, write_folder, write_layer

DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def nankai() -> AreaTable:
    return load_geography(shipped_folder() / "geo").areas


def test_the_shipped_list_has_its_units(nankai: AreaTable) -> None:
    counts = [len(nankai.of_level(level, DAY)) for level in ("district", "street", "community")]

    assert counts == [1, 12, 171]
    assert nankai.name("120104001") == "长虹街道"
    assert nankai.level("120104001001") == "community"
    assert (nankai.parent("120104001001"), nankai.parent("120104")) == ("120104001", None)
    assert len(nankai.children("120104001", DAY)) == 13


@pytest.mark.parametrize("alias", ["长虹街", "长虹街道", "长虹街道办事处", " 长虹 "])
def test_all_names_of_a_street_resolve_to_its_code(nankai: AreaTable, alias: str) -> None:
    assert nankai.resolve(alias, "street") == "120104001"


def test_a_name_is_resolved_together_with_its_level(nankai: AreaTable) -> None:
    assert nankai.resolve("向阳路", "street") == "120104007"
    assert nankai.resolve("向阳路", "community") == "120104007001"


def test_an_unknown_name_is_reported_and_never_guessed(nankai: AreaTable) -> None:
    with pytest.raises(Invalid, match="no street is called '长红街道'"):
        nankai.resolve("长红街道", "street")


def test_a_name_of_two_areas_is_reported_with_both() -> None:
    table = AreaTable([Area("120104001001", "新村", "community"), Area("120104002001", "新村", "community")])

    with pytest.raises(Invalid, match="120104001001, 120104002001"):
        table.resolve("新村", "community")


def test_an_unknown_code_is_not_found(nankai: AreaTable) -> None:
    with pytest.raises(NotFound, match="120105"):
        nankai.name("120105")
    assert nankai.find("120105") is None
    assert "120104" in nankai


def test_an_area_counts_from_its_first_day_to_the_day_before_its_end() -> None:
    table = AreaTable([Area("120104", "区", "district", span=Span(date(2026, 1, 1), date(2026, 7, 1)))])

    found = [
        len(table.of_level("district", date(*day)))
        for day in ((2025, 12, 31), (2026, 1, 1), (2026, 6, 30), (2026, 7, 1))
    ]

    assert found == [0, 1, 1, 0]
    assert len(table.all_of_level("district")) == 1


def test_list_and_outlines_make_one_table(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "geo", four_cells())
    streets = [
        cell("120104009", square(0, 0, size=2), name="另一名", is_pilot=True, parent_code="120104"),
        cell("120104010", square(2, 0), name="新街道"),
    ]
    write_layer(folder, "streets", streets)
    areas = load_geography(folder).areas

    assert areas.get("120104009") == Area(
        "120104009", "王顶堤街道", "street", "120104", ("王顶堤街", "王顶堤"), is_pilot=True
    )
    assert areas.get("120104010") == Area("120104010", "新街道", "street", "120104")
    assert areas.name(COMMUNITY) == "第一社区居委会"
