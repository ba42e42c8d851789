"""Options that many commands share, and what they lead to: the site folder, its settings, the database."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from gridcase.config import Settings, database_url, load_settings
from gridcase.errors import DefinitionError, Fault, GridcaseError
from gridcase.resources import SiteFolder, find_site

F = TypeVar("F", bound=Callable[..., Any])


def _own_or_of_group(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The option of the command itself, else the same option given before the command's name."""
    if value is not None or param.name is None:
        return value
    given: str | None = ctx.find_root().params.get(param.name)
    return given


def site_option(command: F) -> F:
    """Adds `--site DIR`, the argument `site`: None when it is given neither here nor to the group."""
    return click.option(
        "--site",
        metavar="DIR",
        callback=_own_or_of_group,
        help="站点目录，内有 config.toml、workflows/、geo/、templates/ (site folder).",
    )(command)


def db_option(command: F) -> F:
    """Adds `--db URL`, the argument `db`: None when it is given neither here nor to the group."""
    return click.option(
        "--db",
        metavar="URL",
        callback=_own_or_of_group,
        help="数据库 (sqlite:///FILE, postgresql+psycopg://…).",
    )(command)


def load_site(site: str | None = None) -> SiteFolder:
    """The site folder by the order of api.md 3. A folder that does not exist ends the command with exit 2."""
    try:
        return find_site(site)
    except FileNotFoundError as error:
        raise click.UsageError(str(error)) from error


def load_site_settings(site: SiteFolder | str | None = None) -> Settings:
    """The settings of the site folder. Raises DefinitionError with all faults of its config.toml."""
    folder = site if isinstance(site, SiteFolder) else load_site(site)
    try:
        text = folder.config.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Fault(str(folder.config), "", "bad_file", str(error))]) from error
    return load_settings(text, str(folder.config))


def choose_database_url(db: str | None, settings: Settings, site: SiteFolder) -> str:
    """`--db` before GRIDCASE_DATABASE_URL before config.toml (api.md 3)."""
    return database_url(db, settings=settings, site=site, environ=os.environ)


def existing_database_url(db: str | None, settings: Settings, site: SiteFolder) -> str:
    """The same for a command that looks: raises GridcaseError `no_database` where a SQLite file is missing.

    A mistyped name would else be a new and empty site, of which every check says that all is sound.
    """
    from gridcase.db import missing_file

    url = choose_database_url(db, settings, site)
    file = missing_file(url)
    if file is not None:
        raise GridcaseError(
            "no_database", f"there is no database file {file}: `gridcase db upgrade` makes one"
        )
    return url
