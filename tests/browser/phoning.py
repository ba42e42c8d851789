"""An inspector at a phone: pages over a line that may break, and what a person does there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PressedNothing

from tests.browser.breaking import Line
from tests.browser.driving import _VIOLATIONS, Watched
from tests.making import Office, jpeg

WIDE = {"width": 360, "height": 740}
_PRESS_MS = 2_000
# What is told of a report that was sent: with a line it is soon delivered.
KEPT = re.compile("已存入手机|已送达")


@contextmanager
def bare_phone(browser: Browser, office: Office, *, is_found: bool = True) -> Iterator[Page]:
    """A phone on which nobody has signed in yet, at the office's point if it `is_found`; fails when a script failed."""
    context = browser.new_context(
        viewport=WIDE,
        locale="zh-CN",
        # Set wrong, or far away: the pages tell China time.
        timezone_id="America/Los_Angeles",
        geolocation={"longitude": office.point[0], "latitude": office.point[1], "accuracy": 12},
        permissions=["geolocation"] if is_found else [],
    )
    context.add_init_script(_VIOLATIONS)
    context.set_default_timeout(15_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
        assert errors == []
        assert page.evaluate("window.violations") == []
    finally:
        context.close()


@contextmanager
def phone(browser: Browser, line: Line, office: Office) -> Iterator[tuple[BrowserContext, Page, list[str]]]:
    """A phone at the office's point, signed in, with the pages kept; gives its page and what went wrong in scripts."""
    with bare_phone(browser, office) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        Watched(page, line.base).enter("inspector")
        page.goto(f"{line.base}/phone")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        expect(page.locator("[data-who]")).to_have_text("张三")
        expect(page.locator("[data-place] [data-told]").first).to_contain_text("单元网格")
        yield page.context, page, errors


def take_photo(page: Page, shade: int, *, size: int = 0, count: int = 1) -> None:
    """Take a picture with the phone's camera; `size` bytes when it is to be a large one; then there are `count`."""
    content = jpeg(shade)
    # What stands behind the end of a JPEG is no part of the picture.
    content += bytes(max(0, size - len(content)))
    files = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.locator("[data-photos=before] input[type=file]").set_input_files(files)
    expect(page.locator("[data-photos=before] .thumb")).to_have_count(count)


def report(page: Page, shade: int, *, size: int = 0) -> None:
    """A report as an inspector makes it: photo, category, send."""
    take_photo(page, shade, size=size)
    chip = page.locator(".chip", has_text="暴露生活垃圾").first
    if not chip.is_visible():
        page.locator("[data-category] input").fill("blshlj")
    chip.click()
    expect(page.locator("[data-place]")).to_have_class(re.compile("has-point"))
    page.locator("[data-submit]").click()
    expect(page.locator("[data-photos=before] .thumb")).to_have_count(0)
    expect(page.locator("[data-result]")).to_contain_text(KEPT)


def expect_counts(page: Page, waiting: int, lost: int = 0) -> None:
    """What the phone says at the top of every page."""
    expect(page.locator("[data-count]")).to_have_text(f"{waiting} 条待发，{lost} 条丢失")


def send_until_empty(page: Page, rounds: int = 150) -> int:
    """Press 立即发送, and 再发一次 where the site said no, until nothing waits; answers how often."""
    for number in range(rounds):
        if page.locator("[data-empty]").is_visible():
            return number
        # The phone sends by itself too: what is to be pressed may go meanwhile.
        with suppress(PressedNothing):
            for again in page.get_by_role("button", name="再发一次").all():
                again.click(timeout=_PRESS_MS)
            button = page.locator("[data-send]")
            if button.is_visible():
                button.click(timeout=_PRESS_MS)
                expect(button).to_be_enabled(timeout=30_000)
        page.wait_for_timeout(20)
    raise AssertionError(page.locator("main").inner_text())


def expect_soon(page: Page, is_so: Callable[[], bool], tries: int = 100) -> None:
    """Wait until something that no locator sees is so."""
    for _ in range(tries):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come to be so")


def nth_point(office: Office, number: int) -> tuple[float, float]:
    """A point in another cell, where nobody has reported anything."""
    cells = list(office.book.geography.cells(office.now.date()))
    middle = cells[number].shape.representative_point()
    return middle.x, middle.y


def shoot_screen(page: Page, name: str) -> None:
    """Keep a picture of what a person sees without scrolling, in the folder GRIDCASE_SHOTS."""
    folder = os.environ.get("GRIDCASE_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def fill_in_confirmation(task: Locator) -> Locator:
    """Press too early, then give what is told to be missing; answers the form."""
    task.locator("summary", has_text="核实属实").click()
    form = task.locator("form").first
    form.get_by_role("button", name="核实属实").click()
    alert, result = form.locator("[role=alert]"), form.locator("[name=result]")
    expect(alert).to_contain_text("请先拍一张照片。")
    expect(result).to_have_attribute("aria-invalid", "true")
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(180)}
    form.locator("input[type=file]").set_input_files(photo)
    # What is there is told no more.
    expect(alert).to_have_text("请选择核实结果。")
    result.select_option("present")
    expect(alert).to_have_text("")
    expect(result).not_to_have_attribute("aria-invalid", "true")
    return form
