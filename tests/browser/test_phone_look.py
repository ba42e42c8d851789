"""The look of the phone's pages: chosen there, or elsewhere in the same browser; never one visit late."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.breaking import Line
from tests.browser.driving import Watched
from tests.browser.phoning import phone, shoot_screen
from tests.making import Office

pytestmark = pytest.mark.browser


def _choose(page: Page, name: str) -> None:
    page.locator(".look > summary").click()
    page.get_by_role("button", name=name, exact=True).click()


def test_a_look_that_is_chosen_on_the_phone_is_that_of_every_kept_page(
    browser: Browser, line: Line, open_office: Office
) -> None:
    with phone(browser, line, open_office) as (context, page, errors):
        page.locator("details", has=page.locator("[name=description]")).locator("summary").click()
        page.locator("[name=description]").fill("路边有一堆垃圾")
        _choose(page, "大字")
        expect(page.locator("html")).to_have_class("text-large")
        expect(page.locator("[name=description]")).to_have_value("路边有一堆垃圾")
        # The name is there whole, however large.
        who = page.locator("[data-who]")
        assert who.evaluate("(who) => who.scrollWidth - who.clientWidth") == 0
        page.locator(".look > summary").click()
        shoot_screen(page, "phone-look")
        page.get_by_role("button", name="English", exact=True).click()
        expect(page.locator("html")).to_have_attribute("lang", "en")

        context.set_offline(True)
        for name in ("tasks", "month", "outbox"):
            page.goto(f"{line.base}/phone/{name}")
            expect(page.locator("html")).to_have_attribute("lang", "en")
            expect(page.locator("html")).to_have_class("text-large")
        _choose(page, "中文")
        expect(page.locator("[data-notice=line]")).to_contain_text("No network: the look has not changed.")
        assert errors == []


def test_a_look_that_was_chosen_at_a_desk_is_there_at_the_first_visit(
    browser: Browser, line: Line, open_office: Office
) -> None:
    with phone(browser, line, open_office) as (_context, page, errors):
        watched = Watched(page, line.base)
        watched.open("/rankings")
        _choose(page, "English")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.goto(f"{line.base}/phone/tasks")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.goto(f"{line.base}/phone/month")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert errors == []
