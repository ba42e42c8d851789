"""Who is slow, and when that is said: exact arithmetic on counts, no database (evaluation.md 12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from gridcase.config.tables import Slow
from gridcase.evaluation.periods import Period
from gridcase.facts import FactRow, Selection, Span, columns_at

RATE_RULE = "on_time_closing_rate"
BACKLOG_RULE = "overdue_open"
# What keeps a case from counting as closed on time, those first that the department can still repair.
BACKLOG = ("overdue_unhandled", "carried_over_open")
STANDINGS = (*BACKLOG, "unclosed", "late_closed")

# What is counted: mode `due`, with the due moment in the current period so far (evaluation.md 12).
SO_FAR = Selection(mode="due")


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """A case that pulls a department's figures down: why (one of STANDINGS), and when it was due."""

    number: str
    due_at: datetime
    standing: str

    @property
    def order(self) -> tuple[bool, datetime, str]:
        """Open cases before handled ones, then by due moment, then by number."""
        return (STANDINGS.index(self.standing) > 1, self.due_at, self.number)


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of one department that the rules ask for (evaluation.md 3)."""

    due: int = 0
    on_time_closed: int = 0
    overdue_unhandled: int = 0
    carried_over_open: int = 0

    @property
    def overdue_open(self) -> int:
        """Cases that the department still owes: overdue ones of the period and of earlier ones."""
        return self.overdue_unhandled + self.carried_over_open

    @property
    def on_time_closing_rate(self) -> Fraction | None:
        """On time closed over due, exact; None when nothing is due."""
        return Fraction(self.on_time_closed, self.due) if self.due else None


def is_in_last_days(moment: datetime, period: Period, days: int) -> bool:
    """Whether `moment` lies in the last `days` days of the period: `[P1 - days, P1)`, calendar days of China."""
    return period.end - timedelta(days=days) <= moment < period.end


def standing_of(
    number: str, row: FactRow, *, until_now: Span, is_judged_before: bool = False
) -> CaseStanding | None:
    """How a case pulls its department down at T, from its fact row as at T; None when it does not.

    `until_now` is the current period so far, `[P0, T)`. A case held at T pulls nobody down, nor does one that an
    earlier frozen period judged and that is not carried over (`is_judged_before`, evaluation.md 2).
    """
    if row.department is None or row.due_at is None:
        return None
    counts = columns_at(
        row,
        period=until_now,
        at=until_now.end,
        selection=SO_FAR,
        is_judged_before=is_judged_before,
    )
    if counts["overdue_unhandled"] or counts["carried_over_open"]:
        standing = "overdue_unhandled" if counts["overdue_unhandled"] else "carried_over_open"
    elif counts["due"] and not counts["on_time_closed"]:
        standing = "late_closed" if counts["closed"] else "unclosed"
    else:
        return None
    return CaseStanding(number, row.due_at, standing)


def broken_rules(figures: Figures, slow: Slow) -> tuple[str, ...]:
    """The rules by which a department is slow, in order; empty when it is not.

    The rate counts only from `min_due` cases due on and must lie strictly below the threshold (percent); the
    backlog makes slow from `overdue_open_at_least` cases on.
    """
    rules = []
    rate = figures.on_time_closing_rate
    if (
        rate is not None
        and figures.due >= slow.min_due
        and rate * 100 < Fraction(slow.on_time_closing_rate_below)
    ):
        rules.append(RATE_RULE)
    if figures.overdue_open >= slow.overdue_open_at_least:
        rules.append(BACKLOG_RULE)
    return tuple(rules)
