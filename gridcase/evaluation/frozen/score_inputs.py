"""Which scores from elsewhere a scheme looks at, and which of them are missing (evaluation.md 9 and 10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gridcase.evaluation.columns import is_score
from gridcase.evaluation.composing import FindScheme
from gridcase.evaluation.scheme_reads import columns_needed, columns_weighed
from gridcase.evaluation.schemes import Scheme, ScoreItem
from gridcase.evaluation.score_values import Scores
from gridcase.evaluation.units import JudgedUnit


@dataclass(frozen=True, slots=True)
class ScoreColumns:
    """The `*_score` columns that come from imports: those that a score or a rank cannot do without, and all."""

    needed: frozenset[str]
    used: frozenset[str]


def score_columns(scheme: Scheme, find: FindScheme) -> ScoreColumns:
    """The imported columns of a scheme and of those that it takes scores from; computed ones are no imports."""
    needed, used = set[str](), set[str]()
    for item in scheme.items:
        if isinstance(item, ScoreItem) and item.from_scheme is not None:
            below = score_columns(find(item.from_scheme), find)
            needed |= below.needed
            used |= below.used
    computed = {item.column for item in scheme.items if isinstance(item, ScoreItem) and _is_computed(item)}
    needed |= {column for column in columns_needed(scheme) if is_score(column)} - computed
    used |= needed | ({column for column in columns_weighed(scheme) if is_score(column)} - computed)
    return ScoreColumns(frozenset(needed), frozenset(used))


def _is_computed(item: ScoreItem) -> bool:
    return item.from_scheme is not None or item.mean is not None


def missing_scores(
    units: Iterable[JudgedUnit], columns: ScoreColumns, scores: Scores
) -> list[tuple[JudgedUnit, str]]:
    """Unit and column of every needed score that is unknown, by column and unit."""
    found = [
        (unit, column)
        for unit in units
        for column in columns.needed
        if column not in scores.get(unit.code, {})
    ]
    return sorted(found, key=lambda pair: (pair[1], pair[0].code))
