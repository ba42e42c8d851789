"""The ranking page and the map show what the evaluation says, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gridcase.evaluation.frozen.freezing import freeze
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank, rank_as_json
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from tests.making import Office
from tests.web_pages.freezing import freeze_month
from tests.web_pages.visiting import Site, words_of


@pytest.fixture
def month(site: Site) -> Site:
    """A site with a few cases of October, closed, late and open."""
    office = site.office
    for goal, department in (
        ("closed", "A"),
        ("closed", "B"),
        ("handling", "B"),
        ("verification_failed", "A"),
    ):
        office.walk(office.report(), goal, department=department)
    office.set("2026-11-02T09:00")
    return site


def _ranked(office: Office, of: str, scheme: str) -> dict[str, dict[str, object]]:
    period, folder = parse_period("2026-10"), SchemeFolder(shipped_folder() / "workflows" / "schemes")
    request = RankRequest(office.district, period, of, folder.find(scheme), office.now)
    with office.database.reading() as connection:
        answer = rank_as_json(rank(connection, request, folder))
    return {unit["unit"]: unit for unit in answer["units"]}


def test_a_frozen_month_is_shown_as_published_whatever_its_cases_do_later(month: Site) -> None:
    office = month.office
    folder = SchemeFolder(shipped_folder() / "workflows" / "schemes")
    asked = RankRequest(
        office.district, parse_period("2026-10"), "departments", folder.find("department-d1"), office.now
    )
    path = "/rankings?of=departments&period=2026-10"
    before = month.visitor("leader").get(path).text
    freeze(office.database, asked, folder, by="王主任")
    (late,) = [row["number"] for row in office.rows("cases") if row["state"] == "handling"]
    office.walk(late, "closed")
    office.tick(minutes=30)

    page = month.visitor("leader").get(path).text

    assert "未发布" in words_of(before)
    assert "已发布" in words_of(page)
    assert "未发布" not in words_of(page)
    assert "由 王主任 发布" in words_of(page)
    assert words_of(page.split("<tbody>")[1]) == words_of(before.split("<tbody>")[1])
    numbers = re.findall(r'class="r-open" href="([^"]+)"', page)
    assert numbers
    assert not any("as_of" in number for number in numbers)


def test_a_month_frozen_by_other_formulas_is_shown_as_it_was_published(
    month: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, bodies = "/rankings?of={}&period=2026-10", {}
    for of in ("departments", "streets", "inspectors"):
        bodies[of] = month.visitor("leader").get(path.format(of)).text.split("<thead>")[1]
        with monkeypatch.context() as patched:
            for module in ("freezing", "publishing"):
                patched.setattr(f"gridcase.evaluation.frozen.{module}.FORMULA_VERSION", 7)
            freeze_month(month.office, of)

    for of, body in bodies.items():
        page = month.visitor("leader").get(path.format(of)).text

        assert "已发布" in words_of(page), of
        assert "未发布" not in words_of(page), of
        assert "由公式第 7 版计算" in words_of(page), of
        assert words_of(page.split("<thead>")[1]) == words_of(body), of


def test_the_table_of_departments_prints_the_figures_of_the_evaluation(month: Site) -> None:
    units = _ranked(month.office, "departments", "department-d1")

    page = month.visitor("leader").get("/rankings?of=departments&period=2026-10").text

    for name, unit in units.items():
        row = words_of(page.split(f">{name}</a>")[1].split("</tr>")[0])
        assert str(unit["score"]) in row, name
        rates, counts = unit["rates"], unit["counts"]
        assert isinstance(rates, dict)
        assert isinstance(counts, dict)
        for rate in ("on_time_handling_rate", "closing_rate", "rework_rate"):
            assert str(rates[rate]) in row, (name, rate)
        assert f"{counts['closed_count']} / {counts['due_count']}" in row
    text = words_of(page)
    assert "未发布" in text
    assert "结案率 = 结案数 ÷ 应结案数 closing_rate" in text
    assert "名次按得分从高到低排列" in text
    assert "并列同一名次，下一个名次紧接着数，不空缺（例如 1、1、1、2）" in text
    assert "截至 2026-11-01 00:00" in text


def test_in_the_first_days_of_a_month_the_last_month_is_shown(month: Site) -> None:
    assert "部门排名 2026-10" in month.visitor("leader").text("/rankings")


def test_streets_are_ranked_by_the_area_scheme(month: Site) -> None:
    units = _ranked(month.office, "streets", "area")

    page = month.visitor("leader").get("/rankings?of=streets&period=2026-10").text

    for name, unit in units.items():
        assert str(unit["score"]) in words_of(page.split(f">{name}</a>")[1].split("</tr>")[0]), name


def test_a_period_that_is_none_is_refused_and_an_unknown_kind_is_passed_over(month: Site) -> None:
    visitor = month.visitor("leader")

    assert visitor.get("/rankings?period=gestern").status_code == 422
    assert visitor.get("/map?period=2026-13").status_code == 422
    for path in (
        "/rankings",
        "/rankings/cases",
        "/map",
        "/map/grades.json",
        "/look-back",
        "/leader",
        "/bulletins",
    ):
        assert visitor.get(f"{path}?of=streets&period=1900-01&unit=x").status_code in (200, 404, 422), path
    assert "没有有效的方案版本" in visitor.get("/rankings?period=1900-01").text
    assert visitor.get("/map/grades.json?period=%00").status_code == 200
    assert visitor.get("/rankings?of=planets").status_code == 200
    assert visitor.get("/rankings?period=2026-Q4").status_code == 200


def test_the_map_says_of_each_cell_what_the_evaluation_says(month: Site) -> None:
    office = month.office
    visitor = month.visitor("leader")
    by_class = {n: _ranked(office, "cells", f"area-cell-{n}") for n in (1, 2)}

    units = json.loads(visitor.get("/map/grades.json?period=2026-10").text)["units"]

    busy = [code for code, unit in units.items() if unit["counts"][0]]
    assert busy
    for code in busy:
        own = by_class[office.book.geography.cell(code).area_class][code]
        assert (units[code]["grade"], units[code]["score"]) == (own.get("grade"), own.get("score"))
    assert len(units) == len(list(office.book.geography.cells(office.now.date())))


def test_shapes_travel_once_and_compressed(month: Site) -> None:
    visitor = month.visitor("leader")

    first = visitor.get("/map/cells.geojson", headers={"Accept-Encoding": "gzip"})
    again = visitor.get(
        "/map/cells.geojson", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    plain = visitor.get("/map/cells.geojson")

    assert first.headers["Content-Encoding"] == "gzip"
    assert (again.status_code, again.data) == (304, b"")
    assert len(first.data) * 3 < len(plain.data)
    collection = json.loads(plain.text)
    assert collection["type"] == "FeatureCollection"
    assert {feature["geometry"]["type"] for feature in collection["features"]} <= {"Polygon", "MultiPolygon"}
    assert plain.mimetype == "application/geo+json"


def test_without_the_library_a_table_stands_in_place_of_the_map(
    month: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(month.app, "static_folder", str(tmp_path))
    visitor = month.visitor("leader")

    page = visitor.get("/map").text

    assert "地图库未安装" in page
    assert "leaflet" not in page
    assert len(re.findall(r'<tr><th scope="row" class="r-name">', page)) == 12
    report = month.visitor("inspector").get("/report").text
    assert "leaflet" not in report
    assert "经度" in report


def test_made_up_geography_is_marked_on_every_map(month: Site) -> None:
    visitor = month.visitor("leader")

    assert "示意" in visitor.text("/map").split("图例")[0]
    assert "程序生成的示意图形" in visitor.text("/cases")


def test_a_table_is_computed_once_a_minute_and_anew_afterwards(
    month: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr("gridcase.web.pages.figures.rank", lambda *given: calls.append(given) or rank(*given))
    visitor = month.visitor("leader")
    month.office.set("2026-10-20T09:00")

    for _ in range(3):
        assert visitor.get("/rankings?period=2026-10").status_code == 200
    first = len(calls)
    month.office.tick(2)
    visitor.get("/rankings?period=2026-10")

    assert (first, len(calls)) == (1, 2)
