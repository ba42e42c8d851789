"""A real browser at a served site: pages that are watched for errors, foreign requests and broken policy."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from gridcase.app import create_app
from gridcase.cli.serving import Serving, address_of, open_listener
from gridcase.directory.service import DEMO_MARK, set_site_fact
from tests.making import Office, jpeg

SIZES = {"desk": (1440, 900), "phone": (375, 812)}
# Without the second one Chromium keeps calling out by itself; as root it starts only without its sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
"""
_ROOT = Path(__file__).resolve().parents[2]
_AXE = _ROOT / "node_modules" / "axe-core" / "axe.min.js"
_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# axe leaves the size of targets (WCAG 2.2, 2.5.8) out unless it is asked for.
# What passes is not gathered, and no stylesheet fetched again: no rule of these asks for its text.
_QUICK = {"resultTypes": ["violations"], "preload": False, "ancestry": False}
_ALL_RULES = _QUICK | {"runOnly": _LEVELS, "rules": {"target-size": {"enabled": True}}}
_COLOUR_RULES = _QUICK | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_LOOK_AGAIN_MS, _PATIENCE_S = 40, 20
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def chromium() -> str:
    """Where Debian's Chromium lies. `make browser` installs it."""
    found = shutil.which("chromium")
    assert found, "there is no chromium: run `make browser`"
    return found


