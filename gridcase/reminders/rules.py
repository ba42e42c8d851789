"""Who is slow, and when that is said: exact arithmetic on counts, no database (evaluation.md 12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from gridcase.config.tables import Slow
from gridcase.evaluation.periods import Period
from gridcase.facts import FactRow, Selection, Span, columns_at

RATE_RULE = "on_time_closing_rate"
BACKLOG_RULE = "overdue_open"
# What keeps a case from counting as closed on time, those first that the department can still repair.
STANDINGS = ("overdue_unhandled", "carried_over_open", "unclosed", "late_closed")

_SELECTION = Selection(mode="due")


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


@dataclass(slots=True)
class Figures:
    """The counts of one department that the rules ask for, and the cases behind them."""

    due: int = 0
    on_time_closed: int = 0
    overdue_unhandled: int = 0
    carried_over_open: int = 0
    cases: list[CaseStanding] = field(default_factory=list)

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


def figures_by_department(
    rows: Iterable[tuple[str, FactRow]], *, start: datetime, at: datetime
) -> dict[str, Figures]:
    """The figures of each department from (case number, fact row as at T), in order of department codes.

    Mode `due` with the due moment in `[start, at)`: `start` is the begin of the current period (P0), `at` is T.
    Cases held at T count nowhere. Source: evaluation.md 3 and 12.
    """
    found: dict[str, Figures] = {}
    period = Span(start, at)
    for number, row in rows:
        if row.department is None or row.due_at is None:
            continue
        counts = columns_at(row, period=period, at=at, selection=_SELECTION)
        figures = found.setdefault(row.department, Figures())
        figures.due += counts["due"]
        figures.on_time_closed += counts["on_time_closed"]
        figures.overdue_unhandled += counts["overdue_unhandled"]
        figures.carried_over_open += counts["carried_over_open"]
        standing = _standing(counts)
        if standing is not None:
            figures.cases.append(CaseStanding(number, row.due_at, standing))
    for figures in found.values():
        figures.cases.sort(key=lambda case: case.order)
    return dict(sorted(found.items()))


def _standing(counts: dict[str, int]) -> str | None:
    if counts["overdue_unhandled"] or counts["carried_over_open"]:
        return "overdue_unhandled" if counts["overdue_unhandled"] else "carried_over_open"
    if counts["due"] and not counts["on_time_closed"]:
        return "late_closed" if counts["closed"] else "unclosed"
    return None


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
