"""The working calendar as commands see it: the files of the site, overridden by what was imported into its database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import quote

from gridcase.cli.options import choose_database_url
from gridcase.clock import CalendarRow, load_calendar_rows
from gridcase.config import Settings
from gridcase.resources import SiteFolder

_SQLITE = "sqlite:///"
_QUERY = "SELECT on_day, kind, name FROM calendar_day WHERE district = ? ORDER BY on_day"


def shipped_rows(site: SiteFolder) -> list[CalendarRow]:
    """The rows of the calendar files of a site. Raises DefinitionError with the faults of all files."""
    return load_calendar_rows(site.path("workflows/calendars"))


def imported_rows(site: SiteFolder, settings: Settings, db: str | None) -> list[CalendarRow]:
    """The rows that an administrator imported, by date; none when there is no database yet.

    Nothing is made by looking. A SQLite file is asked without the toolkit of the program, whose import takes longer
    than the whole command `gridcase clock`.
    """
    url = choose_database_url(db, settings, site)
    district = settings.site.district
    return _of_file(url, district) if url.startswith(_SQLITE) else _of_server(url, district)


def _of_file(url: str, district: str) -> list[CalendarRow]:
    path = Path(url.removeprefix(_SQLITE).partition("?")[0])
    if not path.is_file():
        return []
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'calendar_day'").fetchone():
            return []
        rows = connection.execute(_QUERY, (district,)).fetchall()
    return [CalendarRow(date.fromisoformat(on), kind, name) for on, kind, name in rows]


def _of_server(url: str, district: str) -> list[CalendarRow]:
    from sqlalchemy import inspect

    from gridcase.db import Database
    from gridcase.directory.calendar import own_calendar

    database = Database(url)
    try:
        with database.reading() as connection:
            if not inspect(connection).has_table("calendar_day"):
                return []
            return own_calendar(connection, district)
    finally:
        database.close()
