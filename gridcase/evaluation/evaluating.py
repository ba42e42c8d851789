"""Evaluates units by a scheme: completes counts, computes rates, scores, grades, ranks and totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from gridcase.evaluation.columns import COUNT_COLUMNS
from gridcase.evaluation.completion import complete
from gridcase.evaluation.counts_file import UnitCounts
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.ranking import Candidate, Place, rank_units
from gridcase.evaluation.rates import Rate, Ratio, Values, ratio_of
from gridcase.evaluation.schemes import Grade, Scheme
from gridcase.evaluation.scoring import Score, score_of


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One unit: its known counts, its rates (EMPTY for 0/0), its score (None when the scheme has no item)."""

    unit: str
    group: str
    counts: dict[str, int]
    rates: dict[str, Ratio]
    score: Score | None
    grade: Grade | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of one group: counts that every unit has, and the rates of these sums."""

    group: str
    counts: dict[str, int]
    rates: dict[str, Ratio]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer of a scheme; `units` in the order of the input, `formulas` in the order of evaluation.md 4."""

    scheme: Scheme
    printing: Printing
    formulas: tuple[Rate, ...]
    units: tuple[UnitResult, ...]
    totals: tuple[Total, ...]


def evaluate(scheme: Scheme, rows: Sequence[UnitCounts], *, digits: int | None = None) -> Evaluation:
    """Evaluate the rows by the scheme; `digits` (0 to 6) overrides the scheme's decimals of rates and score."""
    printing = scheme.printing if digits is None else replace(scheme.printing, digits=digits)
    completed = [completed_counts(scheme, row) for row in rows]
    candidates = [candidate_of(scheme, row, counts) for row, counts in zip(rows, completed, strict=True)]
    values, scores = [each.values for each in candidates], [each.score for each in candidates]
    places = rank_units(scheme, candidates, printing)
    units = tuple(
        UnitResult(
            row.unit,
            row.group,
            _in_order(completed[n]),
            _rates(scheme, values[n]),
            scores[n],
            grade_of(scheme, scores[n], printing),
            places[n],
        )
        for n, row in enumerate(rows)
    )
    known_rates = {name for unit in units for name in unit.rates}
    formulas = tuple(rate for name, rate in scheme.rates.items() if name in known_rates)
    return Evaluation(scheme, printing, formulas, units, _totals(scheme, units))


def completed_counts(scheme: Scheme, row: UnitCounts) -> dict[str, int]:
    """The counts of a row, given, replaced and completed (evaluation.md 8)."""
    return complete(row.counts, replaced=scheme.counts, derived=scheme.derive)


def candidate_of(scheme: Scheme, row: UnitCounts, counts: Mapping[str, int]) -> Candidate:
    """A row with its completed counts as the ranking sees it, scored."""
    values: Values = {**row.scores, **counts}
    return Candidate(row.group, values, score_of(scheme, values))


def grade_of(scheme: Scheme, score: Score | None, printing: Printing) -> Grade | None:
    """The highest grade whose lower bound the score reaches; compared as printed when the scheme says so."""
    if score is None or score.value is None:
        return None
    value = printing.rounded(score.value) if scheme.compares_printed else score.value
    return next((grade for grade in scheme.grades if value >= grade.lowest), None)


def _rates(scheme: Scheme, values: Values) -> dict[str, Ratio]:
    """Every rate of section 4 whose counts are known."""
    found = {name: ratio_of(rate, values) for name, rate in scheme.rates.items()}
    return {name: ratio for name, ratio in found.items() if ratio is not None}


def _totals(scheme: Scheme, units: Sequence[UnitResult]) -> tuple[Total, ...]:
    groups: dict[str, list[UnitResult]] = {}
    for unit in units:
        groups.setdefault(unit.group, []).append(unit)
    return tuple(_total(scheme, group, members) for group, members in groups.items())


def _total(scheme: Scheme, group: str, members: Sequence[UnitResult]) -> Total:
    shared = set.intersection(*(set(unit.counts) for unit in members))
    sums = {column: sum(unit.counts[column] for unit in members) for column in shared}
    known: Mapping[str, Fraction | int] = sums
    return Total(group, _in_order(sums), _rates(scheme, known))


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    return {column: counts[column] for column in COUNT_COLUMNS if column in counts}
