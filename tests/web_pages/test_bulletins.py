"""The pages of bulletins: who may see which, every number a link to its cases, open data for everybody."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape

import geojson
import openpyxl
import pytest

from gridcase.evaluation.rank import rank
from gridcase.web.context import ACTOR_KEY
from tests.web_pages.freezing import freeze_month
from tests.web_pages.visiting import Site, words_of

MONTH = "/bulletins/2026-10/departments"


@pytest.fixture
def october(site: Site) -> Site:
    """Cases of October, closed, late and open, reported by inspectors and by phone; the month is over."""
    office = site.office
    for goal, department in (
        ("closed", "A"),
        ("closed", "B"),
        ("handling", "B"),
        ("verification_failed", "A"),
    ):
        office.walk(office.report(), goal, department=department)
    office.walk(office.report("intake_operator", channel="uav"), "closed", department="A")
    office.set("2026-11-02T09:00")
    return site


def test_a_month_that_is_not_frozen_is_a_draft_for_leaders_and_the_centre_alone(october: Site) -> None:
    for who in ("leader", "dispatcher", "intake_operator"):
        text = october.visitor(who).text(MONTH)
        assert "未发布" in text, who
        assert "2026年10月 部门" in october.visitor(who).text("/bulletins"), who
    for who in ("officer_a", "handler_a", "inspector", "administrator"):
        visitor = october.visitor(who)
        assert visitor.get(MONTH).status_code == 403, who
        assert visitor.get(f"{MONTH}/file.json").status_code == 403, who
        assert visitor.get(f"{MONTH}/cases?count=filed_count").status_code == 403, who
        assert "2026年10月" not in visitor.text("/bulletins"), who
    visitor = october.visitor()
    assert visitor.get("/public" + MONTH).status_code == 404
    assert visitor.get(f"/public{MONTH}/data.csv").status_code == 404


def test_a_published_bulletin_is_for_everyone_who_is_signed_in(october: Site) -> None:
    freeze_month(october.office, "departments")

    for who in ("leader", "officer_a", "handler_a", "inspector", "administrator"):
        visitor = october.visitor(who)
        text = visitor.text(MONTH)
        assert "未发布" not in text, who
        assert "2026年10月部门城市管理考核情况通报" in text, who
        assert "部门考核通报" in visitor.text("/bulletins"), who
    answer = october.visitor().get(MONTH)
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in")


@pytest.mark.parametrize("is_published", [True, False])
def test_every_number_of_a_bulletin_opens_to_its_cases(october: Site, is_published: bool) -> None:
    if is_published:
        freeze_month(october.office, "departments")
    visitor = october.visitor("leader")

    page = visitor.get(MONTH).text

    found = re.findall(r'<a href="([^"]+cases\?[^"]+)">([0-9]+)</a>', page)
    assert len(found) > 40
    assert any("channel=uav" in path for path, _number in found)
    assert any("band=" in path for path, _number in found)
    for path, number in set(found):
        opened = visitor.get(unescape(path))
        heading = re.search(r"<h1>(.*?)</h1>", opened.text, flags=re.DOTALL)
        assert heading is not None
        assert re.findall(r"<b>([0-9]+)</b>", heading[1]) == [number], path
        assert opened.text.count("data-row") == int(number), path


def test_a_person_sees_the_number_and_of_its_cases_their_own(october: Site) -> None:
    freeze_month(october.office, "departments")

    text = october.visitor("officer_b").text(f"{MONTH}/cases?count=filed_count")

    assert "全部 2026-10 立案数 5" in text
    assert "本页另有 3 个案件不在您可以查看的范围内" in text


def test_documents_are_handed_out_with_links_to_where_the_site_was_found(october: Site) -> None:
    freeze_month(october.office, "departments")
    visitor = october.visitor("officer_a")

    book = visitor.get(
        f"{MONTH}/file.xlsx", base_url="http://grid.example:8000", environ_overrides={ACTOR_KEY: "officer_a"}
    )
    word = visitor.get(f"{MONTH}/file.docx")
    told = visitor.get(f"{MONTH}/file.json").get_json()

    sheet = openpyxl.load_workbook(io.BytesIO(book.data))["排名"]
    links = {cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert all(link.startswith("http://grid.example:8000/rankings/cases?") for link in links)
    assert word.data.startswith(b"PK")
    assert "filename*=UTF-8''2026" in word.headers["Content-Disposition"]
    assert told["frozen"] == 0
    assert visitor.get(f"{MONTH}/file.html").status_code == 404
    assert visitor.get(f"{MONTH}/file.exe").status_code == 404


def test_an_address_that_names_no_bulletin_is_refused(october: Site) -> None:
    visitor = october.visitor("leader")

    assert visitor.get("/bulletins/gestern/streets").status_code == 422
    assert visitor.get("/bulletins/2026-10/planets").status_code == 404
    assert visitor.get(f"{MONTH}/cases?count=red_count").status_code == 422
    assert visitor.get(f"{MONTH}/cases?colour=red").status_code == 422
    assert visitor.get(f"{MONTH}/cases?count=filed_count&band=99").status_code == 422
    assert visitor.get(f"{MONTH}/cases?count=filed_count&unit=%00").status_code == 200


def test_everybody_reads_the_published_month_without_links_or_people(october: Site) -> None:
    office = october.office
    for of in ("departments", "streets"):
        freeze_month(office, of)
    visitor = october.visitor()

    page = visitor.get("/public/bulletins/2026-10/streets")
    listed = visitor.text("/public/bulletins")

    assert "2026年10月街道城市管理考核情况通报" in page.text
    assert re.findall(r'href="(/[^"]*cases[^"]*)"', page.text) == []
    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "街道考核通报" in listed
    for path in ("", "/data.csv", "/data.geojson"):
        text = visitor.get(f"/public/bulletins/2026-10/streets{path}").text
        for name in ("王五", *office.people):
            assert not re.search(rf"\b{name}\b", text), (path, name)


def test_open_data_are_the_published_figures_as_csv_and_geojson(october: Site) -> None:
    office = october.office
    for of in ("departments", "streets"):
        freeze_month(office, of)
    visitor = october.visitor()
    told = october.visitor("leader").get("/bulletins/2026-10/streets/file.json").get_json()
    published = {unit["code"]: unit for group in told["groups"] for unit in group["units"]}

    table = visitor.get("/public/bulletins/2026-10/streets/data.csv")
    areas = visitor.get("/public/bulletins/2026-10/streets/data.geojson")
    departments = json.loads(visitor.get("/public/bulletins/2026-10/departments/data.geojson").text)

    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(table.text))}
    assert rows.keys() == published.keys()
    for code, row in rows.items():
        assert row["score"] == published[code]["score"]
        assert row["filed_count"] == str(published[code]["filed_count"])
        assert row["closing_rate"] == published[code]["closing_rate"]["value"]
    assert areas.content_type == "application/geo+json"
    assert areas.headers["Access-Control-Allow-Origin"] == "*"
    collection = geojson.loads(areas.text)
    assert collection.is_valid
    for feature in collection.features:
        assert feature.geometry.type in ("Polygon", "MultiPolygon")
        assert feature.properties["score"] == rows[feature.id]["score"]
        assert feature.properties["synthetic"] is True
    assert {feature["geometry"] for feature in departments["features"]} == {None}
    assert visitor.get("/public/bulletins/2026-10/streets/data.xml").status_code == 404


def test_a_site_may_keep_its_bulletins_to_those_who_sign_in(
    october: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = october.office
    freeze_month(office, "departments")
    settings = office.book.settings
    closed = replace(settings, bulletin=replace(settings.bulletin, public=False))
    monkeypatch.setitem(office.book.__dict__, "settings", closed)
    visitor = october.visitor()

    for path in ("/public/bulletins", f"/public{MONTH}", f"/public{MONTH}/data.csv"):
        assert visitor.get(path).status_code == 404, path
    assert "公开页" not in october.visitor("leader").text("/bulletins")
    assert "部门考核通报" in words_of(october.visitor("leader").get("/bulletins").text)


def test_a_written_record_shows_at_once(october: Site) -> None:
    visitor = october.visitor("leader")
    assert "未发布" in visitor.text(MONTH)

    freeze_month(october.office, "departments")

    assert "未发布" not in visitor.text(MONTH)


def test_whoever_asks_for_periods_that_nobody_published_takes_no_table_from_the_shelf(
    october: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr("gridcase.web.pages.figures.rank", lambda *given: calls.append(given) or rank(*given))
    leader, stranger = october.visitor("leader"), october.visitor()
    leader.get("/rankings?period=2026-10")

    for year in range(2000, 2026):
        assert stranger.get(f"/public/bulletins/{year}-01/streets").status_code == 404
    leader.get("/rankings?period=2026-10")

    assert len(calls) == 1
