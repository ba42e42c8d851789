"""The catalogue that a running process goes by: it follows what an administrator imports meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gridcase.cases.catalogue import Catalogue, Category
from gridcase.cases.following import Following, Look


class LiveCatalogue(Catalogue):
    """The catalogue of a standard as it is in force, as `Following` keeps it.

    Two looks at it may see two versions: whoever needs one to the end of an act takes `current`.
    """

    def __init__(self, standard: str, look: Look[Catalogue], *, seconds: Callable[[], float]) -> None:
        object.__setattr__(self, "standard", standard)
        object.__setattr__(self, "_following", Following(look, seconds=seconds))

    @property
    def current(self) -> Catalogue:
        """The catalogue in force."""
        following: Following[Catalogue] = self.__dict__["_following"]
        return following.current

    @property
    def categories(self) -> Mapping[tuple[str, str, str], Category]:
        """The categories in force."""
        return self.current.categories

    @property
    def version(self) -> int:
        """The version in force."""
        return self.current.version

    def refresh(self) -> None:
        """Look now, whenever it was looked last: for whoever has just imported a table."""
        following: Following[Catalogue] = self.__dict__["_following"]
        following.refresh()
