"""Every setting of an installation with its value in force, and where that comes from."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any, Literal

from gridcase.config.loading import load_settings
from gridcase.config.tables import Settings
from gridcase.errors import DefinitionError, Fault

Source = Literal["default", "file", "environment", "command"]

_PASSWORD = re.compile(r"(://[^:/@]*:).*@|([?&](?:ssl)?password=)[^&\"]*")


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """One setting: its dotted `key`, the values as config.toml would tell them, and the `source` of the first.

    `waiting` is what the file says now, when that is something else than what the program was started with.
    """

    key: str
    value: str
    default: str
    source: Source
    is_changed: bool
    waiting: str | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """All settings in the order of config.toml, and the faults for which a restart would be refused."""

    settings: tuple[SettingInForce, ...]
    faults: tuple[Fault, ...] = ()


def settings_in_force(settings: Settings, text: str, file: str = "config.toml") -> InForce:
    """The settings with which the program runs, against `text`, the site's file as it lies there now.

    No password is in the answer: that of an address of a database is put out.
    """
    faults: tuple[Fault, ...] = ()
    written = settings
    try:
        written = load_settings(text, file)
    except DefinitionError as error:
        faults = error.faults
    keys = _keys_of(text)
    shipped, now = dict(_values(Settings())), dict(_values(written))
    found = []
    for key, value in _values(settings):
        # A key that was taken out of the file since the start still has what it had: from the file.
        is_own = value != shipped[key]
        found.append(
            SettingInForce(
                key,
                shown(value),
                shown(shipped[key]),
                source="file" if key in keys or is_own else "default",
                is_changed=is_own,
                waiting=shown(now[key]) if now[key] != value else None,
            )
        )
    return InForce(tuple(found), faults)


def _values(part: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """The settings below a table by their dotted keys, plain ones before the tables."""
    tables = []
    for field in fields(part):
        key = f"{place}.{field.name}" if place else field.name
        value = getattr(part, field.name)
        if "table" in field.metadata:
            tables.append((value, key))
        else:
            yield key, value
    for table, key in tables:
        yield from _values(table, key)


def _keys_of(text: str) -> set[str]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return set()
    return set(_dotted(document))


def _dotted(document: Mapping[str, Any], place: str = "") -> Iterator[str]:
    for key, value in document.items():
        where = f"{place}.{key}" if place else key
        yield where
        if isinstance(value, dict):
            yield from _dotted(value, where)


def shown(value: Any) -> str:
    """A value as a file would tell it, without the password of an address."""
    text = json.dumps(_plain(value), ensure_ascii=False)
    return _PASSWORD.sub(lambda found: f"{found[1]}***@" if found[1] else f"{found[2]}***", text)


def _plain(value: Any) -> Any:
    """The value as JSON has it: whole numbers without a point, nothing of what was left out."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(part) for name, part in asdict(value).items() if part is not None}
    if isinstance(value, float | Decimal):
        return int(value) if value == int(value) else float(value)
    return value
