"""What the components of pages do: tabs in view, wide tables that say so, dialogs, short messages, room for fingers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.driving import opened
from tests.making import Office

pytestmark = pytest.mark.browser

_FINGER = 44


def _is_inside(inner: Locator, outer: Locator) -> bool:
    one, other = inner.bounding_box(), outer.bounding_box()
    assert one is not None
    assert other is not None
    return one["x"] >= other["x"] - 1 and one["x"] + one["width"] <= other["x"] + other["width"] + 1


@pytest.mark.parametrize("has_script", [True, False])
def test_the_active_tab_lies_inside_the_bar_on_a_phone(browser: Browser, base: str, has_script: bool) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=has_script, locale="zh-CN"
    )
    page = context.new_page()
    page.goto(f"{base}/sign-in")
    page.locator('button[value="shift_supervisor"]').first.click()
    bar = page.locator(".tabs")
    for tab in ("all", "open", "verified"):
        page.goto(f"{base}/cases?tab={tab}")
        assert bar.evaluate("bar => bar.scrollWidth > bar.clientWidth")
        assert _is_inside(page.locator(".tab[aria-current]"), bar), tab
    # In large type even the main pages are more than a phone is wide.
    page.context.add_cookies([{"name": "gridcase_look", "value": "auto.large.zh", "url": base}])
    page.goto(f"{base}/bulletins")
    assert _is_inside(page.locator(".bar-nav a[aria-current]"), page.locator(".bar-nav"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_a_table_that_is_cut_off_says_so_and_scrolls_inside_its_box(
    browser: Browser, base: str, open_office: Office
) -> None:
    open_office.walk(open_office.report(), "filed")
    for size, is_cut in (("phone", True), ("desk", False)):
        with opened(browser, base, size=size) as watched:
            page = watched.enter("leader")
            watched.open("/rankings?of=streets")
            expect(page.locator(".wide-hint").first).to_be_visible(visible=is_cut)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            box = page.get_by_role("region", name="街道排名表")
            assert box.evaluate("box => box.scrollWidth > box.clientWidth") == is_cut


def test_what_is_pressed_by_itself_has_room_for_a_finger_on_a_phone(browser: Browser, base: str) -> None:
    with opened(browser, base, size="phone") as watched:
        page = watched.enter("leader")
        for path in ("/rankings?of=streets", "/cases?tab=all", "/map"):
            watched.open(path)
            for selector in (".bar-nav a", ".bar-out", ".tab", ".switch a", ".button", "main summary"):
                for one in page.locator(selector).all():
                    box = one.bounding_box()
                    assert box is None or box["height"] >= _FINGER, (path, selector)


def test_the_look_is_chosen_by_keyboard_and_the_page_comes_back(browser: Browser, base: str) -> None:
    with opened(browser, base) as watched:
        page = watched.enter("leader")
        watched.open("/rankings?of=streets")
        page.get_by_text("外观").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="深色").focus()
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_class("theme-dark")
        expect(page).to_have_url(f"{base}/rankings?of=streets")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 22, 30)"
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(23, 33, 46)"
        # A sheet of A4 has the room of some 700 px; nothing may be cut off there.
        page.set_viewport_size({"width": 700, "height": 990})
        assert page.evaluate("document.documentElement.scrollWidth") <= 700
        expect(page.locator(".bar-nav")).to_be_hidden()


def test_a_dialog_opens_and_closes_and_a_message_is_read_out(browser: Browser, base: str) -> None:
    with opened(browser, base) as watched:
        page = watched.enter("leader")
        watched.open("/_design")
        page.get_by_role("button", name="打开对话框").click()
        expect(page.get_by_role("dialog", name="对话框")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="短消息").click()
        expect(page.locator("[aria-live] .toast")).to_have_text("已保存")


def test_a_long_text_is_folded_after_four_lines_and_opened_by_key(browser: Browser, base: str) -> None:
    with opened(browser, base, size="phone") as watched:
        page = watched.enter("administrator")
        watched.open("/_design")
        text, more = page.locator(".fold-text"), page.locator(".fold-more > summary")
        line = text.evaluate("each => parseFloat(getComputedStyle(each).lineHeight)")
        height = "each => each.getBoundingClientRect().height"
        assert round(text.evaluate(height) / line) == 4
        expect(more).to_have_text("展开", use_inner_text=True)
        more.press("Enter")
        expect(more).to_have_text("收起", use_inner_text=True)
        assert text.evaluate(height) > 8 * line
