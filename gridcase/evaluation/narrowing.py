"""Which of the cases behind a number are meant: those of some units, of a source, of a category."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.facts import FactRow

# The columns of the fact row that a category names, from left to right.
CATEGORY_KEYS = ("kind", "main_code", "sub_code")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Cases of units with these codes (None: of any unit), of a source and of a category, where these are told.

    `category` is kind, kind/main code or kind/main code/sub code.
    """

    codes: frozenset[str] | None = None
    channel: str = ""
    category: str = ""

    @property
    def parts(self) -> dict[str, str]:
        """The value that each named column of the fact row has; "" stands for none."""
        found = {"channel": self.channel} if self.channel else {}
        if self.category:
            found |= zip(CATEGORY_KEYS, self.category.split("/", 2), strict=False)
        return found

    def is_of(self, row: FactRow) -> bool:
        """Whether the case has this source and category."""
        return all((getattr(row, key) or "") == value for key, value in self.parts.items())

    def holds(self, code: str | None) -> bool:
        """Whether a unit is meant."""
        return code is not None and (self.codes is None or code in self.codes)
