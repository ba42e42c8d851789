"""What pages of a department tell of its month: the forecast, what each case is worth, whether it is slow; kept a minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from gridcase.cases.book import Desk
from gridcase.errors import Invalid, Refused
from gridcase.evaluation.forecast import Forecast, forecast
from gridcase.evaluation.forecast_answer import score_of, standing_of
from gridcase.evaluation.forecast_cases import OpenCase
from gridcase.evaluation.forecast_effects import CaseEffect, Effect
from gridcase.evaluation.periods import Period, period_of
from gridcase.evaluation.printing import Printing
from gridcase.facts import Span
from gridcase.reminders.efficiency import Efficiency, efficiency_of
from gridcase.web.pages.figures import rank_request, schemes
from gridcase.web.pages.shelf import kept

OF = "departments"


@dataclass(frozen=True)
class Month:
    """The month of a department so far; `ahead` is None where the scheme ranks nothing or the unit is not judged."""

    period: Period
    ahead: Forecast | None
    efficiency: Efficiency

    @property
    def closed_late(self) -> list[str]:
        """The numbers of the cases of the period that were closed late."""
        return [case.number for case in self.efficiency.cases if case.standing == "late_closed"]

    @property
    def stakes(self) -> Mapping[str, Fraction]:
        """What is at stake with each open case, by number; those that change nothing are not among them."""
        effects = self.ahead.effects if self.ahead is not None else {}
        return {number: effect.stake for number, effect in effects.items()}

    @property
    def over_backlog(self) -> int:
        """How many cases are to be handled before the backlog alone makes nobody slow."""
        figures, slow = self.efficiency.figures, self.efficiency.slow
        return max(0, figures.overdue_open - slow.overdue_open_at_least + 1)


def present_period(desk: Desk) -> Period:
    """The period that goes on."""
    return period_of(desk.now, start_day=desk.book.settings.evaluation.period_start_day)


def month_of(desk: Desk, code: str) -> Month:
    """The present month of a department."""
    period = present_period(desk)
    return Month(period, ahead_of(desk, code, period), efficiency_so_far(desk, code, period))


def ahead_of(desk: Desk, code: str, period: Period) -> Forecast | None:
    """The forecast, computed at most once a minute; None where the scheme ranks nothing or the unit is not judged."""

    def compute() -> tuple[datetime, Forecast]:
        asked = rank_request(desk, of=OF, period=period)
        found = forecast(desk.connection, asked, schemes(), unit=code)
        return found.answer.as_of, found

    try:
        return kept(("forecast", code, period.name), desk.now, compute)
    except (Refused, Invalid):
        return None


def efficiency_so_far(desk: Desk, code: str, period: Period) -> Efficiency:
    """Whether the department is slow, and why, computed at most once a minute."""

    def compute() -> tuple[datetime, Efficiency]:
        at = desk.now.replace(microsecond=0)
        found = efficiency_of(
            desk.connection,
            desk.district,
            code,
            until_now=Span(period.span.start, at),
            slow=desk.book.settings.reminders.slow,
        )
        return at, found

    return kept(("efficiency", code, period.name), desk.now, compute)


def worth_of(month: Month, number: str) -> dict[str, Any] | None:
    """What a case is worth in words' parts: `standing`, `due_at`, `closed` and `idle` with `score` and `rates`.

    None for a case that changes nothing in this period.
    """
    ahead = month.ahead
    case: OpenCase | None = next(
        (case for case in ahead.cases if case.number == number) if ahead is not None else iter(()), None
    )
    if ahead is None or case is None:
        return None
    effect: CaseEffect = ahead.effects[number]
    printing = ahead.answer.evaluation.printing
    return {
        "standing": standing_of(case),
        "due_at": case.due_at,
        "closed": _told(effect.closed, printing),
        "idle": _told(effect.idle, printing),
    }


def standing_now(month: Month) -> dict[str, Any] | None:
    """Rank, score and how many are ranked; None for a department that is not judged."""
    ahead = month.ahead
    if ahead is None:
        return None
    return {
        "rank": ahead.now.rank,
        "score": score_of(ahead, ahead.now),
        "of": ahead.group_size,
        "as_of": ahead.answer.as_of,
    }


def _told(effect: Effect, printing: Printing) -> dict[str, Any]:
    """Printed with a sign; what rounds to nothing is left out."""
    rates = [(label, _signed(by * 100, printing)) for label, by in effect.rates.items()]
    return {
        "score": _signed(effect.score, printing) if effect.score is not None else None,
        "rates": [(label, text) for label, text in rates if text is not None],
    }


def _signed(value: Fraction, printing: Printing) -> str | None:
    if not printing.rounded(value):
        return None
    return ("+" if value > 0 else "−") + printing.number(abs(value))
