"""The commands `gridcase db upgrade` and `gridcase db status`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from gridcase.cli.options import db_option, load_site, load_site_settings, site_option
from gridcase.errors import GridcaseError

if TYPE_CHECKING:
    from gridcase.db import Database
    from gridcase.migrations import SchemaState

_NOT_CURRENT = 1


@click.group(short_help="数据库升级与状态")
def db() -> None:
    """数据库升级与状态 (migrate the database, show its state)."""


@db.command("status", short_help="数据库处于哪个版本")
@site_option
@db_option
@click.pass_context
def status(ctx: click.Context, site: str | None, db: str | None) -> None:
    """数据库处于哪个版本；已是最新时退出码为 0，否则为 1 (exit 0 when current, 1 when not)."""
    from gridcase.app import open_database

    folder = load_site(site)
    database = open_database(load_site_settings(folder), folder, db=db)
    state = _state(database)
    database.close()
    word = "current" if state.is_current else "empty" if state.current is None else "outdated"
    shown = database.url.render_as_string(hide_password=True)
    answer = {"database": shown, "state": word, "revision": state.current, "head": state.head}
    click.echo(json.dumps(answer, ensure_ascii=False))
    if not state.is_current:
        click.echo("请运行 gridcase db upgrade (run `gridcase db upgrade`)", err=True)
        ctx.exit(_NOT_CURRENT)


@db.command("upgrade", short_help="升级到本程序的版本")
@site_option
@db_option
def upgrade(site: str | None, db: str | None) -> None:
    """升级到本程序的版本；空库同时装入站点自带的地理、目录等数据 (an empty database is also loaded)."""
    from alembic.util.exc import CommandError

    from gridcase.app import open_database, open_installation
    from gridcase.migrations import upgrade as bring_up

    folder = load_site(site)
    settings = load_site_settings(folder)
    database = open_database(settings, folder, db=db)
    before = _state(database)
    try:
        if before.current is not None and not before.is_current:
            bring_up(database)
    except CommandError as error:
        raise GridcaseError(
            "schema_outdated", f"this program does not know revision {before.current}: {error}"
        ) from error
    database.close()
    # Opening fills what is empty and finds what the files of the site say against the database.
    open_installation(folder, settings, db=db).database.close()
    click.echo(f"{before.current or '-'} -> {before.head}", err=True)


def _state(database: Database) -> SchemaState:
    """Where the database stands. A SQLite file that is not there is empty, and is not made by looking."""
    from gridcase.db import Database as AnyDatabase
    from gridcase.db import missing_file
    from gridcase.migrations import schema_state

    looked_at = AnyDatabase("sqlite://") if missing_file(database.url) else database
    with looked_at.reading() as connection:
        return schema_state(connection)
