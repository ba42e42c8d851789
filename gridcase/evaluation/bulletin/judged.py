"""The table of units that a bulletin prints: that of a frozen record, or a draft of one that is not yet written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property

from gridcase.evaluation.frozen.heads import Cell, Month
from gridcase.evaluation.rates import Rate, Ratio, ratio_of
from gridcase.evaluation.schemes import Scheme
from gridcase.facts import Selection


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as it was published.

    `counts` by column; `rates` and `score` as printed; `inputs` are the scores that went in, `exact` the score
    itself, both exact; `amended` holds both values of what an amendment changed, by field.
    """

    code: str
    name: str
    group: str
    counts: Mapping[str, int]
    rates: Mapping[str, str]
    inputs: Mapping[str, Fraction]
    score: str | None
    exact: Fraction | None
    grade: str | None
    rank: int | None
    unranked: str | None
    amended: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """An amendment as the bulletin tells it: number, paper, reason, moment, the cells that it changed."""

    amendment: int
    ref: str
    reason: str
    at: datetime
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a frozen record says of itself after its last amendment."""

    amendment: int
    at: datetime
    inputs_sha256: str
    record_sha256: str
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class Judged:
    """All units of a period. `rates` are the formulas that were executed, with their labels; `sealed` None = a draft.

    `amended` holds both values of amended sums, by group and field.
    """

    district: str
    of: str
    period: str
    start: datetime
    end: datetime
    as_of: datetime
    months: tuple[Month, ...]
    selection: Selection
    scheme: Scheme
    formula_version: int
    rates: Mapping[str, Rate]
    units: tuple[Unit, ...]
    judged_before: int
    sealed: Sealed | None
    amended: Mapping[str, Mapping[str, str]]

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in which units are ranked, in order of first appearance."""
        return tuple(dict.fromkeys(unit.group for unit in self.units))

    def members(self, group: str) -> tuple[Unit, ...]:
        """The units of a group by rank, those without one last, each in the order of the table."""
        own = [unit for unit in self.units if unit.group == group]
        return tuple(sorted(own, key=lambda unit: (unit.rank is None, unit.rank or 0)))

    def find(self, code: str) -> Unit | None:
        """The unit of this code."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def sums(self) -> dict[str, int]:
        """The counts of all units together; a count that one of them lacks is unknown."""
        return summed(unit.counts for unit in self.units)

    def ratio(self, name: str, counts: Mapping[str, int]) -> Ratio | None:
        """A rate of these counts by the formulas of the table; None when it or a count is unknown."""
        rate = self.rates.get(name)
        return None if rate is None else ratio_of(rate, counts)


def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts added over rows, for the columns that every row has."""
    rows = list(counts)
    shared = set.intersection(*(set(row) for row in rows)) if rows else set[str]()
    return {column: sum(row[column] for row in rows) for column in sorted(shared)}
