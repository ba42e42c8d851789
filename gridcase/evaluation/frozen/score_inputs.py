"""Which scores from elsewhere a scheme looks at, and which of them are missing (evaluation.md 9 and 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gridcase.evaluation.columns import is_score
from gridcase.evaluation.composing import FindScheme
from gridcase.evaluation.rates import RATES
from gridcase.evaluation.schemes import (
    BandsItem,
    BonusItem,
    DeductItem,
    Item,
    RateItem,
    Scheme,
    ScoreItem,
    ThresholdItem,
)
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
    own = {column for item in scheme.items for column in _columns_of(item, scheme)}
    also: set[str] = {condition.column for condition in scheme.zero_score_when}
    if scheme.ranking is not None:
        own |= set(_by_name([scheme.ranking.by], scheme))
        own |= {scheme.ranking.min_count.column} if scheme.ranking.min_count is not None else set()
        also |= set(_by_name([term.column for term in scheme.ranking.then_by], scheme))
    needed |= {column for column in own if is_score(column)} - computed
    used |= needed | ({column for column in also if is_score(column)} - computed)
    return ScoreColumns(frozenset(needed), frozenset(used))


def _is_computed(item: ScoreItem) -> bool:
    return item.from_scheme is not None or item.mean is not None


def _columns_of(item: Item, scheme: Scheme) -> Iterator[str]:
    match item:
        case ScoreItem():
            yield item.column
        case RateItem():
            yield from _by_name([item.rate], scheme)
        case BandsItem():
            yield from _by_name([item.column or item.rate or ""], scheme)
        case ThresholdItem():
            yield from _by_name([term.rate for term in item.terms], scheme)
        case DeductItem() | BonusItem():
            yield from (term.column for term in item.terms)


def _by_name(names: Iterable[str], scheme: Scheme) -> Iterator[str]:
    """The columns behind names of columns or rates."""
    for name in names:
        if name in RATES:
            rate = scheme.rates[name]
            yield from (term.column for term in (*rate.numerator, *rate.denominator))
        else:
            yield name


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
