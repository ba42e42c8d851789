"""The page of a running case shows what merged cases brought: their photos and who reported them."""

from __future__ import annotations

from tests.web_pages.visiting import Site, words_of


def test_a_merged_case_is_named_with_its_reporter_and_photos(site: Site) -> None:
    office = site.office
    main = office.report()
    other = office.report("intake_operator", channel="hotline_12345", photos=1,
                          reporter={"name": "王五", "phone": "13900000000"})  # fmt: skip
    office.move("intake_operator", other, "merge", main_case=main)

    words = words_of(site.visitor("intake_operator").get(f"/cases/{main}").text)

    assert f"并案 {other}" in words
    assert "反映人 王* 139****0000" in words
    assert "照片 2" in words
