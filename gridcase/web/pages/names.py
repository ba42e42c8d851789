"""The names behind codes on pages: areas, departments, people."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from gridcase.cases.book import Desk
from gridcase.directory.people import SYSTEM
from gridcase.directory.queries import departments, find_actor


class Names:
    """Looks names up as they are asked for, each once a page. A code without a name shows as itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._people: dict[str, str] = {}

    @cached_property
    def _departments(self) -> dict[str, str]:
        return {card.code: card.name for card in departments(self._desk.connection, self._desk.district)}

    def department(self, code: str | None) -> str:
        """The name of a department."""
        return self._departments.get(code, code) if code else ""

    def area(self, code: str | None) -> str:
        """The name of a district, street or community."""
        if not code:
            return ""
        area = self._desk.book.geography.areas.find(code)
        return area.name if area else code

    def learn(self, people: Iterable[tuple[str, str]]) -> None:
        """Take over names that a page has already: pairs of user name and shown name."""
        self._people.update({name: shown for name, shown in people if shown})

    def person(self, name: str | None) -> str:
        """The shown name of a user, active or once known."""
        if not name:
            return ""
        if name == SYSTEM.name:
            return SYSTEM.display_name
        if name not in self._people:
            actor = find_actor(self._desk.connection, self._desk.district, name)
            self._people[name] = actor.display_name if actor and actor.display_name else name
        return self._people[name]

    def receiver(self, code: str | None) -> str:
        """The name of whoever a step was meant for: a department or a person."""
        if code and code in self._departments:
            return self.department(code)
        return self.person(code)
