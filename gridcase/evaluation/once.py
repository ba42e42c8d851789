"""What is counted when each case is judged once: units, periods with their T, and how cases are selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridcase.evaluation.periods import Period
from gridcase.facts import FactRow, Selection, Span

# One value for each key of the fact row by which is counted.
Unit = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnceQuery:
    """The cases of a district for units of the kind `of`, by keys of the fact row, in each period at its T.

    `as_of` is the T that was given, if any: a frozen month that was judged later does not serve.
    """

    district: str
    of: str
    by: Unit
    moments: Sequence[tuple[Period, datetime]]
    selection: Selection
    as_of: datetime | None = None

    @property
    def is_sum(self) -> bool:
        """Whether the period is a quarter or longer, which adds the counts of its months."""
        return len(self.moments) > 1


def unit_of(row: FactRow, by: Unit, district: str) -> Unit | None:
    """The unit of a row; the district is the one that the rows are kept by. None when one key is missing."""
    unit = [district if key == "district" else getattr(row, key) for key in by]
    return None if None in unit else tuple(unit)


def is_due_in(row: FactRow, period: Span) -> bool:
    """Whether block O of mode `due` counts the case in the period."""
    return row.is_countable and period.holds(row.due_at)
