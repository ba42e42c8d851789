"""Where a key stands in a TOML text, so that a fault names line and column."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*=")


class Places:
    """Lines and columns, both from 1, of the tables and keys that begin a line.

    Paths are keys from the top; tables of an array are numbered from 1: `("item", 2, "points")`.
    """

    def __init__(self, text: str) -> None:
        self._found: dict[Path, tuple[int, int]] = {}
        current: Path = ()
        numbers: dict[str, int] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                name = header[2].replace('"', "")
                current = tuple(name.split("."))
                if header[1] == "[[":
                    numbers[name] = numbers.get(name, 0) + 1
                    current = (*current, numbers[name])
                self._found.setdefault(current, (number, header.start(1) + 1))
            elif key:
                path = (*current, key[1].strip('"'))
                self._found.setdefault(path, (number, key.start(1) + 1))

    def of(self, path: Path) -> tuple[int, int]:
        """Line and column of the path, else of the nearest table around it, else of the first line."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._found:
                return self._found[path[:length]]
        return 1, 1
