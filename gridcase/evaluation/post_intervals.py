"""How far chance alone may carry a rate of few cases: the Wilson interval, so that nobody is judged by three acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from gridcase.evaluation.evaluating import Evaluation
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import Rate, sum_of
from gridcase.evaluation.scheme_reads import rates_of
from gridcase.evaluation.units import JudgedUnit

# Two-sided 95 %.
_Z = Decimal("1.96")
# Below this many acts a rate says little of the person: the table says so.
SMALL = 30
_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Interval:
    """A rate `part`/`whole` of one person, and where the person's true rate lies with 95 % certainty (0 to 1)."""

    person: JudgedUnit
    rate: Rate
    part: int
    whole: int
    low: Fraction
    high: Fraction

    @property
    def value(self) -> Fraction:
        """The rate itself, 0 to 1."""
        return Fraction(self.part, self.whole)

    @property
    def is_small(self) -> bool:
        """Whether so few acts stand behind the rate that ranks by it may be chance."""
        return self.whole < SMALL


def wilson(part: int, whole: int) -> tuple[Fraction, Fraction]:
    """The Wilson score interval of `part` out of `whole` (0 <= part <= whole, whole > 0), 95 %, each end 0 to 1.

    Source: E. B. Wilson, 1927; unlike the plain normal one it stays inside 0 to 1 and is right for few acts.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        n, share = Decimal(whole), Decimal(part) / Decimal(whole)
        squared = _Z * _Z
        middle = share + squared / (2 * n)
        spread = _Z * (share * (1 - share) / n + squared / (4 * n * n)).sqrt()
        ends = ((middle - spread) / (1 + squared / n), (middle + spread) / (1 + squared / n))
    low, high = (min(max(Fraction(end), Fraction(0)), Fraction(1)) for end in ends)
    return (Fraction(0) if part == 0 else low), (Fraction(1) if part == whole else high)


def intervals_of(evaluation: Evaluation, people: Sequence[JudgedUnit]) -> list[Interval]:
    """The intervals of every rate that the scheme judges by, by person; rates over 0, or past 1, have none."""
    wanted = list(dict.fromkeys(name for item in evaluation.scheme.items for name in rates_of(item)))
    rates = [evaluation.scheme.rates[name] for name in wanted]
    found = []
    for person, unit in zip(people, evaluation.units, strict=True):
        for rate in rates:
            part, whole = sum_of(rate.numerator, unit.counts), sum_of(rate.denominator, unit.counts)
            if part is None or whole is None or not 0 <= part <= whole or whole == 0:
                continue
            low, high = wilson(int(part), int(whole))
            found.append(Interval(person, rate, int(part), int(whole), low, high))
    return found


def intervals_as_json(found: Sequence[Interval], printing: Printing) -> list[dict[str, Any]]:
    """Plain JSON values by name; the ends as printed percents."""
    return [
        {
            "unit": one.person.name,
            "code": one.person.code,
            "rate": one.rate.name,
            "part": one.part,
            "whole": one.whole,
            "low": printing.percent(one.low),
            "high": printing.percent(one.high),
            "is_small": one.is_small,
        }
        for one in found
    ]


def fairness_notes(found: Sequence[Interval], printing: Printing) -> list[str]:
    """What stands under the table where few acts are behind a rate; nothing when there are many behind all."""
    small = [one for one in found if one.is_small]
    if not small:
        return []
    head = f"公平提示：下列各率不足 {SMALL} 件，名次的先后可能出于偶然；括号内为 95% 置信区间 (Wilson)"
    return [head, *(f"  {_line(one, printing)}" for one in small)]


def _line(one: Interval, printing: Printing) -> str:
    value, low, high = (printing.percent(each) for each in (one.value, one.low, one.high))
    return f"{one.person.name} {one.rate.label} {one.part}/{one.whole} = {value}（{low} 至 {high}）"
