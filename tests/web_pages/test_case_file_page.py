"""The case file as a page: to be printed, with every step, clock line and photo hash."""

from __future__ import annotations

import pytest

from gridcase.web.pages import case_file
from tests.cases.clocking import eventful
from tests.cases.test_verifying import rich_case
from tests.web_pages.visiting import Site


def test_the_page_shows_every_hash_every_clock_and_every_photo(site: Site) -> None:
    office = site.office
    number = rich_case(office)

    text = site.visitor("leader").text(f"/cases/{number}/file")

    assert [row["hash"] for row in office.rows("step", number) if row["hash"] not in text] == []
    assert [row["sha256"] for row in office.rows("photo", number) if row["sha256"] not in text] == []
    for word in ("受理", "核实", "立案", "派遣", "处置", "发核查", "核查", "结案"):
        assert f"{word}时限" in text
    assert "历史完整，各表与历史一致" in text
    assert "督办 DB2026000001，" in text
    assert "认定虚假处置" in text
    assert "回访结果 满意" in text


def test_the_page_of_a_running_case_shows_earlier_attempts_too(site: Site) -> None:
    number = eventful(site.office)

    text = site.visitor("leader").text(f"/cases/{number}/file")

    assert "处置（第 2 次） 甲局" in text
    assert "结案信息" not in text
    assert "延期" in text


def test_the_case_page_leads_to_the_case_file(site: Site) -> None:
    number = site.office.report()
    visitor = site.visitor("leader")

    assert f'href="/cases/{number}/file"' in visitor.get(f"/cases/{number}").text
    page = visitor.get(f"/cases/{number}/file").text
    assert f'href="/api/v1/cases/{number}/file.pdf"' in page
    assert f'href="/api/v1/cases/{number}/file.json"' in page


def test_without_the_component_the_page_offers_no_pdf(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_file, "has_pdf", lambda: False)
    number = site.office.report()

    page = site.visitor("leader").get(f"/cases/{number}/file").text

    assert "file.pdf" not in page
    assert "file.json" in page


def test_a_lost_picture_does_not_spoil_the_file(site: Site) -> None:
    office = site.office
    number = office.report()
    (photo,) = office.rows("photo", number)
    office.book.photos.path(photo["sha256"]).unlink()

    made = site.visitor("leader").get(f"/api/v1/cases/{number}/file.pdf")

    assert made.status_code == 200
    assert made.data.startswith(b"%PDF-")


def test_what_people_wrote_is_text_and_no_markup(site: Site) -> None:
    number = site.office.report(description="<b>垃圾</b> & <script>x</script>")

    page = site.visitor("leader").get(f"/cases/{number}/file").text

    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>" not in page
