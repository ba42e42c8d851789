"""The parts of a printed bulletin: headings, paragraphs and tables, the same for paper, page and office documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridcase.evaluation.bulletin.breakdown import CaseRef

TEXT, NUMBER = "text", "number"


@dataclass(frozen=True, slots=True)
class Part:
    """Numerator or denominator of a rate; without `ref` where it is a sum of several counts."""

    value: int
    ref: CaseRef | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, and the cases behind its number, if any; under a rate, smaller, its two counts with theirs.

    `is_amended`: the text shows both values of an amendment.
    """

    text: str
    parts: tuple[Part, Part] | None = None
    ref: CaseRef | None = None
    case: str = ""
    is_amended: bool = False

    @property
    def detail(self) -> str:
        """The two counts as `5/6`."""
        return "" if self.parts is None else "/".join(str(part.value) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its label, whether it holds text or numbers, and its width beside the others."""

    label: str
    kind: str = NUMBER
    width: int = 10


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 is a part (一、), level 2 a group within it (（一）)."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body, or a `note` under a table."""

    text: str
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `is_wide` = it needs a sheet laid on its side; the last rows may be sums."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    is_wide: bool = False
    sum_rows: int = 0


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A whole bulletin as it is printed. `mark` stands on every page of a draft; `marks` are lines under the title, `closing` its last lines."""

    title: str
    number: str
    mark: str
    marks: tuple[str, ...]
    lead_title: str
    lead: tuple[str, ...]
    blocks: tuple[Block, ...]
    closing: tuple[str, ...]


_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 to 99 as 一, 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    first = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return first + (_DIGITS[ones] if ones or not tens else "")


def numbered(headings: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks with 一、 and （一） before their headings; the second level begins anew under each first."""
    found: list[Block] = []
    first = second = 0
    for block in headings:
        if isinstance(block, Heading) and block.level == 1:
            first, second = first + 1, 0
            found.append(Heading(1, f"{chinese(first)}、{block.text}"))
        elif isinstance(block, Heading):
            second += 1
            found.append(Heading(2, f"（{chinese(second)}）{block.text}"))
        else:
            found.append(block)
    return tuple(found)


def runs(blocks: Sequence[Block]) -> list[tuple[bool, list[Block]]]:
    """The blocks in their order, those that lie on one kind of sheet together: (wide or not, blocks)."""
    found: list[tuple[bool, list[Block]]] = []
    for block in blocks:
        is_wide = isinstance(block, Table) and block.is_wide
        if not found or found[-1][0] != is_wide:
            found.append((is_wide, []))
        found[-1][1].append(block)
    return found
