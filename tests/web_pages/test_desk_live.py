"""What the centre desk asks for by itself, and what its search finds."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.web_pages.visiting import Site


@pytest.fixture
def site(kept_site: Site) -> Site:
    return kept_site


def test_counts_come_once_and_again_only_when_they_change(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed")
    visitor = site.visitor("dispatcher")
    path = f"/desk/live?tab=filed&case={number}&seen={office.case(number).version}"

    first = visitor.get(path)
    same = visitor.get(path, headers={"If-None-Match": first.headers["ETag"]})
    office.add_user(f"mate{number}", "dispatcher")
    office.move(f"mate{number}", number, "dispatch", department="A")
    moved = visitor.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (same.status_code, same.text) == (304, "")
    assert moved.status_code == 200
    assert first.json is not None
    assert moved.json is not None
    assert moved.json["queues"]["filed"]["count"] == first.json["queues"]["filed"]["count"] - 1
    assert moved.json["mark"] != first.json["mark"]
    assert first.json["changed"] is None
    assert (moved.json["changed"]["who"], moved.json["changed"]["what"]) == (f"mate{number}", "派遣")
    assert site.visitor("leader").get("/desk/live").status_code == 403


def test_asking_by_itself_keeps_no_session_alive(site: Site) -> None:
    office = site.office
    visitor = site.visitor("dispatcher")
    visitor.get("/desk/live")
    minutes = office.book.settings.sessions.idle_minutes
    half = minutes * 0.6
    office.tick(half)
    assert visitor.get("/desk/live").status_code == 200
    office.tick(half)

    assert visitor.get("/desk/live").status_code in (302, 401)


def test_a_case_is_found_by_number_address_telephone_words_and_cell(site: Site) -> None:
    office = site.office
    number = office.report(
        "intake_operator", channel="hotline_12345", photos=0, address="保山道 12 号",
        description="井盖丢失", reporter={"name": "李四", "phone": "022-8712 3456"},
    )  # fmt: skip
    cell = office.case(number).fields["cell"]
    visitor = site.visitor("intake_operator")

    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    spoken = f"{number[:4]} {number[4:8]} {number[8:]}"
    told = (number, "保山道 12", "井盖丢失", "022-8712 3456", cell)
    phones = ("02287123456", "(022) 8712-3456", "+86 22 87123456", "0086-22-8712-3456")
    for text in (*told, *(each.translate(wide) for each in told), spoken, *phones):
        assert number in visitor.text(f"/desk?{urlencode({'q': text})}"), text
    page = visitor.text("/desk?q=022-8712 3456")
    assert "没有案件" in visitor.text("/desk?q=022-8712 0000")
    assert "8712 3456" not in page.replace('value="022-8712 3456"', "")
    assert number not in site.visitor("officer_a").text("/cases?tab=all&q=022-8712 3456")


def test_an_inspector_finds_nobody_by_telephone(site: Site) -> None:
    office = site.office
    number = office.report(
        "intake_operator",
        channel="hotline_12345",
        photos=0,
        reporter={"name": "李四", "phone": "13800001234"},
    )
    visitor = site.visitor("inspector")

    assert number in visitor.text("/cases?tab=all")
    assert number not in visitor.text("/cases?tab=all&q=13800001234")
