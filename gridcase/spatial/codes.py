"""Code schemes as named settings, and the numbering of unit grid cells (geo.md 4, checks G-01 to G-05)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gridcase.errors import Invalid, nearest_name

DISTRICT_LENGTH, STREET_LENGTH, COMMUNITY_LENGTH = 6, 9, 12
# Level of an area and the length of its code; a longer code begins with the code of its parent.
LEVELS = {"district": DISTRICT_LENGTH, "street": STREET_LENGTH, "community": COMMUNITY_LENGTH}
_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class CodeScheme:
    """Lengths of the parts of each code; `allow_letters` lets capitals stand after the district."""

    name: str
    cell: tuple[int, ...]
    component: tuple[int, ...]
    event: tuple[int, ...]
    allow_letters: bool = False

    @property
    def cell_length(self) -> int:
        return sum(self.cell)

    @property
    def number_length(self) -> int:
        """Digits of the number of a cell inside its community."""
        return self.cell[-1]


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        CodeScheme("cjt213", (6, 3, 3, 2), (6, 2, 2, 6), (6, 2, 2)),
        CodeScheme("gbt30428", (6, 3, 3, 3), (6, 2, 2, 6), (6, 2, 2)),
        CodeScheme("gbt47678", (6, 3, 3, 3), (6, 2, 3, 6), (6, 2, 3)),
    )
}


def find_scheme(name: str) -> CodeScheme:
    """The scheme of this name. Raises Invalid `unknown_code_scheme` with the nearest right name."""
    if name not in SCHEMES:
        near = nearest_name(name, list(SCHEMES))
        raise Invalid("unknown_code_scheme", f"unknown code scheme {name!r}, nearest is {near}", scheme=name)
    return SCHEMES[name]


def code_fault(code: str, length: int, *, letters_from: int | None = None) -> str | None:
    """What is wrong with a code of `length` digits, naming the first bad position from 1, or None (G-01).

    `letters_from`: the position from which capitals are legal too.
    """
    for position, character in enumerate(code, start=1):
        if character in _DIGITS:
            continue
        if letters_from is not None and position >= letters_from and character in _CAPITALS:
            continue
        return f"character {position} of {code!r} is {_describe(character)}; only digits 0-9 are legal"
    if len(code) != length:
        at = min(len(code), length) + 1
        wrong = "too short" if len(code) < length else "too long"
        return f"{code!r} has {len(code)} characters instead of {length}: {wrong} from character {at} on"
    return None


def _describe(character: str) -> str:
    if character.isspace():
        return "a blank"
    if unicodedata.normalize("NFKC", character) in _DIGITS:
        return f"{character!r}, a full-width or foreign digit"
    if character.isalpha():
        return f"{character!r}, a letter"
    return f"{character!r}"


def cell_code_fault(code: str, scheme: CodeScheme) -> str | None:
    """`code_fault` of a cell code by its scheme."""
    letters_from = DISTRICT_LENGTH + 1 if scheme.allow_letters else None
    return code_fault(code, scheme.cell_length, letters_from=letters_from)


def next_number(taken: Collection[int], scheme: CodeScheme) -> int:
    """The next free number of a community: one above the highest ever given, 1 for the first (G-04, G-05).

    Raises Invalid `numbers_used_up` past the highest number of the scheme; it never wraps.
    """
    number = max(taken, default=0) + 1
    highest = 10**scheme.number_length - 1
    if number > highest:
        raise Invalid(
            "numbers_used_up", f"the community has given all numbers up to {highest}", highest=highest
        )
    return number


def numbering_order(
    centroids: Sequence[tuple[float, float]], *, top: float, band: float = 100.0
) -> list[int]:
    """The order in which cells of one community are numbered: west to east in bands from north to south (G-05).

    `centroids` are metres (east, north); `top` is the northern edge of the community and `band` the height of
    a band in the same metres. Returns positions in `centroids`; equal places keep their order.
    """
    return sorted(
        range(len(centroids)), key=lambda at: (int((top - centroids[at][1]) // band), centroids[at][0])
    )
