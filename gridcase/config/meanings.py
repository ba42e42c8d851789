"""What each setting means: in Chinese by templates/settings.toml, in English by the comments of config.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gridcase.resources import shipped_folder

_TABLE = re.compile(r"\[([a-z_.]+)\]\s*")
_KEY = re.compile(r"([a-z_]+) = .*?\s#\s(.*)")


@dataclass(frozen=True, slots=True)
class Meanings:
    """Texts by dotted key: of the settings in both languages, and the Chinese name of each table."""

    chinese: Mapping[str, str]
    english: Mapping[str, str]
    tables: Mapping[str, str]


@lru_cache(maxsize=1)
def meanings() -> Meanings:
    """The shipped texts: a site changes values and never what they mean."""
    folder = shipped_folder()
    told = tomllib.loads((folder / "templates" / "settings.toml").read_text(encoding="utf-8"))
    comments = comments_of((folder / "config.toml").read_text(encoding="utf-8"))
    return Meanings(told["meanings"], comments, told["tables"])


def comments_of(text: str) -> dict[str, str]:
    """The comment behind each key of a config.toml."""
    found, table = {}, ""
    for line in text.splitlines():
        if match := _TABLE.fullmatch(line):
            table = match[1]
        elif match := _KEY.fullmatch(line):
            found[f"{table}.{match[1]}"] = match[2].strip()
    return found
