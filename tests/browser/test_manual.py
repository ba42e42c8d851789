"""The manual: every picture in it is made by playing its role on a real site; none is missing, none lies unused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.driving import served
from tests.browser.manual_scenes_offices import SCENES
from tests.browser.studio import PICTURES, Studio, play_month
from tests.house.repository import ROOT

_LARGEST = 2 * 1024 * 1024
MANUAL = ROOT / "docs" / "manual.zh-CN.md"
_CHAPTERS = ["account", "inspector", "centre", "department", "leader", "citizen", "administrator"]


@pytest.fixture(scope="module")
def studio(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The site of the manual, served."""
    office = play_month(tmp_path_factory.mktemp("manual"))
    with served(office, is_demo=False) as base:
        yield Studio(office, browser, base)
    office.database.close()


@pytest.mark.browser
def test_each_role_does_its_work_as_the_manual_shows(studio: Studio) -> None:
    for play, pictures in SCENES:
        before = len(studio.taken)
        play(studio)
        assert tuple(studio.taken[before:]) == pictures, play.__name__


def test_the_manual_shows_every_picture_that_is_made_and_no_other() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(manual/([a-z-]+)\.png\)", MANUAL.read_text(encoding="utf-8"))
    made = [name for _play, pictures in SCENES for name in pictures]

    assert len(set(made)) == len(made)
    assert sorted(shown) == sorted(made)
    assert sorted(path.name for path in PICTURES.iterdir()) == sorted(f"{name}.png" for name in made)


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= _LARGEST


def test_every_role_has_its_chapter() -> None:
    anchors = re.findall(r'^<a id="([a-z-]+)"></a>$', MANUAL.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert anchors == _CHAPTERS
