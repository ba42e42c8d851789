"""A scheme as data: what is selected, counted, scored, graded and ranked (evaluation.md 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import Rate, Sum, Term
from gridcase.facts.selection import Selection

UNITS = (
    "cell",
    "community",
    "street",
    "district",
    "area",
    "department",
    "inspector",
    "intake_operator",
    "shift_supervisor",
    "dispatcher",
    "any",
)
WHEN_EMPTY = ("unranked", "full", "zero", "leave_out")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of `zero_score_when`: the column is above a number, or is exactly one."""

    column: str
    above: Fraction | None
    equals: Fraction | None


@dataclass(frozen=True, slots=True)
class RateItem:
    """points × rate, or × (1 − rate)."""

    name: str
    label: str
    points: Fraction
    rate: str
    is_inverted: bool = False
    when_empty: str = "unranked"


@dataclass(frozen=True, slots=True)
class MeanOverCells:
    """How `rank` makes a score: the mean of an item's marks over the unit's cells, by the scheme of each class."""

    of_item: str
    scheme_of_class: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """points × column/100; `from_scheme` or `mean` tells how `rank` computes the column, if it does."""

    name: str
    label: str
    points: Fraction
    column: str
    from_scheme: str | None = None
    mean: MeanOverCells | None = None
    when_empty: str = "unranked"


@dataclass(frozen=True, slots=True)
class BandsItem:
    """points × mark/100 of the first band whose upper limit is not passed, else of `above`."""

    name: str
    label: str
    points: Fraction
    column: str | None
    rate: str | None
    bands: tuple[tuple[Fraction, Fraction], ...]
    above: Fraction
    when_empty: str = "unranked"


@dataclass(frozen=True, slots=True)
class Target:
    """One rate of a threshold item: points lost for each percent point short of the target."""

    rate: str
    target: Fraction
    per_point: Fraction


@dataclass(frozen=True, slots=True)
class ThresholdItem:
    """points − Σ per_point × percent points short, not below floor."""

    name: str
    label: str
    points: Fraction
    terms: tuple[Target, ...]
    floor: Fraction = Fraction(0)
    when_empty: str = "unranked"


@dataclass(frozen=True, slots=True)
class PerCount:
    """Points for each count of a column."""

    column: str
    per: Fraction


@dataclass(frozen=True, slots=True)
class DeductItem:
    """points − Σ per × count, not below floor."""

    name: str
    label: str
    points: Fraction
    terms: tuple[PerCount, ...]
    floor: Fraction = Fraction(0)
    when_empty: str = "unranked"


@dataclass(frozen=True, slots=True)
class BonusItem:
    """Σ per × count, at most `most`, on top of the points of the others."""

    name: str
    label: str
    most: Fraction
    terms: tuple[PerCount, ...]
    when_empty: str = "unranked"


Item = RateItem | ScoreItem | BandsItem | ThresholdItem | DeductItem | BonusItem


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade from this score on."""

    lowest: Fraction
    grade: str
    colour: str


@dataclass(frozen=True, slots=True)
class MinCount:
    """Fewer than this many: shown, not ranked."""

    column: str
    at_least: Fraction


@dataclass(frozen=True, slots=True)
class Ranking:
    """The table `[ranking]`; `by` is `score` or a rate name, `then_by` further columns or rates with their sign."""

    by: str = "score"
    is_descending: bool = True
    ties: str = "dense"
    compare: str = "unrounded"
    then_by: tuple[Term, ...] = ()
    min_count: MinCount | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of an evaluation scheme. `rates` holds all rates of evaluation.md 4 with the scheme's own."""

    name: str
    version: int
    title: str
    unit: str
    valid_from: date
    floor: Fraction
    cap: Fraction | None
    has_example_weights: bool
    zero_score_when: tuple[Condition, ...]
    selection: Selection
    counts: Mapping[str, Sum]
    derive: Mapping[str, Sum]
    rates: Mapping[str, Rate]
    items: tuple[Item, ...]
    grades: tuple[Grade, ...]
    ranking: Ranking | None
    printing: Printing
    text: str

    @property
    def compares_printed(self) -> bool:
        """Whether scores are graded and ranked as they are printed."""
        return self.ranking is not None and self.ranking.compare == "printed"
