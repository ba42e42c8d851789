"""The score of one unit by the items of a scheme, in the order of decisions of evaluation.md 6."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from gridcase.evaluation.rates import EMPTY, Empty, Ratio, Values, ratio_of
from gridcase.evaluation.schemes import (
    BandsItem,
    BonusItem,
    Condition,
    DeductItem,
    Item,
    RateItem,
    Scheme,
    ScoreItem,
    ThresholdItem,
)

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Score:
    """A total, or why there is none: `unknown` (an input is missing), `no_data` (0/0)."""

    value: Fraction | None
    reason: str | None = None


UNKNOWN = Score(None, "unknown")
NO_DATA = Score(None, "no_data")


def score_of(scheme: Scheme, values: Values) -> Score | None:
    """The exact score from counts and scores by column; None when the scheme has no item."""
    if not scheme.items:
        return None
    values_of_items = [value_of(item, scheme, values) for item in scheme.items]
    if None in values_of_items:
        return UNKNOWN
    if scheme.zero_score_when and all(_holds(condition, values) for condition in scheme.zero_score_when):
        return Score(Fraction(0))
    pairs = list(zip(scheme.items, values_of_items, strict=True))
    if any(value is EMPTY and item.when_empty == "unranked" for item, value in pairs):
        return NO_DATA
    total = _total(pairs)
    if total is None:
        return NO_DATA
    total = max(total, scheme.floor)
    return Score(total if scheme.cap is None else min(total, scheme.cap))


def _holds(condition: Condition, values: Values) -> bool:
    """A condition on an unknown column is false."""
    value = values.get(condition.column)
    if value is None:
        return False
    if condition.above is not None:
        return value > condition.above
    return value == condition.equals


def _total(pairs: list[tuple[Item, Ratio | None]]) -> Fraction | None:
    """The sum of the items; those left out hand their points to the others. None when nothing is left."""
    bonus = all_points = kept_points = kept = Fraction(0)
    is_something_left_out = False
    for item, value in pairs:
        if isinstance(item, BonusItem):
            bonus += value if isinstance(value, Fraction) else 0
            continue
        all_points += item.points
        if value is EMPTY and item.when_empty == "leave_out":
            is_something_left_out = True
            continue
        kept_points += item.points
        if isinstance(value, Fraction):
            kept += value
        elif item.when_empty == "full":
            kept += item.points
    if not is_something_left_out:
        return kept + bonus
    return None if kept_points == 0 else kept * all_points / kept_points + bonus


def value_of(item: Item, scheme: Scheme, values: Values) -> Ratio | None:
    """The points that an item gives; EMPTY when it is 0/0; None when an input is unknown."""
    match item:
        case RateItem():
            return _by_rate(item, ratio_of(scheme.rates[item.rate], values))
        case ScoreItem():
            return _by_score(item, values.get(item.column))
        case BandsItem(rate=None, column=column):
            return _by_bands(item, values.get(column or ""))
        case BandsItem(rate=rate):
            return _by_bands(item, _percent(ratio_of(scheme.rates[rate or ""], values)))
        case ThresholdItem():
            return _by_threshold(item, [ratio_of(scheme.rates[term.rate], values) for term in item.terms])
        case DeductItem():
            lost = _sum_per(item, values)
            return None if lost is None else max(item.points - lost, item.floor)
        case BonusItem():
            won = _sum_per(item, values)
            return None if won is None else min(won, item.most)


def _by_rate(item: RateItem, ratio: Ratio | None) -> Ratio | None:
    if not isinstance(ratio, Fraction):
        return ratio
    limited = min(max(ratio, Fraction(0)), Fraction(1))
    return item.points * (1 - limited if item.is_inverted else limited)


def _by_score(item: ScoreItem, value: Fraction | int | None) -> Ratio | None:
    if value is None:
        return None
    return min(max(item.points * value / _PERCENT, Fraction(0)), item.points)


def _percent(ratio: Ratio | None) -> Ratio | None:
    return ratio * _PERCENT if isinstance(ratio, Fraction) else ratio


def _by_bands(item: BandsItem, measured: Ratio | int | None) -> Ratio | None:
    if measured is None or isinstance(measured, Empty):
        return measured
    return item.points * mark_of(item, measured) / _PERCENT


def mark_of(item: BandsItem, measured: Fraction | int) -> Fraction:
    """The mark of the first band whose upper limit, itself included, is not passed; else that of `above`."""
    return next((mark for upper, mark in item.bands if measured <= upper), item.above)


def _by_threshold(item: ThresholdItem, ratios: list[Ratio | None]) -> Ratio | None:
    if None in ratios:
        return None
    lost = Fraction(0)
    for term, ratio in zip(item.terms, ratios, strict=True):
        if not isinstance(ratio, Fraction):
            return EMPTY
        lost += term.per_point * max(term.target - ratio * _PERCENT, Fraction(0))
    return max(item.points - lost, item.floor)


def _sum_per(item: DeductItem | BonusItem, values: Values) -> Fraction | None:
    total = Fraction(0)
    for term in item.terms:
        value = values.get(term.column)
        if value is None:
            return None
        total += term.per * value
    return total
