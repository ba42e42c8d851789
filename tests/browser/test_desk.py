"""The centre desk in Chromium: a case filed, dispatched and closed by keyboard alone; panes that need no page scroll."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import opened
from tests.cases.ruling import give_rules, rule
from tests.making import Office

pytestmark = pytest.mark.browser

_SCROLL = "document.documentElement.scrollHeight - document.documentElement.clientHeight"


def press(page: Page, *keys: str) -> None:
    """Keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def stands_on(page: Page) -> str:
    """What the keyboard stands on, by its tag."""
    return str(page.evaluate("document.activeElement.tagName"))


def test_a_case_is_filed_dispatched_and_closed_by_keyboard_alone(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    give_rules(office, rule("B", "event/01/10"))
    first = office.walk(office.report(address="红旗路 8 号"), "accepted")
    office.tick(1)
    second = office.walk(office.report(address="南丰路 2 号"), "accepted")
    with opened(browser, base) as watched:
        page = watched.enter("shift_supervisor")
        watched.open("/desk?tab=accepted")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", first)
        assert stands_on(page) == "A"
        assert page.evaluate(_SCROLL) <= 0
        press(page, "1", "Space", "Control+Enter")
        expect(page.locator("[data-refusal]")).to_be_focused()
        seen = page.locator("details.move[open] [name=duplicates_seen]")
        while not seen.evaluate("element => element === document.activeElement"):
            press(page, "Tab")
        press(page, "Space", "Control+Enter")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", second)
        expect(page.locator(".notice-good")).to_contain_text(f"{first} 已办理")
        assert office.case(first).state == "filed"
        watched.expected.add(409)
        watched.errors = [error for error in watched.errors if not error.startswith("409 ")]
        watched.errors = [error for error in watched.errors if "status of 409" not in error]
        page.wait_for_load_state("networkidle")
        watched.leave()

        page = watched.enter("dispatcher")
        watched.open("/desk")
        expect(page.locator(".suggestion")).to_contain_text("乙局")
        press(page, "s", "Enter")
        expect(page.locator(".notice-good")).to_contain_text("已派遣，待接收")
        assert office.case(first).department == "B"
        office.walk(first, "verified", department="B")
        press(page, "?")
        expect(page.get_by_role("dialog")).to_be_visible()
        press(page, "Escape", "/")
        page.keyboard.type(first)
        press(page, "Enter")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", first)
        page.wait_for_load_state("networkidle")
        watched.leave()

        page = watched.enter("shift_supervisor")
        watched.open("/desk?tab=verified")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", first)
        press(page, "1")
        while page.locator("details.move[open] [name=ticked]:not(:checked)").count():
            press(page, "Tab")
            on = page.evaluate("document.activeElement.name")
            if on == "ticked":
                press(page, "Space")
        press(page, "Control+Enter")
        expect(page.locator(".notice-good")).to_contain_text("现在的状态：结案")
        watched.check("desk-closed")
    assert office.case(first).state == "closed"