@contextmanager
def served(office: Office, *, is_demo: bool = True) -> Iterator[str]:
    """Serve the office on a free port of this machine, as a demo that anybody enters by a click; gives the address."""
    if is_demo:
        with office.database.transaction() as connection:
            set_site_fact(connection, office.district, DEMO_MARK, value="yes")
    listener = open_listener("127.0.0.1", 0)
    address = address_of(listener)
    serving = Serving(create_app(office.installation), listener, office.installation.settings.server)
    thread = threading.Thread(target=serving.run, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        serving.stop()
        thread.join()


@dataclass
class Watched:
    """A page and what went wrong on it. `expected` are answers that a test provokes."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    on_the_way: set[Request] = field(default_factory=set)

    def open(self, path: str) -> Page:
        """Go to a path of the site."""
        self.page.goto(self.base + path)
        return self.page

    def enter(self, who: str) -> Page:
        """Sign in by a click on the demo's list; the page knows who is there when it is given."""
        page = self.come_in(who)
        # A phone page that was another person's begins anew once the site told it who is there now.
        expect(page.locator(f'button.bar-out, [data-who="{who}"]')).to_be_visible()
        return page

    def come_in(self, who: str) -> Page:
        """As `enter`, for a phone page that the site does not tell who is there."""
        self.open("/sign-in")
        button = self.page.locator(f'button[name="name"][value="{who}"]').first
        if not button.is_visible():
            self.page.get_by_text("其他人员").click()
        button.click()
        expect(self.page.get_by_role("button", name="退出")).to_be_visible()
        return self.page

    def settle(self) -> None:
        """Wait until the page stands and what its scripts asked for has come: nothing on the way three times."""
        self.page.wait_for_load_state()
        silent, give_up_at = 0, time.monotonic() + _PATIENCE_S
        while silent < 3:
            assert time.monotonic() < give_up_at, [request.url for request in self.on_the_way]
            self.page.wait_for_timeout(_LOOK_AGAIN_MS)
            silent = 0 if self.on_the_way else silent + 1

    def leave(self) -> None:
        """Sign out."""
        self.page.get_by_role("button", name="退出").click()
        expect(self.page.get_by_role("heading", name="登录", exact=True)).to_be_visible()

    def check(self, name: str, *, with_axe: bool = True) -> None:
        """Nothing hangs over the side, nothing that axe-core finds, no broken policy; keeps a picture when asked."""
        assert self.faults(name, with_axe=with_axe) == []

    def faults(self, name: str, *, with_axe: bool = True) -> list[str]:
        """What `check` asserts to be nothing, for tests that look at many pages in one go."""
        # What a test has just seen may stand in a page whose stylesheet is still on its way.
        self.page.wait_for_load_state()
        self.shoot(name)
        found = [f"{name}: breaks the policy of {each}" for each in self.page.evaluate("window.violations")]
        if self.page.evaluate(_OVERFLOW) > 0:
            found.append(f"{name}: scrolls sideways")
        return found + (self._found_by_axe(name, _ALL_RULES) if with_axe else [])

    def faults_of_colour(self, name: str) -> list[str]:
        """As `faults`, of a page that was checked and has other colours now: what does not depend on them stays."""
        self.shoot(name)
        return self._found_by_axe(name, _COLOUR_RULES)

    def _found_by_axe(self, name: str, options: dict[str, Any]) -> list[str]:
        assert _AXE.is_file(), "there is no axe-core: run `make assets`"
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("(options) => axe.run(document, options)", options)["violations"]
        return [f"{name}: {each['id']} {[node['target'] for node in each['nodes'][:3]]}" for each in found]

    def shoot(self, name: str) -> None:
        """Keep a picture in the folder GRIDCASE_SHOTS."""
        folder = os.environ.get("GRIDCASE_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def watch(context: BrowserContext, base: str) -> Watched:
    """A new page that notes every error and every request that leaves this machine."""
    page = context.new_page()
    watched = Watched(page, base)
    page.on("pageerror", lambda error: watched.errors.append(f"script: {error}"))

    def console(kind: str, text: str) -> None:
        is_provoked = any(f"status of {status}" in text for status in watched.expected)
        if kind in ("error", "warning") and not is_provoked:
            watched.errors.append(f"console: {text}")

    def answered(status: int, url: str) -> None:
        if status >= 400 and status not in watched.expected:
            watched.errors.append(f"{status} {url}")

    def asked(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).hostname != "127.0.0.1":
            watched.errors.append(f"left the host: {url}")

    page.on("console", lambda message: console(message.type, message.text))
    page.on("response", lambda response: answered(response.status, response.url))
    page.on("request", lambda request: asked(request.url))
    page.on("request", lambda request: watched.on_the_way.add(request))
    page.on("requestfinished", lambda request: watched.on_the_way.discard(request))
    page.on("requestfailed", lambda request: watched.on_the_way.discard(request))
    return watched


@contextmanager
def opened(
    browser: Browser, base: str, *, size: str = "desk", position: tuple[float, float] | None = None
) -> Iterator[Watched]:
    """A page of a size, at a position on the ground (longitude, latitude); fails when anything went wrong on it."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation={"longitude": position[0], "latitude": position[1]} if position else None,
        permissions=["geolocation"] if position else [],
    )
    context.add_init_script(_VIOLATIONS)
    context.set_default_timeout(20_000)
    watched = watch(context, base)
    try:
        yield watched
        assert watched.errors == []
    finally:
        context.close()


def choose_photo(form: Locator, shade: int = 90) -> None:
    """Choose a picture in a form."""
    form.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(shade)}
    )


def move_form(page: Page, label: str) -> Locator:
    """The form of an offered move or request, opened."""
    box = page.locator("details.move").filter(has=page.locator(f"summary:text-is('{label}')"))
    if box.get_attribute("open") is None:
        box.locator("> summary").click()
    return box.locator("> form")


def make_move(page: Page, label: str, state: str, **fields: str) -> None:
    """Fill in the form of a move by field names, send it, and see the state it leads to."""
    send_move(page, label, **fields)
    expect(page.locator(".case-state")).to_have_text(state)
    expect(page.locator(".notice-good")).to_be_visible()


def send_move(page: Page, label: str, **fields: str) -> None:
    """Fill in the form of a move by field names, and send it."""
    form = move_form(page, label)
    for name, value in fields.items():
        control = form.locator(f'[name="{name}"]').first
        kind = control.evaluate("element => element.type || element.tagName")
        if kind == "select-one":
            control.select_option(value)
        elif kind in ("radio", "checkbox"):
            form.locator(f'[name="{name}"][value="{value}"]').check()
        else:
            control.fill(value)
    form.get_by_role("button", name=label, exact=True).click()


def press(page: Page, *keys: str) -> None:
    """Keys one after the other, each on a page that has its scripts."""
    for key in keys:
        page.wait_for_load_state()
        page.keyboard.press(key)
