"""Scores from elsewhere as values: rows of imported files, and the score of a unit from one row or several raters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby

# unit code -> column -> score out of 100
Scores = Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One imported score (evaluation.md 10): `given` out of `out_of`, both as decimal texts; None = unknown.

    `unit` is a code, `unit_name` what it was called then. `rater` is empty when nobody in particular rates;
    otherwise `expected` says how many raters of the file owe this unit a score.
    """

    column: str
    unit: str
    rater: str
    given: str | None
    out_of: str
    expected: int
    unit_name: str
    source: str
    document: str
    issued_on: date | None
    version: int
    imported_at: datetime

    @property
    def value(self) -> Fraction | None:
        """The exact score scaled to 100."""
        return None if self.given is None else Fraction(self.given) * 100 / Fraction(self.out_of)

    @property
    def order(self) -> tuple[str, str, str]:
        """Rows stand by column and unit, those of one score by rater."""
        return (self.column, self.unit, self.rater)


def scores_of(rows: Iterable[ScoreRow], *, raters_at_least: int = 0) -> dict[str, dict[str, Fraction]]:
    """The known scores by unit code and column; all rows of one score are of the same import.

    Several raters: the mean of those present; unknown when fewer than `raters_at_least` (0 = all that are
    expected). A missing score is absent, never zero.
    """
    found: dict[str, dict[str, Fraction]] = {}
    ordered = sorted(rows, key=lambda row: row.order)
    for (column, unit), group in groupby(ordered, key=lambda row: (row.column, row.unit)):
        own = list(group)
        values = [row.value for row in own if row.value is not None]
        needed = max(1, raters_at_least or max(row.expected for row in own)) if own[0].rater else 1
        if len(values) >= needed:
            found.setdefault(unit, {})[column] = sum(values, Fraction(0)) / len(values)
    return found
