"""Adds the fact rows of a period up by source, kind, sub category and age of what is overdue (evaluation.md 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from gridcase.evaluation.completion import complete
from gridcase.evaluation.frozen.heads import Month
from gridcase.evaluation.frozen.lines import UsedRow
from gridcase.evaluation.narrowing import Narrowing
from gridcase.evaluation.rates import Sum
from gridcase.evaluation.schemes import Scheme
from gridcase.evaluation.units import KEYS
from gridcase.facts import Selection, Span, columns_at
from gridcase.facts.blocks import COLUMN_NAMES

Counts = Mapping[str, int]
# kind, main code, sub code
Category = tuple[str, str, str]
_NONE = ""

Key = TypeVar("Key", str, Category)


@dataclass(frozen=True, slots=True)
class Frame:
    """What rows are added up by: the units, the months with their T, the scheme that counts."""

    district: str
    of: str
    months: Mapping[str, Month]
    scheme: Scheme
    selection: Selection

    @property
    def last_month(self) -> str:
        """The month whose T is that of the whole period."""
        return max(self.months.values(), key=lambda month: month.as_of).period

    def unit_of(self, used: UsedRow) -> str | None:
        """The code of the unit that a row belongs to."""
        key = KEYS[self.of]
        code: str | None = self.district if key == "district" else getattr(used.row, key)
        return code

    def columns(self, used: UsedRow) -> Counts:
        """What the row adds to each count of its month, by the names of evaluation.md 3 without `_count`."""
        month = self.months[used.period]
        return columns_at(
            used.row,
            period=Span(month.start, month.end),
            at=month.as_of,
            selection=self.selection,
            is_judged_before=used.is_judged_before,
        )

    def overdue_since(self, used: UsedRow, columns: Counts) -> timedelta | None:
        """How long the case is overdue at T; None when it is not, or when a later month of the period tells it.

        Overdue are the open cases of `overdue_unhandled` and of `carried_over_open`. What was overdue at the end of
        an earlier month of a quarter is carried over into the last one (in mode `reported` nothing is).
        """
        is_open = columns["overdue_unhandled"] or columns["carried_over_open"]
        is_told_later = self.selection.mode == "due" and used.period != self.last_month
        if not is_open or is_told_later or used.row.due_at is None:
            return None
        return self.months[used.period].as_of - used.row.due_at


@dataclass(frozen=True, slots=True)
class Hanging:
    """An open case that is overdue: by number, since when, how long at T."""

    number: str
    unit: str
    category: Category
    due_at: datetime
    age: timedelta

    @property
    def days(self) -> int:
        """Whole days."""
        return self.age.days


@dataclass
class Breakdown:
    """Sums of a period by other keys than the unit: counts by column of the fact row, zeros left out.

    `ages` are by unit: how many open overdue cases have begun which day of being overdue, 1 for the first.
    """

    channels: dict[str, dict[str, int]] = field(default_factory=dict)
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    categories: dict[Category, dict[str, int]] = field(default_factory=dict)
    ages: dict[str, dict[int, int]] = field(default_factory=dict)
    longest_of: dict[str, Hanging] = field(default_factory=dict)

    @property
    def longest(self) -> Hanging | None:
        """The case that is overdue for longest; of several the first by number."""
        found = sorted(self.longest_of.values(), key=lambda case: (-case.age, case.number))
        return found[0] if found else None


def break_down(rows: Iterable[UsedRow], frame: Frame) -> Breakdown:
    """Add all rows up."""
    found = Breakdown()
    for _used in through(rows, frame, found):
        pass
    return found


def through(rows: Iterable[UsedRow], frame: Frame, found: Breakdown) -> Iterator[UsedRow]:
    """The same rows, each added to `found` as it passes."""
    for used in rows:
        _add(found, used, frame)
        yield used


def _add(found: Breakdown, used: UsedRow, frame: Frame) -> None:
    unit, row = frame.unit_of(used), used.row
    if unit is None:
        return
    columns = frame.columns(used)
    category = (row.kind or _NONE, row.main_code or _NONE, row.sub_code or _NONE)
    added = [(name, value) for name, value in columns.items() if value]
    for sums in (
        found.channels.setdefault(row.channel or _NONE, {}),
        found.kinds.setdefault(category[0], {}),
        found.categories.setdefault(category, {}),
    ):
        for name, value in added:
            sums[name] = sums.get(name, 0) + value
    age = frame.overdue_since(used, columns)
    if age is not None and row.due_at is not None:
        ages, day = found.ages.setdefault(unit, {}), day_of(age)
        ages[day] = ages.get(day, 0) + 1
        case = Hanging(used.number, unit, category, row.due_at, age)
        known = found.longest_of.get(unit)
        if known is None or (age, known.number) > (known.age, case.number):
            found.longest_of[unit] = case


def completed(found: Breakdown, scheme: Scheme) -> Breakdown:
    """The same with all counts under the names of columns, replaced and completed as the scheme does it for units."""
    return Breakdown(
        channels=_completed(found.channels, scheme),
        kinds=_completed(found.kinds, scheme),
        categories=_completed(found.categories, scheme),
        ages=found.ages,
        longest_of=found.longest_of,
    )


def _completed(part: Mapping[Key, Counts], scheme: Scheme) -> dict[Key, dict[str, int]]:
    return {
        key: complete(
            {f"{name}_count": counts.get(name, 0) for name in COLUMN_NAMES},
            replaced=scheme.counts,
            derived=scheme.derive,
        )
        for key, counts in part.items()
    }


def day_of(age: timedelta) -> int:
    """Which day of its age a case has begun: 1 up to and with 24 hours."""
    return -(-age // timedelta(days=1))


def band_of(day: int, edges: Sequence[int]) -> int:
    """The band of an age: 0 up to and with the first limit, the number of limits beyond the last one."""
    return sum(day > edge for edge in edges)


# --- the cases behind a number --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseRef:
    """Which cases a number counts: those that add to a column, in a unit, of a source, of a category, of a band of age.

    `category` is kind or kind/main/sub; `band` counts what is overdue, whatever the column. With `group` it is the sum
    of the units of a group, which the ranking opens.
    """

    column: str
    unit: str = ""
    channel: str = ""
    category: str = ""
    band: int | None = None
    group: str | None = None

    @property
    def narrowed(self) -> Narrowing:
        """Which cases are meant, without regard to column and band."""
        return Narrowing(frozenset({self.unit}) if self.unit else None, self.channel, self.category)


def cases_behind(
    rows: Iterable[UsedRow], frame: Frame, ref: CaseRef, *, edges: Sequence[int]
) -> dict[str, int]:
    """The cases behind a number with what each adds to it, by number; their sum is the number.

    `edges` are the limits of the bands of age, in days.
    """
    found: dict[str, int] = {}
    narrowed = ref.narrowed
    for used in rows:
        if not narrowed.holds(frame.unit_of(used)) or not narrowed.is_of(used.row):
            continue
        value = _value(used, frame, ref, edges=edges)
        if value:
            found[used.number] = found.get(used.number, 0) + value
    return dict(sorted((number, value) for number, value in found.items() if value))


def _value(used: UsedRow, frame: Frame, ref: CaseRef, *, edges: Sequence[int]) -> int:
    columns = frame.columns(used)
    if ref.band is not None:
        age = frame.overdue_since(used, columns)
        return int(age is not None and band_of(day_of(age), edges) == ref.band)
    return _sum(frame.scheme.counts, ref.column, columns)


def _sum(replaced: Mapping[str, Sum], column: str, columns: Counts) -> int:
    """What the row adds to a column, through the sums by which the scheme replaces it."""
    if column not in replaced:
        return columns.get(column.removesuffix("_count"), 0)
    return sum(
        term.sign * _sum(_without(replaced, column), term.column, columns) for term in replaced[column]
    )


def _without(replaced: Mapping[str, Sum], column: str) -> Mapping[str, Sum]:
    return {name: terms for name, terms in replaced.items() if name != column}


def band_edges(edges: Sequence[int]) -> list[tuple[int, int | None]]:
    """Lower and upper limit of each band in days; None = no upper one."""
    return list(zip((0, *edges), (*edges, None), strict=True))
