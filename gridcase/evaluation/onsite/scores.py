"""Scores of on-site checks as exact numbers: dust by weight 以克论净, lamps 亮灯率, exam sheets, and their mean (evaluation.md 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

FULL = Fraction(100)
MAIN, OTHER, INTACT = "main", "other", "intact"


@dataclass(frozen=True, slots=True)
class DustSample:
    """One sample: grams of dust on some square metres of a road of class 1 to 4."""

    unit: str
    road_class: int
    grams: Fraction
    area: Fraction
    checked_on: date

    def passes(self, limits: Sequence[Decimal]) -> bool:
        """Whether grams a square metre are not above the limit of the road's class; the limit itself passes."""
        return self.grams / self.area <= Fraction(limits[self.road_class - 1])


@dataclass(frozen=True, slots=True)
class LampCheck:
    """The lamps of one road: how many were looked at, how many lit; `intact` of them stood whole, None = not looked at."""

    unit: str
    road_class: str
    checked: int
    lit: int
    intact: int | None
    checked_on: date


@dataclass(frozen=True, slots=True)
class ExamLine:
    """One item of an exam sheet at one place: how often something was found; 0 = nothing."""

    unit: str
    item: str
    found: int
    checked_on: date


@dataclass(frozen=True, slots=True)
class ExamItem:
    """An item of a sheet: its points, what each finding costs, and in how many days a finding has to be put right."""

    code: str
    label: str
    points: Fraction
    per: Fraction
    days: int
    needs_photo: bool


def dust_score(samples: Iterable[DustSample], limits: Sequence[Decimal]) -> Fraction:
    """100 × passed / samples; at least one sample."""
    verdicts = [sample.passes(limits) for sample in samples]
    return FULL * sum(verdicts) / len(verdicts)


def lamp_score(checks: Iterable[LampCheck], targets: Mapping[str, Decimal]) -> Fraction:
    """100 − 1 a percent point short of its target, for main roads, other roads and intact lamps; weighted by lamps checked.

    A score is not below 0. Every check has looked at one lamp at least.
    """
    seen: dict[str, tuple[int, int]] = {}
    for check in checks:
        parts = [(check.road_class, check.checked, check.lit)]
        if check.intact is not None:
            parts.append((INTACT, check.checked, check.intact))
        for name, checked, good in parts:
            before = seen.get(name, (0, 0))
            seen[name] = (before[0] + checked, before[1] + good)
    total = sum(checked for checked, _good in seen.values())
    lost = sum(
        (
            checked * max(Fraction(targets[name]) - FULL * good / checked, Fraction(0))
            for name, (checked, good) in seen.items()
        ),
        Fraction(0),
    )
    return max(FULL - lost / total, Fraction(0))


def exam_score(lines: Iterable[ExamLine], items: Sequence[ExamItem]) -> Fraction | None:
    """The points left of all items, out of 100; an item gives no less than 0. None when an item was not examined."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.item] = found.get(line.item, 0) + line.found
    if any(item.code not in found for item in items):
        return None
    left = sum((max(item.points - item.per * found[item.code], Fraction(0)) for item in items), Fraction(0))
    return FULL * left / sum((item.points for item in items), Fraction(0))


def site_score(parts: Mapping[str, Fraction], weights: Mapping[str, Decimal]) -> Fraction | None:
    """The weighted mean of the parts that `weights` names; None when one of them is unknown, or none has a weight."""
    if not set(weights) <= set(parts) or not any(weights.values()):
        return None
    total = sum(Fraction(weight) for weight in weights.values())
    return sum((parts[name] * Fraction(weight) for name, weight in weights.items()), Fraction(0)) / total
