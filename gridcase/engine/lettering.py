"""How wide a text stands on a drawing, and where its lines break: pure arithmetic, no font is measured."""

from __future__ import annotations

import re
import unicodedata

# Widths of signs in parts of the size of type: Chinese signs fill a square, others about this much of one.
_FULL, _NARROW = 1.0, 0.58
# A Chinese sign may end a line anywhere; a word of letters stays whole.
_PIECES = re.compile(r"[\u0021-\u02ff]+\s*|\s+|.", re.DOTALL)
# Marks that may not begin a line.
_NOT_FIRST = "，。、；：）”·"


def text_width(text: str, size: float) -> float:
    """The width of a text in pixels, set in type of `size` pixels."""
    full = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in text)
    return size * (full * _FULL + (len(text) - full) * _NARROW)


def broken(text: str, size: float, *, most: float) -> tuple[str, ...]:
    """The lines of a text, none wider than `most` pixels unless it is one word; at least one line."""
    lines: list[str] = []
    line = ""
    for piece in _PIECES.findall(text):
        is_over = text_width(line + piece.rstrip(), size) > most
        if line and is_over and piece[0] not in _NOT_FIRST:
            lines.append(line.strip())
            line = piece
        else:
            line += piece
    return (*lines, line.strip())
