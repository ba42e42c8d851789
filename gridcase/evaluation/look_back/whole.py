"""What the units of a month come to together: the rates of all their counts, and how their scores lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gridcase.evaluation.bulletin.judged import summed
from gridcase.evaluation.look_back.standings import MonthTable, Standing
from gridcase.evaluation.rates import Ratio, ratio_of


@dataclass(frozen=True)
class Whole:
    """All units of one month together.

    `rates` are exact and those of the added counts (evaluation.md 9, totals), without those whose counts are unknown;
    `mean`, `best` and `worst` are of the scores as they are printed, None where no unit has one.
    """

    table: MonthTable
    rates: Mapping[str, Ratio]
    mean: Fraction | None
    best: Fraction | None
    worst: Fraction | None


def whole_of(table: MonthTable, rates: Sequence[str]) -> Whole:
    """Add the units of a month up; `rates` names those that are wanted."""
    counts = summed(standing.counts for standing in table.units.values())
    known = {name: ratio_of(table.rates[name], counts) for name in rates if name in table.rates}
    scores = [score for standing in table.units.values() if (score := printed_score(standing)) is not None]
    return Whole(
        table,
        {name: ratio for name, ratio in known.items() if ratio is not None},
        sum(scores, Fraction(0)) / len(scores) if scores else None,
        max(scores, default=None),
        min(scores, default=None),
    )


def printed_score(standing: Standing) -> Fraction | None:
    """The score that people read as a number; the same whether the month was read exactly or not."""
    return Fraction(standing.score) if standing.exact is not None and standing.score else None
