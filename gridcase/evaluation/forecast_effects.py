"""What one open case is worth to its department: closed now, or left alone until the end of the period (evaluation.md 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from gridcase.evaluation.forecast_cases import Change, OpenCase
from gridcase.evaluation.ranking import Candidate
from gridcase.evaluation.rates import Rate, Ratio, ratio_of
from gridcase.evaluation.scheme_reads import rates_of
from gridcase.evaluation.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much a change of the counts moves the score (points; None where there is none) and the rates.

    `rates` are those that the scheme looks at and that move, by their label: fractions, not percent.
    """

    score: Fraction | None
    rates: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class CaseEffect:
    """A case closed at T, and the same case with nothing done until the end of the period."""

    closed: Effect
    idle: Effect

    @property
    def stake(self) -> Fraction:
        """What lies between the two: points of the score; without a score the sum of the rates."""
        return _weight(self.closed) - _weight(self.idle)


def _weight(effect: Effect) -> Fraction:
    return sum(effect.rates.values(), Fraction(0)) if effect.score is None else effect.score


class EffectOf:
    """The effect of any change of the counts of a department; each change is computed once."""

    def __init__(self, scheme: Scheme, candidate: Callable[[Change], Candidate]) -> None:
        self._candidate, self._now = candidate, candidate({})
        names = dict.fromkeys(name for item in scheme.items for name in rates_of(item))
        self._rates = [scheme.rates[name] for name in names if name in scheme.rates]
        self._known: dict[tuple[tuple[str, int], ...], Effect] = {}

    def of_cases(self, cases: Iterable[OpenCase]) -> dict[str, CaseEffect]:
        """The effects of open cases by number."""
        return {case.number: CaseEffect(self.of(case.change), self.of(case.idle)) for case in cases}

    def of(self, change: Change) -> Effect:
        """The effect of one change of counts."""
        key = tuple(sorted(change.items()))
        if key not in self._known:
            self._known[key] = self._effect(self._candidate(change))
        return self._known[key]

    def _effect(self, then: Candidate) -> Effect:
        moved = {rate.label: self._move(rate, then) for rate in self._rates}
        return Effect(
            _difference(_score(self._now), _score(then)), {label: by for label, by in moved.items() if by}
        )

    def _move(self, rate: Rate, then: Candidate) -> Fraction | None:
        return _difference(ratio_of(rate, self._now.values), ratio_of(rate, then.values))


def _score(candidate: Candidate) -> Fraction | None:
    return candidate.score.value if candidate.score is not None else None


def _difference(before: Ratio | None, after: Ratio | None) -> Fraction | None:
    """None where either is unknown or 0/0."""
    return after - before if isinstance(before, Fraction) and isinstance(after, Fraction) else None
