"""How one department stands by the rules of the daily reminder, slow or not, and the cases behind it (evaluation.md 12)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from gridcase.config.tables import Slow
from gridcase.facts import Span
from gridcase.reminders.queries import department_at, standings_at
from gridcase.reminders.rules import CaseStanding, Figures, broken_rules


@dataclass(frozen=True, slots=True)
class Efficiency:
    """The figures of a department in the period so far, the rules it breaks, the cases that pull it down.

    `is_rate_used` is False with too few cases due for the rate to count.
    """

    figures: Figures
    slow: Slow
    rules: tuple[str, ...]
    cases: tuple[CaseStanding, ...]

    @property
    def is_slow(self) -> bool:
        """Whether the daily reminder of the last days would go out."""
        return bool(self.rules)

    @property
    def is_rate_used(self) -> bool:
        """Whether enough cases are due for the rate to count."""
        return self.figures.due >= self.slow.min_due


def efficiency_of(
    connection: Connection, district: str, department: str, *, until_now: Span, slow: Slow
) -> Efficiency:
    """The standing of a department in `[P0, T)`, judged at T, by the rule of the settings."""
    figures, cases = department_at(connection, district, department, until_now=until_now)
    return Efficiency(figures, slow, broken_rules(figures, slow), tuple(cases))


def cases_behind(
    connection: Connection, district: str, department: str, *, until_now: Span
) -> list[CaseStanding]:
    """The cases that pull a department down in `[P0, T)`, those first that it can still repair."""
    return standings_at(connection, district, [department], until_now=until_now).get(department, [])
