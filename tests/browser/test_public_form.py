"""The form of citizens in Chromium: what was missing is marked until it is there; number and code can be kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import opened
from tests.browser.phoning import shoot_screen
from tests.making import Office

pytestmark = pytest.mark.browser

# As on a plain http address: what is copied then goes through the selection.
_NO_CLIPBOARD = """
() => {
  Object.defineProperty(navigator, "clipboard", { value: undefined });
  document.addEventListener("copy", () => { window.copied = document.activeElement.value; });
}
"""


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


def test_what_stands_below_the_photos_has_room(browser: Browser, base: str) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{base}/public/report")
    boxes = [
        page.locator(place).bounding_box()
        for place in ("[data-photos]", "[data-camera]", "text=最多 6 张", "label[for=p-category]")
    ]
    tops = [box["y"] for box in boxes if box]
    ends = [box["y"] + box["height"] for box in boxes if box]
    shoot_screen(page, "public-photos")
    context.close()
    assert len(tops) == 4
    assert [top - end >= least for top, end, least in zip(tops[1:], ends, (8, 2, 12), strict=False)] == [
        True
    ] * 3


def test_number_and_code_are_copied_and_shown_once_more(
    browser: Browser, base: str, open_office: Office
) -> None:
    with opened(browser, base, size="phone", position=open_office.point) as watched:
        page = watched.open("/public/report")
        page.locator("[name=category]").select_option("event/01/10")
        page.get_by_label("问题描述").fill("路口堆放生活垃圾")
        page.get_by_role("button", name="取当前定位").click()
        expect(page.locator("[name=lon]")).not_to_have_value("")
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.get_by_role("heading", name="已提交")).to_be_visible()
        code = page.locator(".code-secret").inner_text()
        page.evaluate(_NO_CLIPBOARD)

        page.get_by_role("button", name="复制编号和查询码").click()
        expect(page.get_by_text("已复制")).to_be_visible()
        copied = page.evaluate("window.copied")
        watched.check("public-made-copied")
        page.get_by_role("button", name="查看进度").click()

        expect(page.locator(".code-secret")).to_have_text(code)
        assert copied.endswith(f"查询码 {code}")
        assert code not in page.url
        watched.check("public-progress-first")
