"""Prints the lines of a benchmark as a table that a terminal shows in columns and a page takes as Markdown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tests.bench.measuring import Line, Wanted

_RIGHT = range(2, 6)
HEAD = ("what", "beside", "figure", "floor", "ratio", "middle half", "wanted", "")


def table(lines: Iterable[Line]) -> str:
    """The lines as a Markdown table. `middle half` is that of the ratios, or of the figures without a floor."""
    rows = [HEAD, *(_cells(line) for line in lines)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(HEAD))]
    shown = [_row(row, widths) for row in rows]
    rule = "|".join("-" * (width + 1) + (":" if at in _RIGHT else "-") for at, width in enumerate(widths))
    return "\n".join([shown[0], f"|{rule}|", *shown[1:]])


def _cells(line: Line) -> tuple[str, ...]:
    low, high = line.spread
    return (
        line.what,
        line.beside,
        f"{number(line.figure)} {line.unit}",
        "" if line.floor is None else f"{number(line.floor)} {line.unit}",
        "" if line.ratio is None else number(line.ratio),
        f"{number(low)}–{number(high)}",
        ", ".join(_bound(wanted, line.unit) for wanted in line.wanted),
        ("kept" if line.is_kept() else "MISSED") if line.wanted else "",
    )


def _bound(wanted: Wanted, unit: str) -> str:
    sign = "≥" if wanted.is_least else "≤"
    return f"{sign} {wanted.bound:g}" + (" ×" if wanted.is_ratio else f" {unit}")


def number(value: float) -> str:
    """Three significant digits, thousands apart."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 0.01 else f"{value:.{2 if value < 10 else 1}f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _row(cells: Iterable[str], widths: list[int]) -> str:
    padded = []
    for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        blank = " " * (width - _width(cell))
        padded.append(blank + cell if at in _RIGHT else cell + blank)
    return f"| {' | '.join(padded)} |"
