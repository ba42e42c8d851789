"""A played month on the quick district, for the tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gridcase.app import Installation, open_installation
from gridcase.config import Settings
from gridcase.demo.month.filling import Filled, Ground, Order, Watch, fill, read_plan
from gridcase.jobs.registry import jobs_of
from gridcase.resources import SiteFolder

PERIOD = "2026-10"


@dataclass(frozen=True)
class Played:
    """A month that was played into `folder`/demo.db; `added` and `reminded` are what the watch heard."""

    folder: Path
    installation: Installation
    filled: Filled
    added: list[int]
    reminded: list[dict[str, Any]]

    @property
    def file(self) -> Path:
        return self.folder / "demo.db"


def site_in(folder: Path, geo: Path) -> SiteFolder:
    """A site folder with the quick district."""
    site = folder / "site"
    site.mkdir(parents=True, exist_ok=True)
    if not (site / "geo").exists():
        (site / "geo").symlink_to(geo, target_is_directory=True)
    return SiteFolder(site)


def play_month(
    folder: Path, geo: Path, *, cases: int, seed: int = 1, settings: Settings | None = None
) -> Played:
    """Play a month; the same cases and seed give the same month."""
    site = site_in(folder, geo)
    installation = open_installation(
        site,
        settings or Settings(),
        db=f"sqlite:///{folder / 'demo.db'}",
        clock=lambda: datetime(2026, 9, 1, tzinfo=UTC),
        is_bulk=True,
    )
    database, book = installation.database, installation.book
    added: list[int] = []
    reminded: list[dict[str, Any]] = []
    remind = jobs_of(site)["remind"]
    watch = Watch(
        added=added.append, remind=lambda now: reminded.append(remind.run(database, book, now).as_dict())
    )
    ground = Ground(database, book, installation.roles, read_plan(site.workflows, book))
    filled = fill(ground, Order(PERIOD, cases, seed), watch)
    return Played(folder, installation, filled, added, reminded)
