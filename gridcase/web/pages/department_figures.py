"""What pages of a department tell of its month: the forecast, what each case is worth, whether it is slow; kept a minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, TypeVar

from gridcase.cases.book import Desk
from gridcase.clock import CHINA
from gridcase.errors import Invalid, Refused
from gridcase.evaluation.forecast import (
    Forecast,
    Gathered,
    Prospect,
    forecast_in,
    gather_for_forecasts,
    prospect_in,
)
from gridcase.evaluation.forecast_answer import score_of, standing_of
from gridcase.evaluation.forecast_cases import OpenCase
from gridcase.evaluation.forecast_effects import CaseEffect, Effect
from gridcase.evaluation.periods import Period, last_month, parse_period, period_of
from gridcase.evaluation.printing import Printing
from gridcase.facts import Span
from gridcase.reminders.efficiency import Efficiency, cases_behind, efficiency_of
from gridcase.reminders.rules import BACKLOG, CaseStanding
from gridcase.web.pages.figures import rank_request, schemes
from gridcase.web.pages.shelf import kept

Found = TypeVar("Found", bound=Prospect)

OF, LATE = "departments", "late_closed"


@dataclass(frozen=True)
class Month:
    """The month of a department so far, as its desk needs it.

    `ahead` is None where the scheme ranks nothing or the unit is not judged; `behind` are the cases that pull it
    down; from `backlog_from` overdue and carried-over cases on it is slow.
    """

    period: Period
    ahead: Prospect | None
    behind: tuple[CaseStanding, ...]
    backlog_from: int

    @property
    def stakes(self) -> Mapping[str, Fraction]:
        """What is at stake with each open case, by number; those that change nothing are not among them."""
        effects = self.ahead.effects if self.ahead is not None else {}
        return {number: effect.stake for number, effect in effects.items()}

    @property
    def backlog(self) -> int:
        """How many cases are overdue or carried over, and not handled."""
        return sum(case.standing in BACKLOG for case in self.behind)

    @property
    def over_backlog(self) -> int:
        """How many of them are to be handled before they alone make nobody slow."""
        return max(0, self.backlog - self.backlog_from + 1)


def present_period(desk: Desk) -> Period:
    """The period that goes on."""
    return period_of(desk.now, start_day=desk.book.settings.evaluation.period_start_day)


def month_of(desk: Desk, code: str) -> Month:
    """The present month of a department."""
    period = present_period(desk)
    backlog_from = desk.book.settings.reminders.slow.overdue_open_at_least
    return Month(period, _prospect(desk, code, period), _behind(desk, code, period), backlog_from)


def closed_late_of(desk: Desk, code: str) -> list[str]:
    """The numbers of the department's cases due in this period or the one before that were closed late.

    The month that is just over is the one whose figures are disputed.
    """
    start_day = desk.book.settings.evaluation.period_start_day
    before = parse_period(last_month(desk.now.astimezone(CHINA).date(), start_day), start_day=start_day)
    return [case.number for case in _behind(desk, code, before) if case.standing == LATE]


def _behind(desk: Desk, code: str, since: Period) -> tuple[CaseStanding, ...]:
    """The cases from the start of a period up to now that pull the department down."""

    def compute() -> tuple[datetime, tuple[CaseStanding, ...]]:
        until_now = _so_far(desk, since)
        found = cases_behind(desk.connection, desk.district, code, until_now=until_now)
        return until_now.end, tuple(found)

    return kept(("cases behind", code, since.name), desk.now, compute)


def _so_far(desk: Desk, period: Period) -> Span:
    return Span(period.span.start, desk.now.replace(microsecond=0))


def ahead_of(desk: Desk, code: str, period: Period) -> Forecast | None:
    """The forecast, computed at most once a minute; None where the scheme ranks nothing or the unit is not judged."""
    return _kept_of("forecast", desk, code, period=period, make=forecast_in)


def _prospect(desk: Desk, code: str, period: Period) -> Prospect | None:
    return _kept_of("prospect", desk, code, period=period, make=prospect_in)


def _kept_of(name: str, desk: Desk, code: str, *, period: Period, make: Callable[..., Found]) -> Found | None:
    def gather() -> tuple[datetime, Gathered]:
        asked = rank_request(desk, of=OF, period=period)
        found = gather_for_forecasts(desk.connection, asked, schemes())
        return found.answer.as_of, found

    def compute() -> tuple[datetime, Found]:
        # What all departments have in common is counted once for them.
        gathered = kept(("forecasts", period.name), desk.now, gather)
        return gathered.answer.as_of, make(desk.connection, gathered, unit=code)

    try:
        return kept((name, code, period.name), desk.now, compute)
    except (Refused, Invalid):
        return None


def efficiency_so_far(desk: Desk, code: str, period: Period) -> Efficiency:
    """Whether the department is slow, and why, computed at most once a minute."""

    def compute() -> tuple[datetime, Efficiency]:
        until_now = _so_far(desk, period)
        slow = desk.book.settings.reminders.slow
        found = efficiency_of(desk.connection, desk.district, code, until_now=until_now, slow=slow)
        return until_now.end, found

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
