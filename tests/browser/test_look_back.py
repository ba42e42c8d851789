"""Past months side by side and the trial of a scheme, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import SIZES, opened, served
from tests.making import Office
from tests.web_pages.test_look_back import fill_months
from tests.web_pages.visiting import Site


@pytest.fixture(scope="module")
def base(open_office: Office) -> Iterator[str]:
    """The address of an office with a frozen month and one that goes on."""
    fill_months(Site(open_office))
    with served(open_office) as address:
        yield address


@pytest.mark.parametrize("size", SIZES)
def test_months_and_a_trial_are_read_without_a_fault(browser: Browser, base: str, size: str) -> None:
    with opened(browser, base, size=size) as watched:
        watched.enter("leader")
        page = watched.open("/rankings?of=departments&period=2026-10")
        page.get_by_role("link", name="各月对比").click()
        expect(page.get_by_role("heading", name="部门各月对比", exact=True)).to_be_visible()
        expect(page.locator("[data-trend] canvas").first).to_be_visible()
        watched.check(f"months-{size}")

        page.get_by_role("link", name="方案试算").click()
        page.get_by_label("方案", exact=True).select_option("department-d2")
        page.get_by_label("从", exact=True).select_option("2026-10")
        page.get_by_role("button", name="应用").click()
        expect(page.get_by_text("试算，不是发布结果").first).to_be_visible()
        expect(page.get_by_role("heading", name="2026-10")).to_be_visible()
        watched.check(f"what-if-{size}")

        page.get_by_role("heading", name="2026-10").get_by_role("link").click()
        expect(page.get_by_role("heading", name="部门排名")).to_be_visible()
