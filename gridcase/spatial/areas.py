"""The table of districts, streets and communities: names, aliases, parents and life spans (geo.md 2, 5, G-19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from gridcase.errors import Invalid, NotFound
from gridcase.spatial.spans import ALWAYS, Span


@dataclass(frozen=True)
class Area:
    """One unit; `level` is district, street or community. `is_pilot` comes from the outline of a street."""

    code: str
    name: str
    level: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    span: Span = ALWAYS
    is_pilot: bool = False


class AreaTable:
    """All areas of an installation by their code."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = {area.code: area for area in sorted(areas, key=lambda area: area.code)}
        self._by_alias: dict[tuple[str, str], list[str]] = {}
        for area in self._areas.values():
            for alias in dict.fromkeys((area.name, *area.aliases)):
                self._by_alias.setdefault((area.level, alias), []).append(area.code)

    def __contains__(self, code: str) -> bool:
        return code in self._areas

    def __len__(self) -> int:
        return len(self._areas)

    def __iter__(self) -> Iterator[Area]:
        return iter(self._areas.values())

    def get(self, code: str) -> Area:
        """The area of this code. Raises NotFound `unknown_area`."""
        try:
            return self._areas[code]
        except KeyError:
            raise NotFound("unknown_area", f"there is no area {code!r}", area=code) from None

    def find(self, code: str) -> Area | None:
        """The area of this code, or None."""
        return self._areas.get(code)

    def name(self, code: str) -> str:
        """The full name. Raises NotFound `unknown_area`."""
        return self.get(code).name

    def level(self, code: str) -> str:
        """district, street or community. Raises NotFound `unknown_area`."""
        return self.get(code).level

    def parent(self, code: str) -> str | None:
        """The code of the unit above, None for a district. Raises NotFound `unknown_area`."""
        return self.get(code).parent

    def of_level(self, level: str, on: date) -> list[Area]:
        """The areas of one level valid at the date, by code."""
        return [area for area in self._areas.values() if area.level == level and area.span.holds(on)]

    def all_of_level(self, level: str) -> list[Area]:
        """The areas of one level of all times, by code."""
        return [area for area in self._areas.values() if area.level == level]

    def children(self, code: str, on: date) -> list[Area]:
        """The units directly below this one valid at the date, by code."""
        return [area for area in self._areas.values() if area.parent == code and area.span.holds(on)]

    def resolve(self, alias: str, level: str) -> str:
        """The code that a name or alias of this level stands for; blanks around it do not count (G-19).

        Raises Invalid `unknown_area_name` for an unknown name and `ambiguous_area_name` when several areas
        bear it: a name is never guessed.
        """
        codes = self._by_alias.get((level, alias.strip()), [])
        if not codes:
            raise Invalid("unknown_area_name", f"no {level} is called {alias!r}", name=alias, level=level)
        if len(codes) > 1:
            told = ", ".join(codes)
            raise Invalid(
                "ambiguous_area_name", f"{alias!r} names {told}", name=alias, level=level, areas=codes
            )
        return codes[0]
