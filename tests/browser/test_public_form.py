"""The form of citizens in Chromium: what was missing is marked until it is there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import opened
from tests.making import Office

pytestmark = pytest.mark.browser


def test_a_fault_is_gone_as_soon_as_what_was_missing_is_there(
    browser: Browser, base: str, open_office: Office
) -> None:
    with opened(browser, base, size="phone", position=open_office.point) as watched:
        watched.expected.add(422)
        page = watched.open("/public/report")
        page.locator("[name=category]").select_option("event/01/10")
        page.get_by_label("问题描述").fill("垃圾桶旁堆放生活垃圾")
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.locator(".wrong-point")).to_have_count(1)

        # Half of a place is none.
        page.locator("[name=lat]").fill("39.1")
        page.locator("[name=lat]").blur()
        expect(page.locator(".wrong-point")).to_have_count(1)
        page.locator("[data-point-map]").click(position={"x": 150, "y": 120})
        expect(page.locator("[name=lon]")).not_to_have_value("")
        expect(page.locator(".wrong-point")).to_have_count(0)
        expect(page.locator("[aria-invalid=true]")).to_have_count(0)
        watched.check("public-report-mended")
