"""Opens the installation that a command is about, and closes it in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gridcase.cli.options import existing_database_url, load_site, load_site_settings
from gridcase.config import Settings
from gridcase.resources import SiteFolder

if TYPE_CHECKING:
    from gridcase.app import Installation


@contextmanager
def open_site(site: str | None, db: str | None) -> Iterator[Installation]:
    """The installation of a site folder and a database, as given on the command line."""
    folder = load_site(site)
    with opened(folder, load_site_settings(folder), db) as installation:
        yield installation


@contextmanager
def open_existing(site: str | None, db: str | None) -> Iterator[Installation]:
    """As `open_site`, for a command that looks at what is there. Raises GridcaseError `no_database`."""
    folder = load_site(site)
    settings = load_site_settings(folder)
    with opened(folder, settings, existing_database_url(db, settings, folder)) as installation:
        yield installation


@contextmanager
def opened(folder: SiteFolder, settings: Settings, db: str | None) -> Iterator[Installation]:
    """The installation of a site folder whose settings are read already."""
    from gridcase.app import open_installation

    installation = open_installation(folder, settings, db=db)
    try:
        yield installation
    finally:
        installation.database.close()
