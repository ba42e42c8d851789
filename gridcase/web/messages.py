"""The catalogue of texts: what a code reads in Chinese or English, the site's own words before the shipped ones."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gridcase.clock import CHINA
from gridcase.errors import DefinitionError, Fault
from gridcase.resources import SiteFolder, shipped_folder

LANGUAGES = ("zh", "en")
_FILE = "messages.toml"
_MEGABYTE = 1048576


class Messages:
    """Texts by code and language; `{name}` in a text is filled from the data of the refusal."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = texts

    def text(self, code: str, language: str, data: Mapping[str, Any] | None = None) -> str:
        """The text of a code, or the code itself when nobody wrote one. `language` is zh or en."""
        text = self._texts.get(code, {}).get(language, code)
        return _Filler(language).vformat(text, (), data or {}) if "{" in text else text


class _Filler(string.Formatter):
    """Fills plain names only; what the data lack shows as a dash, so that no text can fail.

    `{name:MB}` shows a number of bytes in megabytes.
    """

    def __init__(self, language: str) -> None:
        self._language = language

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:  # noqa: ARG002
        return kwargs.get(field_name), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "MB" and isinstance(value, int):
            return f"{round(value / _MEGABYTE, 1):g} MB"
        return shown(value, self._language)


def shown(value: Any, language: str) -> str:
    """A value as a text for people: moments in China time, lists with the commas of the language."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return ("、" if language == "zh" else ", ").join(shown(part, language) for part in value)
    return str(value)


def load_messages(site: SiteFolder) -> Messages:
    """The shipped texts, each code replaced where the site has its own. Raises DefinitionError `bad_file`."""
    shipped, own = shipped_folder() / "templates" / _FILE, site.templates / _FILE
    texts = _read(shipped)
    if own != shipped and own.is_file():
        texts.update(_read(own))
    return Messages(texts)


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError([Fault(str(path), "", "bad_file", str(error))]) from error
