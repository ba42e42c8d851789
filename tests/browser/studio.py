"""The site that the manual shows: a played month in the synthetic district, with a still clock, and its pictures."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, FilePayload, Locator, Page, ViewportSize, expect
from sqlalchemy import delete

from gridcase.app import open_installation
from gridcase.cases.photos import PhotoFile
from gridcase.config import Settings, data_folder
from gridcase.db import Base
from gridcase.demo.month.filling import Ground, Order, Watch, fill, read_plan, span_of_order
from gridcase.demo.month.pictures import draw_pictures
from gridcase.directory.credentials import hash_password
from gridcase.directory.queries import find_actor
from gridcase.directory.service import DEMO_MARK
from gridcase.resources import SiteFolder
from tests.browser.driving import Watched, opened
from tests.house.repository import ROOT
from tests.making import Office

PICTURES = ROOT / "docs" / "manual"
PASSWORD = "yi-er-san-shan"
_PERIOD, _CASES, _SEED = "2026-10", 120, 2026
_SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 360, "height": 740},
}
_COLOURS = 128
# Letters are smoothed in another way now and then: that is no other picture.
_ALIKE = 64


@dataclass
class PlayedOffice(Office):
    """An office after a played month. Its cameras take drawn scenes: `camera` is the kind of those that moves bring."""

    camera: str = "before"
    _drawn: dict[str, list[bytes]] = field(default_factory=dict)

    def picture(self, kind: str) -> bytes:
        """A picture of a kind that no case has yet."""
        if not self._drawn:
            store = self.book.photos
            for name, photos in draw_pictures(store, seed=_SEED + 1).items():
                self._drawn[name] = [store.read(each.sha256) for each in photos]
        return self._drawn[kind].pop()

    def photos(self, count: int) -> tuple[PhotoFile, ...]:
        """What a move brings."""
        return tuple(self.book.photos.check(self.picture(self.camera)) for _ in range(count))


@dataclass
class Studio:
    """The served site and whoever makes pictures of it. `taken` are the names of the pictures so far."""

    office: PlayedOffice
    browser: Browser
    base: str
    taken: list[str] = field(default_factory=list)

    @contextmanager
    def visit(
        self, who: str | None = None, *, size: str = "desk", over: str | None = None
    ) -> Iterator[Watched]:
        """A browser at a desk or a phone, signed in by password where somebody is named, `over` another address."""
        with opened(self.browser, over or self.base, size=size, position=self.office.point) as watched:
            watched.page.set_viewport_size(_SIZES[size])
            watched.page.emulate_media(reduced_motion="reduce", color_scheme="light")
            watched.page.clock.set_fixed_time(self.office.now)
            lon, lat = self.office.point
            watched.page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 8})
            if who is not None:
                self.sign_in(watched, who)
            yield watched
            assert watched.page.evaluate("window.violations") == []

    def sign_in(self, watched: Watched, who: str) -> Page:
        """Sign in as everybody does."""
        page = watched.open("/sign-in")
        fill_sign_in(page, who)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("button", name="退出")).to_be_visible()
        return page

    def photo(self, kind: str) -> FilePayload:
        """A picture from the camera that no case has yet: `before`, `after`, `verification` …"""
        return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": self.office.picture(kind)}

    def take(self, name: str, what: Page | Locator, *, height: int | None = None) -> None:
        """A picture for the manual: of what a page shows without scrolling, or of a part of it.

        `height` cuts what is longer. It is written when GRIDCASE_MANUAL is set and it shows something else than before.
        """
        assert name not in self.taken, f"{name} is taken twice"
        self.taken.append(name)
        (what if isinstance(what, Page) else what.page).wait_for_load_state()
        if not os.environ.get("GRIDCASE_MANUAL"):
            return
        shot = Image.open(io.BytesIO(what.screenshot(animations="disabled", caret="hide"))).convert("RGB")
        if height is not None and shot.height > height:
            shot = shot.crop((0, 0, shot.width, height))
        small = shot.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        path = PICTURES / f"{name}.png"
        if not _shows_the_same(path, small):
            small.save(path, optimize=True)


def fill_sign_in(page: Page, who: str) -> None:
    """Name and password in the form of the door."""
    page.get_by_label("用户名").fill(who)
    page.get_by_label("密码").fill(PASSWORD)


def _shows_the_same(path: Path, shot: Image.Image) -> bool:
    if not path.is_file():
        return False
    before = Image.open(path).convert("RGB")
    if before.size != shot.size:
        return False
    return (
        max(high for _low, high in ImageChops.difference(before, shot.convert("RGB")).getextrema()) <= _ALIKE
    )


def play_month(folder: Path) -> PlayedOffice:
    """A site in which the month was played, as on a site of its own: nothing on its pages says demo."""
    site, settings = SiteFolder(folder), Settings()
    data = Path(data_folder(settings, site))
    data.mkdir(parents=True)
    (data / "secret_key").write_text("the key of the manual", encoding="ascii")
    object.__setattr__(settings, "sign_in", replace(settings.sign_in, second_factor="allowed"))
    clock: list[PlayedOffice] = []
    installation = open_installation(
        site, settings, db=f"sqlite:///{folder / 'manual.db'}", clock=lambda: clock[0].now, is_bulk=True
    )
    book = installation.book
    plan = read_plan(site.workflows, book)
    order = Order(_PERIOD, _CASES, _SEED, hash_password(PASSWORD))
    span = span_of_order(order, plan, book)
    office = PlayedOffice(installation, span.opens, (0.0, 0.0))
    clock.append(office)
    filled = fill(Ground(installation.database, book, installation.roles, plan), order, Watch())
    marks = Base.metadata.tables["site_fact"]
    with installation.database.transaction() as connection:
        connection.execute(delete(marks).where(marks.c.name == DEMO_MARK))
        for name in (name for names in filled.users.values() for name in names):
            actor = find_actor(connection, book.district, name)
            assert actor is not None
            office.people[name] = actor
    office.now = span.stands
    office.point = _in_the_grid_of(office, "inspector")
    return office


def _in_the_grid_of(office: Office, who: str) -> tuple[float, float]:
    """Longitude and latitude of a place in somebody's grid."""
    places, on = office.book.geography, office.now.date()
    middles = (cell.shape.representative_point() for cell in places.cells(on))
    area = office.actor(who).area
    return next(
        (point.x, point.y)
        for point in middles
        if places.locate(point.x, point.y, crs="wgs84", on=on).responsibility_grid == area
    )
