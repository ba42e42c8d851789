"""Columns of text that stand straight although Chinese characters are two places wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_WIDE = ("W", "F")


def width_of(text: str) -> int:
    """Places on a terminal: two for wide characters, none for combining marks, one for others."""
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in _WIDE
        else 1
        for character in text
    )


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> str:
    """Header and rows; the first `left` columns begin at the left edge, the others end at the right one."""
    lines = [header, *rows]
    widths = [max(width_of(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(_line(line, widths, left) for line in lines)


def _line(fields: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = []
    for column, (field, width) in enumerate(zip(fields, widths, strict=True)):
        blanks = " " * (width - width_of(field))
        padded.append(field + blanks if column < left else blanks + field)
    return "  ".join(padded).rstrip()
