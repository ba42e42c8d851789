"""What is asked about: a period, the moment T it is looked at, the cut-off up to which the month is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from gridcase.clock import CHINA
from gridcase.config.integrity import Integrity
from gridcase.evaluation.periods import Period, period_of


@dataclass(frozen=True)
class IntegrityQuery:
    """A month of a district as its steps strictly before `at` (T) tell it; `start_day` is that of its months.

    `cut_off` is the moment up to which the month is judged, or T where that comes first.
    """

    district: str
    period: Period
    at: datetime
    cut_off: datetime
    settings: Integrity
    start_day: int = 1

    @property
    def is_over(self) -> bool:
        """Whether T lies at the end of the period or after it."""
        return self.at >= self.period.span.end

    @property
    def until(self) -> datetime:
        """The end of the period, or T where that comes first."""
        return min(self.at, self.period.span.end)

    @property
    def voids_from(self) -> datetime:
        """The first moment of the last hours of the period."""
        return self.period.span.end - timedelta(hours=self.settings.void_hours)

    @property
    def closings_from(self) -> datetime:
        """The first moment of the last minutes before the cut-off."""
        return self.cut_off - timedelta(minutes=self.settings.closing_minutes)

    @cached_property
    def months_before(self) -> tuple[Period, ...]:
        """The months before the period against which cells are compared, the earliest first."""
        found: list[Period] = []
        start = self.period.start
        for _ in range(self.settings.cell_months):
            month = period_of((start - timedelta(seconds=1)).astimezone(CHINA), start_day=self.start_day)
            found.append(month)
            start = month.start
        return tuple(reversed(found))
