"""Which cases and acts belong to a period: half-open intervals and the choices of a scheme (evaluation.md 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MODES = ("due", "reported", "act")
CARRY_OVER = ("own_column", "included")
HANDLE_DUE = ("all_dispatched", "without_not_yet_due")
ON_TIME_CLOSING = ("handling", "closing")


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open interval `[start, end)` of a period; both aware."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime | None) -> bool:
        """Whether the moment exists and lies inside: the first second does, the end does not."""
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Selection:
    """The table `[selection]` of a scheme; the values here are its defaults (evaluation.md 6)."""

    mode: str = "due"
    carry_over: str = "own_column"
    handle_due: str = "all_dispatched"
    on_time_closing: str = "handling"
    as_of_delay_hours: int = 0
