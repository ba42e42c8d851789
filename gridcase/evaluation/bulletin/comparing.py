"""Sets a figure against the frozen one of an earlier period: counts in percent, rates and scores in points."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import RATES, Ratio, ratio_of

UP, LEVEL, DOWN = 1, 0, -1
_ARROWS = {UP: "↑", LEVEL: "", DOWN: "↓"}


@dataclass(frozen=True, slots=True)
class Change:
    """A difference as it is printed, and its direction; `direction` is None when there is nothing to compare with."""

    text: str
    direction: int | None = None

    @property
    def with_arrow(self) -> str:
        """Such as `12.34 ↑`."""
        arrow = _ARROWS.get(self.direction or LEVEL, "")
        return f"{self.text} {arrow}".rstrip()


def change_of_counts(this: int | None, earlier: int | None, printing: Printing) -> Change:
    """环比, 同比 of a count, in percent of the earlier one (evaluation.md 4)."""
    if this is None or earlier is None:
        return Change(printing.empty)
    ratio = ratio_of(RATES["change_rate"], {"this_count": this, "last_count": earlier})
    if not isinstance(ratio, Fraction):
        return Change(printing.empty)
    return Change(printing.percent(ratio), _sign(ratio))


def change_of_rates(this: Ratio | None, earlier: Ratio | None, printing: Printing) -> Change:
    """The difference of two rates in percent points, never a percent of a percent; exact until it is printed."""
    if not isinstance(this, Fraction) or not isinstance(earlier, Fraction):
        return Change(printing.empty)
    return Change(printing.number((this - earlier) * 100), _sign(this - earlier))


def change_of_scores(this: Fraction | None, earlier: Fraction | None, printing: Printing) -> Change:
    """The difference of two scores in points; exact until it is printed."""
    if this is None or earlier is None:
        return Change(printing.empty)
    return Change(printing.number(this - earlier), _sign(this - earlier))


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
