"""Citizens report without an account, and follow their report by number and code; nothing of any person is told."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gridcase.cases.photos import PhotoStore
from tests.web_pages.visiting import Site, Visitor, words_of


def send(site: Site, visitor: Visitor, **typed: str) -> TestResponse:
    lon, lat = site.office.point[:2]
    form: dict[str, Any] = {
        "category": "event/01/10", "description": "路口有一堆垃圾", "lon": f"{lon}", "lat": f"{lat}",
        "coordinate_system": "wgs84", "name": "赵小满", "phone": "13700005678",
    }  # fmt: skip
    return visitor.post("/public/report", **{**form, **typed})


def made(site: Site, visitor: Visitor) -> tuple[str, str]:
    """The number and the code of a report."""
    answer = send(site, visitor)
    assert (answer.status_code, answer.location) == (303, "/public/report/made"), words_of(answer.text)
    page = visitor.get("/public/report/made").text
    number, code = (re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("number", "code"))
    assert number is not None
    assert code is not None
    return number[1], code[1]


def follow(visitor: Visitor, number: str, code: str) -> TestResponse:
    return visitor.post("/public/follow", number=number, code=code)


def settings_of(site: Site, **changed: object) -> None:
    settings = site.office.installation.book.settings
    object.__setattr__(settings, "public", dataclasses.replace(settings.public, **changed))  # type: ignore[arg-type]


def test_a_report_becomes_a_case_that_has_to_be_confirmed_first(site: Site) -> None:
    number, _code = made(site, site.visitor())

    case = site.office.case(number)
    assert (case.state, case.fields["channel"], case.fields["is_public"]) == ("reported", "app", True)
    assert case.fields["needs_confirmation"]
    assert case.fields["reporter_phone"] == "13700005678"
    text = site.visitor("intake_operator").text(f"/cases/{number}")
    assert "公众手机端" in text
    assert "137****5678" in text


def test_a_telephone_number_typed_wide_is_kept_as_digits(site: Site) -> None:
    visitor = site.visitor()
    send(site, visitor, phone="１３７　００００　５６７８")
    page = visitor.get("/public/report/made").text

    number = re.search(r'name="number" value="([^"]+)"', page)
    assert number is not None
    assert site.office.case(number[1]).fields["reporter_phone"] == "137 0000 5678"


def test_the_same_form_sent_twice_makes_one_report(site: Site) -> None:
    visitor = site.visitor()
    once = "0b0e0d0c-0000-4000-8000-000000000001"

    first, second = send(site, visitor, client_id=once), send(site, visitor, client_id=once)

    assert (first.status_code, second.status_code) == (303, 303)
    assert len(site.office.rows("cases")) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"category": ""}, "案件类别"),
        ({"description": " "}, "问题描述"),
        ({"lon": "", "lat": ""}, "位置"),
        ({"lon": "117.9", "lat": "39.9"}, "网格"),
        ({"phone": "1" * 41}, "文字过长"),
        ({"phone": "12"}, "反映人电话：应为 3 至 20 位数字"),
        ({"category": "event/99/99"}, "没有该大类小类"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_what_was_typed_stays(
    site: Site, typed: dict[str, str], told: str
) -> None:
    answer = send(site, site.visitor(), **typed)

    assert answer.status_code in (409, 422)
    alert = answer.text.split('role="alert"')[1].split("</div>")[0]
    assert told in words_of(alert)
    assert "赵小满" in answer.text
    assert site.office.rows("cases") == []


def test_progress_is_told_by_number_and_code_and_names_nobody(site: Site) -> None:
    visitor = site.visitor()
    number, code = made(site, visitor)
    begun = words_of(follow(visitor, number, code.lower()).text)
    site.office.walk(number, "confirming", "handling")
    handled = words_of(follow(site.visitor(), number, f" {code} ").text)
    site.office.walk(number, "closed")
    ended = words_of(follow(site.visitor(), number, code).text)

    assert "已收到，正在核实" in begun
    assert "责任单位正在处理" in handled
    assert "正在办理" in handled
    assert re.search(r"结果： ?结案|结果： ?已结案", ended), ended
    for text in (begun, handled, ended):
        assert "赵小满" not in text
        assert "1370000" not in text
        assert "甲局" not in text


def test_number_and_code_are_shown_once_more_on_the_first_progress_page_and_never_in_an_address(
    site: Site,
) -> None:
    visitor = site.visitor()
    number, code = made(site, visitor)

    first = visitor.post("/public/follow", number=number, code=code.lower(), made="yes")
    later = follow(visitor, number, code)
    wrong = visitor.post("/public/follow", number=number, code="22222222", made="yes")

    assert f"案件编号 {number} 查询码 {code}" in words_of(first.text.split('aria-labelledby="progress')[0])
    assert first.request.query_string == b""
    assert code not in later.text
    assert code not in wrong.text
    assert wrong.status_code == 404


def test_number_and_code_are_taken_as_people_write_them(site: Site) -> None:
    number, code = made(site, site.visitor())
    wide = str.maketrans("0123456789", "０１２３４５６７８９")

    for typed in (
        (f"{number[:8]} {number[8:]}", f"{code[:4]} {code[4:]}"),
        (f" {number[:8]}-{number[8:]}\u3000", f"{code[:4]}-{code[4:]}".lower()),
        (number.translate(wide), code.translate(wide).replace("0", "O").replace("０", "Ｏ")),
    ):
        text = words_of(follow(site.visitor(), *typed).text)
        assert "已收到，正在核实" in text, typed
        assert number in text


def test_a_wrong_code_reads_like_an_unknown_number(site: Site) -> None:
    number, code = made(site, site.visitor())
    other = site.office.report()

    answers = [
        follow(site.visitor(), *pair)
        for pair in ((number, "22222222"), ("20990101000001", code), (other, code), ("", ""), (number, ""))
    ]

    assert {answer.status_code for answer in answers} == {404}
    told = {words_of(answer.text.split('role="alert"')[1].split("</div>")[0]) for answer in answers}
    assert len(told) == 1


def test_an_address_that_tries_codes_has_to_wait(site: Site) -> None:
    settings_of(site, wrong_codes_an_hour=3)
    visitor = site.visitor()
    number, code = made(site, visitor)
    for _ in range(3):
        follow(visitor, number, "22222222")

    locked = follow(visitor, number, code)
    site.office.tick(hours=1)
    later = follow(visitor, number, code)

    assert (locked.status_code, later.status_code) == (429, 200)


def test_an_address_makes_so_many_reports_an_hour(site: Site) -> None:
    settings_of(site, reports_an_hour=2)
    visitor = site.visitor()

    answers = [send(site, visitor) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "提交过于频繁" in words_of(answers[-1].text)
    assert len(site.office.rows("cases")) == 2


def test_a_site_may_take_no_reports_of_citizens(site: Site) -> None:
    settings_of(site, reports=False)
    visitor = site.visitor()

    for path in ("/public", "/public/report", "/public/follow", "/public/streets.geojson"):
        assert visitor.get(path).status_code == 404, path
    assert send(site, visitor).status_code == 404
    assert "/public" not in visitor.get("/sign-in").text.replace("/public/bulletins", "")


def test_the_map_of_the_form_shows_streets_and_no_cell(site: Site) -> None:
    found = site.visitor().get("/public/streets.geojson").json

    assert found is not None
    assert {feature["properties"]["street"] for feature in found["features"]} == set(found["names"])
    assert all(len(code) == 9 for code in found["names"])


def test_too_many_photos_are_refused_before_any_is_looked_at(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, office = site.visitor(), site.visitor("intake_operator")
    lon, lat = site.office.point[:2]
    form: dict[str, Any] = {
        "category": "event/01/10",
        "description": "垃圾",
        "lon": f"{lon}",
        "lat": f"{lat}",
    }
    monkeypatch.setattr(PhotoStore, "check", lambda *_: pytest.fail("a photo was looked at"))

    answers = [
        visitor.post("/public/report", photos=7, **form),
        office.post("/report", photos=51, channel="hotline", **form),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert ["照片最多" in answer.text for answer in answers] == [True, True]


def test_number_and_code_outlive_a_reload_for_half_an_hour(site: Site) -> None:
    visitor = site.visitor()
    number, code = made(site, visitor)
    visitor.post("/public/follow", number=number, code=code, made="yes")
    site.office.tick(29)

    again = visitor.get("/public/report/made").text
    assert number in again
    assert code in again
    site.office.tick(2)
    late = visitor.get("/public/report/made").text
    assert code not in late
    assert "查询进度" in late
