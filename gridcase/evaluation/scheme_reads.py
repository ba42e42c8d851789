"""Which rates, counts and scores a scheme looks at when it scores and ranks: no other one can change a rank."""

from __future__ import annotations

from collections.abc import Iterator

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


def counts_read(scheme: Scheme, find: FindScheme) -> frozenset[str]:
    """The names without `_count`; a count that `[counts]` replaces stands for its parts.

    `find` finds the schemes that this one takes totals from; marks of cells are none of a department.
    """
    found: set[str] = set()
    for column in (*columns_needed(scheme), *columns_weighed(scheme)):
        if not is_score(column):
            found |= _parts(scheme, column, ())
    for item in scheme.items:
        if isinstance(item, ScoreItem) and item.from_scheme is not None:
            found |= counts_read(find(item.from_scheme), find)
    return frozenset(found)


def columns_needed(scheme: Scheme) -> Iterator[str]:
    """The columns of counts and scores without which score or rank are unknown, in the order of the items."""
    for item in scheme.items:
        if isinstance(item, ScoreItem):
            yield item.column
        yield from _of_item(scheme, item)
    ranking = scheme.ranking
    if ranking is not None and ranking.by in RATES:
        yield from _named(scheme, ranking.by)
    if ranking is not None and ranking.min_count is not None:
        yield ranking.min_count.column


def columns_weighed(scheme: Scheme) -> Iterator[str]:
    """The columns that decide too, but may be unknown: conditions for a score of 0, what settles between equals."""
    yield from (condition.column for condition in scheme.zero_score_when)
    if scheme.ranking is not None:
        for term in scheme.ranking.then_by:
            yield from _named(scheme, term.column)


def rates_of(item: Item) -> Iterator[str]:
    """The rates that an item looks at, by name."""
    if isinstance(item, RateItem):
        yield item.rate
    elif isinstance(item, ThresholdItem):
        yield from (term.rate for term in item.terms)
    elif isinstance(item, BandsItem) and item.rate is not None:
        yield item.rate


def may_be_empty(item: Item) -> bool:
    """Whether an item can be 0/0: one that is made of a rate."""
    return any(True for _rate in rates_of(item))


def counts_of(item: Item) -> Iterator[str]:
    """The counts that an item looks at itself, by their names in files."""
    if isinstance(item, DeductItem | BonusItem):
        yield from (term.column for term in item.terms)
    elif isinstance(item, BandsItem) and item.column is not None:
        yield item.column


def _named(scheme: Scheme, name: str) -> Iterator[str]:
    """The columns behind the name of a rate or of a column."""
    if name not in RATES:
        yield name
        return
    rate = scheme.rates[name]
    yield from (term.column for term in (*rate.numerator, *rate.denominator))


def _of_item(scheme: Scheme, item: Item) -> Iterator[str]:
    yield from counts_of(item)
    for name in rates_of(item):
        yield from _named(scheme, name)


def _parts(scheme: Scheme, column: str, above: tuple[str, ...]) -> set[str]:
    if column not in scheme.counts or column in above:
        return {column.removesuffix("_count")}
    parts: set[str] = set()
    for term in scheme.counts[column]:
        parts |= _parts(scheme, term.column, (*above, column))
    return parts
