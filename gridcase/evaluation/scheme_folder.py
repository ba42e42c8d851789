"""Finds schemes in workflows/schemes/: by name, in the version that is valid on a day."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from gridcase.errors import DefinitionError, Fault, nearest_name
from gridcase.evaluation.scheme_files import parse_scheme
from gridcase.evaluation.schemes import Scheme, ScoreItem

# Files whose heading is kept, by what they hold.
_MOST_KEPT = 128


@dataclass(frozen=True, slots=True)
class _Heading:
    """What a file says of itself at first sight; None where it says nothing usable."""

    file: Path
    name: str | None
    version: int
    valid_from: date | None


def is_file_name(text: str) -> bool:
    """Whether a text that names a scheme means a file: `NAME.toml`, or a path."""
    return text.endswith(".toml") or "/" in text or os.sep in text


class SchemeFolder:
    """The scheme files of one site. Only those that are asked for are read to the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._headings: list[_Heading] | None = None

    def find(self, name: str, *, on: date | None = None) -> Scheme:
        """The scheme of this name in the version valid on the day, else the newest one.

        Raises DefinitionError: `unknown_scheme` with the nearest right name, `no_valid_version`, or the faults
        of the file.
        """
        headings = [heading for heading in self._all() if heading.name == name]
        if not headings:
            headings = [heading for heading in self._all() if heading.file.stem == name]
        if not headings:
            raise DefinitionError([self._unknown(name)])
        if on is not None:
            headings = [
                heading for heading in headings if heading.valid_from is None or heading.valid_from <= on
            ]
        if not headings:
            text = f'no version of "{name}" is valid on {on}'
            raise DefinitionError([Fault(str(self.folder), "", "no_valid_version", text)])
        return read_scheme(max(headings, key=lambda heading: heading.version).file)

    def _all(self) -> list[_Heading]:
        if self._headings is None:
            self._headings = [_heading(file) for file in sorted(self.folder.glob("*.toml"))]
        return self._headings

    def _unknown(self, name: str) -> Fault:
        nearest = nearest_name(name, [heading.name for heading in self._all() if heading.name])
        hint = f', nearest is "{nearest}"' if nearest else ""
        return Fault(str(self.folder), "", "unknown_scheme", f'there is no scheme "{name}"{hint}')

    def faults(self) -> list[Fault]:
        """Every fault of every file, names told twice and names of schemes that do not exist included."""
        found: list[Fault] = []
        schemes: list[tuple[Path, Scheme]] = []
        for heading in self._all():
            try:
                schemes.append((heading.file, read_scheme(heading.file)))
            except DefinitionError as error:
                found += error.faults
        names = {heading.name for heading in self._all() if heading.name}
        told: dict[tuple[str, int], Path] = {}
        for file, scheme in schemes:
            first = told.setdefault((scheme.name, scheme.version), file)
            if first != file:
                text = f'"{scheme.name}" version {scheme.version} stands in {first.name} already'
                found.append(Fault(str(file), "", "duplicate_name", text))
            for wanted in wanted_schemes(scheme):
                if wanted not in names:
                    nearest = nearest_name(wanted, sorted(names))
                    hint = f', nearest is "{nearest}"' if nearest else ""
                    found.append(Fault(str(file), "", "unknown_scheme", f'"{wanted}" is not known{hint}'))
        return found


def wanted_schemes(scheme: Scheme) -> Iterable[str]:
    """The names of the schemes that `rank` needs to compute this one."""
    for item in scheme.items:
        if isinstance(item, ScoreItem):
            if item.from_scheme is not None:
                yield item.from_scheme
            if item.mean is not None:
                yield from item.mean.scheme_of_class.values()


def read_scheme(file: Path) -> Scheme:
    """The scheme of a file. Raises DefinitionError with all faults, `bad_file` when it cannot be read."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError([Fault(str(file), "", "bad_file", str(error))]) from error
    return parse_scheme(text, str(file))


def _heading(file: Path) -> _Heading:
    try:
        return _Heading(file, *_told_by(file.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return _Heading(file, None, 0, None)


@lru_cache(maxsize=_MOST_KEPT)
def _told_by(content: bytes) -> tuple[str | None, int, date | None]:
    """Name, version and first day; every page with a figure asks for them. Raises ValueError, RecursionError."""
    table = tomllib.loads(content.decode("utf-8-sig"))
    name, version, valid_from = table.get("name"), table.get("version"), table.get("valid_from")
    return (
        name if isinstance(name, str) else None,
        version if isinstance(version, int) else 0,
        valid_from if type(valid_from) is date else None,
    )
