"""The report form: by an inspector with a photo, by the desk for whoever called."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.web_pages.visiting import Site, words_of


def _fields(site: Site, **more: str) -> dict[str, str]:
    lon, lat = site.office.point
    return {
        "category": "event/01/10",
        "description": "路边有一堆垃圾",
        "lon": str(lon),
        "lat": str(lat),
        "coordinate_system": "wgs84",
        "channel": "inspector",
        **more,
    }


def test_an_inspector_reports_with_a_photo_and_lands_on_the_case(both_sites: Site) -> None:
    visitor = both_sites.visitor("inspector")

    answer = visitor.post("/report", photos=2, **_fields(both_sites, address="红旗路 1 号"))

    number = answer.location.removeprefix("/cases/")
    case = both_sites.office.case(number)
    text = visitor.text(f"/cases/{number}")
    assert answer.status_code == 303
    assert (case.state, case.fields["address"], len(both_sites.office.rows("photo", number))) == (
        "reported",
        "红旗路 1 号",
        2,
    )
    assert f"已上报，案件编号 {number}" in text


def test_the_desk_reports_a_call_with_the_caller(site: Site) -> None:
    fields = _fields(
        site, channel="hotline_12345", reporter_name="李女士", reporter_phone="13900001111", urgent="yes"
    )

    answer = site.visitor("intake_operator").post("/report", **fields)

    case = site.office.case(answer.location.removeprefix("/cases/"))
    assert case.fields["reporter_name"] == "李女士"
    assert case.fields["urgent"] is True
    assert case.fields["channel"] == "hotline_12345"


def test_a_telephone_number_typed_wide_is_kept_as_digits(site: Site) -> None:
    fields = _fields(
        site, channel="hotline_12345", reporter_name="李女士", reporter_phone="（０２２）８７１２－３４５６"
    )

    answer = site.visitor("intake_operator").post("/report", **fields)

    case = site.office.case(answer.location.removeprefix("/cases/"))
    assert case.fields["reporter_phone"] == "(022)8712-3456"


def test_channels_are_those_of_the_own_role(site: Site) -> None:
    inspector, desk = (site.visitor(who).get("/report").text for who in ("inspector", "intake_operator"))

    assert "区级监督员" in inspector
    assert "12345热线" not in inspector
    assert "12345热线" in desk
    assert "区级监督员" not in desk
    assert "反映人姓名" not in inspector


def test_everything_that_is_missing_is_said_at_once_and_the_rest_is_kept(site: Site) -> None:
    answer = site.visitor("intake_operator").post(
        "/report", channel="hotline_12345", address="西湖道口", lat="39.1"
    )

    text = words_of(answer.text)
    assert answer.status_code == 422
    assert "缺少必填内容：案件类别" in text
    assert "缺少必填内容：问题描述" in text
    assert "经度：应为十进制度数" in text
    assert 'value="西湖道口"' in answer.text
    assert site.office.rows("cases") == []


def test_an_inspector_without_a_photo_is_asked_for_one(site: Site) -> None:
    answer = site.visitor("inspector").post("/report", **_fields(site))

    assert answer.status_code == 409
    assert "监督员上报至少需要一张照片" in answer.text
    assert "路边有一堆垃圾" in answer.text
    assert 'value="event/01/10" selected' in answer.text


def test_a_point_outside_names_the_nearest_cell(site: Site) -> None:
    answer = site.visitor("inspector").post("/report", photos=1, **_fields(site, lon="110.0", lat="30.0"))

    assert answer.status_code == 422
    assert re.search(r"最近的网格 [0-9]{15} 距离 [0-9.]+ 米", answer.text)


def test_a_channel_of_another_role_is_refused(site: Site) -> None:
    answer = site.visitor("inspector").post("/report", photos=1, **_fields(site, channel="hotline_12345"))

    assert answer.status_code == 403


def test_the_same_report_sent_twice_makes_one_case(both_sites: Site) -> None:
    visitor, fields = both_sites.visitor("inspector"), _fields(both_sites, client_id=str(uuid4()))

    answers = [visitor.post("/report", photos=1, **fields) for _ in range(2)]

    assert answers[0].location == answers[1].location
    assert len(both_sites.office.rows("cases")) == 1


def test_names_longer_than_their_columns_are_refused(both_sites: Site) -> None:
    fields = _fields(both_sites, channel="hotline_12345", reporter_phone="1" * 41, component_code="9" * 21)

    answer = both_sites.visitor("intake_operator").post("/report", **fields)

    assert answer.status_code == 422
    assert "最多 40 字" in words_of(answer.text)
    assert "最多 20 字" in words_of(answer.text)


@pytest.mark.parametrize(
    ("phone", "status"),
    [
        ("abc", 422),
        ("12", 422),
        ("1" * 21, 422),
        ("110", 303),
        ("+86 (022) 8712-3456转801", 303),
        ("138****5678", 303),
    ],
)
def test_a_telephone_number_is_made_of_digits(site: Site, phone: str, status: int) -> None:
    answer = site.visitor("intake_operator").post(
        "/report", **_fields(site, channel="hotline_12345", reporter_phone=phone)
    )

    assert answer.status_code == status
    assert ("反映人电话：应为 3 至 20 位数字" in words_of(answer.text)) == (status == 422)
    assert site.office.rows("cases") == [] or status == 303


def test_near_cases_of_the_same_class_are_counted_after_a_report(site: Site) -> None:
    site.office.report()
    visitor = site.visitor("inspector")

    answer = visitor.post("/report", photos=1, **_fields(site))

    assert "附近有 1 件同类未结案件" in visitor.text(answer.location)
