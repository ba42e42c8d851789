"""Where one installation keeps its database and its files, as full addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from gridcase.config.secrets import secret
from gridcase.config.tables import DATABASE_FORMS, DATABASE_URL, Settings
from gridcase.errors import Invalid
from gridcase.resources import SiteFolder, shipped_folder

_SQLITE = "sqlite:///"


def database_url(
    chosen: str | None, *, settings: Settings, site: SiteFolder, environ: Mapping[str, str]
) -> str:
    """The database: `chosen` (`--db`) before GRIDCASE_DATABASE_URL before config.toml (api.md 3).

    A relative SQLite file of config.toml lies in the site folder, any other in the current folder. Raises
    Invalid `bad_value` for a database of another kind; the address itself is not told, for it may hold a password.
    """
    given = chosen or secret("GRIDCASE_DATABASE_URL", environ)
    if given:
        if not re.fullmatch(DATABASE_URL, given):
            source = "--db" if chosen else "GRIDCASE_DATABASE_URL"
            raise Invalid("bad_value", f"{source} must be {DATABASE_FORMS}", field=source)
        return _absolute(given, Path.cwd())
    return _absolute(settings.database.url, _base(site))


def data_folder(settings: Settings, site: SiteFolder) -> Path:
    """The folder of photos and other files of the site (`site.data`)."""
    return _base(site) / settings.site.data


def _base(site: SiteFolder) -> Path:
    # Without a site folder the data shipped with the package serve; nothing is ever written beside them.
    return Path.cwd() if site.root == shipped_folder() else site.root


def _absolute(url: str, base: Path) -> str:
    file = url.removeprefix(_SQLITE)
    if file == url or file.startswith((":memory:", "file:")):
        return url
    return f"{_SQLITE}{base / file}"
