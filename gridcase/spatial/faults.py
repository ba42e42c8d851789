"""The line of a fault in a geo folder, as geo.md 8 prints it: `file: place: check text`."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.errors import Fault


@dataclass(frozen=True)
class GeoFault(Fault):
    """A fault whose `code` is a check of geo.md 8 (`G-01`, `C-01`, `dates`, `class`) or `bad_file`."""

    def __str__(self) -> str:
        parts = [part for part in (self.file, self.place) if part]
        return ": ".join([*parts, f"{self.code} {self.text}"])
