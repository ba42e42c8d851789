"""What a bulletin says, part by part in the order of evaluation.md 11: values only, no layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from gridcase.evaluation.bulletin.breakdown import CaseRef, Hanging
from gridcase.evaluation.bulletin.comparing import Change
from gridcase.evaluation.bulletin.judged import Judged, Unit


@dataclass(frozen=True, slots=True)
class Figure:
    """A count of the period (None = unknown) beside those of the period before and of a year before."""

    label: str
    ref: CaseRef
    value: int | None
    last: int | None
    year_ago: int | None
    change: Change
    year_change: Change


@dataclass(frozen=True, slots=True)
class RateFigure:
    """A rate with the two counts it is made of, and its differences in points.

    `text` is empty when a count is unknown; `parts`, `last` and `year_ago` are numerator and denominator.
    """

    name: str
    label: str
    text: str
    parts: tuple[int, int] | None
    last: tuple[int, int] | None
    year_ago: tuple[int, int] | None
    change: Change
    year_change: Change


@dataclass(frozen=True, slots=True)
class TotalLine:
    """One line of the totals: a count, and the rate that belongs to it, if any."""

    figure: Figure
    rate: RateFigure | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A source, a kind or a sub category: cases filed with their share of all filed, and all its counts.

    `share` is percent as printed; `rates` those of the table by name, as printed.
    """

    key: str
    label: str
    figure: Figure
    share: str
    whole: int
    counts: Mapping[str, int]
    rates: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RankRow:
    """A unit in its place; `previous` is the table entry of the period before, `year_ago` that of a year before.

    `adjustment` are the points that bonus and deduction items add and take, as printed, empty without such items;
    `system` is the score of the system's own figures; `points` those of each item of the scheme, as printed,
    and `exact_points` before they were rounded.
    """

    unit: Unit
    previous: Unit | None
    adjustment: str
    system: str
    points: tuple[str, ...]
    exact_points: tuple[Fraction | None, ...]
    change: Change
    year_change: Change


@dataclass(frozen=True, slots=True)
class RankedGroup:
    """The units of one group by rank; `best` share the first rank, `worst` the last, when there are two ranks."""

    name: str
    rows: tuple[RankRow, ...]
    counts: Mapping[str, int]
    rates: Mapping[str, str]
    amended: Mapping[str, str]
    best: tuple[RankRow, ...]
    worst: tuple[RankRow, ...]


@dataclass(frozen=True, slots=True)
class BacklogLine:
    """What a unit carried over and has overdue; `ages` counts its open overdue cases by band of age."""

    code: str
    name: str
    carried_over: int
    carried_over_open: int
    overdue: int
    held: int
    ages: tuple[int, ...]
    longest: Hanging | None

    @property
    def open_count(self) -> int:
        """Open overdue cases, each once."""
        return sum(self.ages)


@dataclass(frozen=True, slots=True)
class Backlog:
    """The backlog by unit with its sum; `bands` are lower and upper limits in days, None = no upper one."""

    bands: tuple[tuple[int, int | None], ...]
    lines: tuple[BacklogLine, ...]
    total: BacklogLine
    longest: Hanging | None
    longest_category: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The sums of one frozen period; `rates` as printed. `is_comparable`: same formulas, same scheme, same version."""

    period: str
    counts: Mapping[str, int]
    rates: Mapping[str, str]
    exact: Mapping[str, Fraction]
    is_comparable: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit on the red or the black list of its group."""

    group: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Card:
    """A yellow card for a score below the limit, a red one after so many periods below it in a row."""

    colour: str
    unit: Unit
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the red or the black list, entered by hand with the case that proves it."""

    colour: str
    name: str
    address: str
    case: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Reward:
    """What a rank or a grade earns or costs a unit: amount of money, points, or both, as written in the table."""

    unit: Unit
    reason: str
    amount: str
    points: str
    note: str


@dataclass(frozen=True, slots=True)
class Hand:
    """What people write: number and date of the paper, who signs, problems and demands, places."""

    number: str = ""
    signature: str = ""
    issued_on: date | None = None
    text: str = ""
    places: tuple[Place, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text by hand, line by line, without empty ones."""
        return tuple(line.strip() for line in self.text.splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The whole bulletin. `marks` stand under its title, such as that the data are made up; `whole` holds the counts of the area record of the same period, for one of departments."""

    site: str
    title: str
    marks: tuple[str, ...]
    period_words: str
    judged: Judged
    previous: Judged | None
    year_ago: Judged | None
    hand: Hand
    basis: tuple[str, ...]
    totals: tuple[TotalLine, ...]
    whole: Mapping[str, int]
    sources: tuple[Share, ...]
    kinds: tuple[Share, ...]
    top: tuple[Share, ...]
    groups: tuple[RankedGroup, ...]
    backlog: Backlog
    trend: tuple[TrendPoint, ...]
    red: tuple[Listed, ...]
    black: tuple[Listed, ...]
    list_rules: tuple[str, ...]
    cards: tuple[Card, ...]
    card_rule: str
    rewards: tuple[Reward, ...]
    formulas: tuple[str, ...]
    notes: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def is_draft(self) -> bool:
        """Whether the period is not frozen: the mark 未发布 then stands on every page."""
        return self.judged.sealed is None

    @property
    def made_at(self) -> datetime:
        """The moment that documents bear: when the figures were frozen, T for a draft."""
        sealed = self.judged.sealed
        return self.judged.as_of if sealed is None else sealed.at
