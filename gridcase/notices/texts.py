"""Texts of notices: templates/notices/KIND.txt, the site's own before the shipped one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from gridcase.errors import DefinitionError, Fault
from gridcase.notices.kinds import notice_kinds
from gridcase.resources import SiteFolder, shipped_folder


def notice_text(site: SiteFolder, kind: str, values: Mapping[str, Any]) -> str:
    """The text of a notice of this kind with its values filled in, without blanks at its ends.

    Raises DefinitionError `bad_template` when the template is missing, cannot be read, or asks for a value that
    the kind does not have; ValueError for other values than templates/notices.toml promises to those who write texts.
    """
    if set(values) != set(notice_kinds()[kind].values):
        raise ValueError(f"a notice {kind} has the values {sorted(notice_kinds()[kind].values)}")
    name = f"{kind}.txt"
    try:
        return _environment(site.templates / "notices").get_template(name).render(values).strip()
    except (TemplateError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        place = f"line {line}" if line else ""
        text = f"{type(error).__name__}: {error}"
        raise DefinitionError(
            [Fault(str(site.templates / "notices" / name), place, "bad_template", text)]
        ) from error


@dataclass(frozen=True, slots=True)
class NoticeSource:
    """Where the text of a kind lies, and the text as it stands there; `is_own`: the site's, not the shipped one."""

    file: str
    text: str
    is_own: bool


def notice_source(site: SiteFolder, kind: str) -> NoticeSource:
    """The text of a kind in force, not filled in; empty when its file cannot be read."""
    own = site.templates / "notices" / f"{kind}.txt"
    shipped = shipped_folder() / "templates" / "notices" / f"{kind}.txt"
    path = own if own.is_file() else shipped
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    return NoticeSource(str(path), text, is_own=path != shipped)


@lru_cache(maxsize=8)
def _environment(folder: Path) -> Environment:
    # Plain text for people: nothing is escaped, and a line that only steers leaves no empty line behind.
    return Environment(
        loader=FileSystemLoader([folder, shipped_folder() / "templates" / "notices"]),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
