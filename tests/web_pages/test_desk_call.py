"""The report form while somebody is on the telephone: places by name, earlier calls of the same number."""

from __future__ import annotations

import re

from tests.web_pages.visiting import Site, words_of


def test_a_place_is_found_by_a_past_address_or_by_the_name_of_an_area(both_sites: Site) -> None:
    site = both_sites
    office = site.office
    office.report(address="保山道 12 号 3 门")
    number = office.report(address="保山道 12 号 3 门")
    visitor = site.visitor("intake_operator")

    found = visitor.get("/desk/places?q=保山道").text
    area = office.book.geography.areas.get(office.case(number).fields["community"])
    by_area = visitor.get(f"/desk/places?q={area.name}").text

    assert re.findall(r'data-place="([^"]+)"', found) == ["保山道 12 号 3 门"]
    assert f"见 {number}" in words_of(found)
    assert f'data-lon="{office.case(number).fields["lon"]:.7f}"' in found
    assert re.findall(r'data-place="([^"]+)"', by_area) == [area.name]
    lon, lat = (float(re.search(rf'data-{name}="([^"]+)"', by_area)[1]) for name in ("lon", "lat"))  # type: ignore[index]
    place = office.book.geography.locate(lon, lat, crs="wgs84", on=office.now.date())
    assert place.cell.startswith(area.code)
    assert "没有找到这个地点" in visitor.text("/desk/places?q=不存在的路")
    assert "data-place" not in visitor.get("/desk/places?q=%").text
    assert site.visitor("officer_a").get("/desk/places?q=保山道").status_code == 403


def test_earlier_calls_of_the_number_are_shown_to_the_centre_only(both_sites: Site) -> None:
    site = both_sites
    office = site.office
    reporter = {"name": "李四", "phone": "13800001234"}
    old = office.report("intake_operator", reporter=reporter)
    office.tick(days=31)
    typed = {"name": "李四", "phone": "+86 138-0000-1234"}
    new = office.report("intake_operator", reporter=typed, address="红旗路 8 号")
    other = office.report("intake_operator", reporter={"name": "王五", "phone": "13900001234"})
    visitor = site.visitor("intake_operator")

    words = words_of(visitor.post("/desk/calls", reporter_phone="138 ００００ 1234").text)

    assert "近 30 天反映过 1 件" in words
    assert new in words
    assert "红旗路 8 号" in words
    assert old not in words
    assert other not in words
    assert "李四" not in words
    assert "没有反映过问题" in words_of(visitor.post("/desk/calls", reporter_phone="13700000000").text)
    assert site.visitor("inspector").post("/desk/calls", reporter_phone="13800001234").status_code == 403


def test_the_report_form_of_the_desk_has_both_that_of_an_inspector_none(site: Site) -> None:
    desk, phone = (site.visitor(who).get("/report").text for who in ("intake_operator", "inspector"))

    assert 'data-places="/desk/places"' in desk
    assert 'data-calls="/desk/calls"' in desk
    assert "/desk/" not in phone
