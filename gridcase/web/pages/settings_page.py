"""The settings in force, for administrators to read: value, source, what was changed, what each one means."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from flask import Blueprint, request

from gridcase.config import SECRETS, Settings, database_url
from gridcase.config.meanings import meanings
from gridcase.config.origins import InForce, SettingInForce, settings_in_force, shown
from gridcase.errors import DefinitionError, Fault
from gridcase.resources import SiteFolder
from gridcase.web.context import looking, premises
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.frame import render
from gridcase.web.pages.look import look

SETTINGS = Blueprint("settings_page", __name__)

_DATABASE = "database.url"
_NAMES = ("GRIDCASE_SITE", *SECRETS)


@SETTINGS.get("/admin/settings")
def show() -> str:
    """Every setting, or those that were changed or fit the words. Raises NotPermitted for all but administrators."""
    with looking() as (desk, actor):
        check_administrator(actor)
        place = premises()
        told = _in_force(desk.book.settings, place.site)
        words = request.args.get("q", "").replace("\0", "").strip()
        is_changed = bool(request.args.get("changed"))
        found = [
            row
            for row in told.settings
            if (row.is_changed or row.waiting or not is_changed) and _fits(row, words)
        ]
        return render(
            desk, actor, "pages/settings.html",
            tables=list(_by_table(found)), faults=told.faults, count=len(found), words=words, is_changed=is_changed,
            waiting=[row.key for row in told.settings if row.waiting is not None],
            given=[(name, _given(name)) for name in _NAMES],
            file=str(place.site.config), folder=str(place.site.root),
        )  # fmt: skip


def _in_force(settings: Settings, site: SiteFolder) -> InForce:
    own = site.root / "config.toml"
    try:
        text = own.read_text(encoding="utf-8-sig") if own.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        return InForce(
            settings_in_force(settings, "").settings, (Fault("config.toml", "", "bad_file", str(error)),)
        )
    told = settings_in_force(settings, text)
    rows = tuple(_database(row, settings, site) if row.key == _DATABASE else row for row in told.settings)
    return replace(told, settings=rows)


def _database(row: SettingInForce, settings: Settings, site: SiteFolder) -> SettingInForce:
    """The address that is in use: `--db` goes before the environment, and that before the file (api.md 3)."""
    url = premises().database.url
    is_given = _given("GRIDCASE_DATABASE_URL") != ""
    try:
        expected = database_url(None, settings=settings, site=site, environ=os.environ)
    except DefinitionError:
        expected = ""
    if unquote(expected) != unquote(url.render_as_string(hide_password=False)):
        is_command = True
    elif is_given:
        is_command = False
    else:
        return row
    value = shown(url.render_as_string(hide_password=True))
    return replace(
        row, value=value, source="command" if is_command else "environment", is_changed=True, waiting=None
    )


def _given(name: str) -> str:
    """How a variable of the environment is given: `value`, `file` or not at all; never what it holds."""
    return "value" if os.environ.get(name) else "file" if os.environ.get(f"{name}_FILE") else ""


def _fits(row: SettingInForce, words: str) -> bool:
    told = f"{row.key} {row.value} {meanings().chinese[row.key]} {meanings().english[row.key]}".lower()
    return all(word in told for word in words.lower().split())


def _by_table(rows: Iterable[SettingInForce]) -> Iterator[tuple[str, str, list[tuple[SettingInForce, str]]]]:
    """The rows of each table with the name of the table and what each key means, in the language of the page."""
    told = meanings()
    texts = told.chinese if look().language == "zh" else told.english
    tables: dict[str, list[tuple[SettingInForce, str]]] = {}
    for row in rows:
        tables.setdefault(row.key.rpartition(".")[0], []).append((row, texts[row.key]))
    for name, own in tables.items():
        yield name, told.tables[name], own
