"""Reminds slow departments: finds them at a moment and stores one notice a department and day."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from gridcase.cases.book import Rulebook
from gridcase.cases.shown import china_text
from gridcase.clock import CHINA
from gridcase.config.tables import Slow
from gridcase.db import Database
from gridcase.directory.queries import departments
from gridcase.evaluation.periods import Period, period_of
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import EMPTY
from gridcase.facts import Span
from gridcase.notices.service import Notice, store
from gridcase.notices.texts import notice_text
from gridcase.reminders.queries import figures_at, standings_at
from gridcase.reminders.rules import CaseStanding, Figures, broken_rules, is_in_last_days
from gridcase.resources import SiteFolder, find_site

KIND = "slow_department"
_NAMED_CASES = 5
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlowDepartment:
    """A department that is slow at T: the rules it breaks, its figures with their cases; `is_new`: told just now."""

    code: str
    name: str
    rules: tuple[str, ...]
    figures: Figures
    cases: tuple[CaseStanding, ...]
    is_new: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name; counts under the names of evaluation.md 3, the rate as it is printed."""
        figures = self.figures
        return {
            "department": self.code,
            "name": self.name,
            "rules": list(self.rules),
            "due_count": figures.due,
            "on_time_closed_count": figures.on_time_closed,
            "on_time_closing_rate": _printed_rate(figures),
            "overdue_unhandled_count": figures.overdue_unhandled,
            "carried_over_open_count": figures.carried_over_open,
            "cases": [case.number for case in self.cases],
            "is_new": self.is_new,
        }


@dataclass(frozen=True, slots=True)
class RemindSummary:
    """What a run found at `at` in the period it lies in. Outside the last days nothing is looked for."""

    at: datetime
    period: Period
    is_in_last_days: bool
    slow: tuple[SlowDepartment, ...] = ()

    @property
    def stored_count(self) -> int:
        """Notices that this run stored; the others were there already."""
        return sum(each.is_new for each in self.slow)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name; moments in China time."""
        return {
            "at": china_text(self.at),
            "period": self.period.name,
            "from": china_text(self.period.start),
            "to": china_text(self.period.end),
            "is_in_last_days": self.is_in_last_days,
            "slow_count": len(self.slow),
            "stored_count": self.stored_count,
            "departments": [each.as_dict() for each in self.slow],
        }


def remind(
    database: Database, book: Rulebook, now: datetime, *, site: SiteFolder | None = None
) -> RemindSummary:
    """Store a notice for each department that is slow at `now` (aware), if it has none of this China day yet.

    Only in the last days of the period (setting `reminders.days`); a day on which this did not run stays without.
    Safe to run again and from several processes at once: the key of a notice lets it exist once. `site` (default:
    the one found) gives the text. Raises DefinitionError `bad_template`. Source: evaluation.md 12, presets.md S-01.
    """
    at = now.astimezone(UTC).replace(microsecond=0)
    settings = book.settings
    period = period_of(at, start_day=settings.evaluation.period_start_day)
    if not is_in_last_days(at, period, settings.reminders.days):
        return RemindSummary(at, period, is_in_last_days=False)
    found = slow_departments(database, book, at)
    texts = {
        each.code: _text(site or find_site(), each, period, at=at, slow=settings.reminders.slow)
        for each in found
    }
    told = []
    with database.transaction() as connection:
        for each in found:
            is_new = store(connection, book.district, _notice(each.code, texts[each.code], at))
            told.append(replace(each, is_new=is_new))
    for each in told:
        if each.is_new:
            _LOG.info("reminded %s", json.dumps(each.as_dict(), ensure_ascii=False))
    return RemindSummary(at, period, is_in_last_days=True, slow=tuple(told))


def slow_departments(database: Database, book: Rulebook, at: datetime) -> list[SlowDepartment]:
    """The departments that are slow at `at`, on whatever day, by code; nothing is stored."""
    settings = book.settings
    period = period_of(at, start_day=settings.evaluation.period_start_day)
    until_now = Span(period.span.start, at)
    with database.reading() as connection:
        names = {card.code: card.name for card in departments(connection, book.district)}
        figures = figures_at(connection, book.district, until_now=until_now)
        broken = {code: broken_rules(own, settings.reminders.slow) for code, own in figures.items()}
        slow = [code for code, rules in broken.items() if rules]
        cases = standings_at(connection, book.district, slow, until_now=until_now) if slow else {}
    return [
        SlowDepartment(code, names.get(code, code), broken[code], figures[code], tuple(cases.get(code, ())))
        for code in slow
    ]


def _notice(department: str, text: str, at: datetime) -> Notice:
    day = at.astimezone(CHINA).date()
    return Notice(
        kind=KIND,
        department=department,
        on_day=day,
        text=text,
        created_at=at,
        dedupe_key=f"{KIND}:{department}:{day.isoformat()}",
    )


def _text(site: SiteFolder, slow_one: SlowDepartment, period: Period, *, at: datetime, slow: Slow) -> str:
    figures = slow_one.figures
    named = slow_one.cases[:_NAMED_CASES]
    values = {
        "department": slow_one.name,
        "at": _shown(at),
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "rules": slow_one.rules,
        "on_time_closing_rate": _printed_rate(figures),
        "rate_below": f"{slow.on_time_closing_rate_below:f}",
        "min_due": slow.min_due,
        "overdue_open_at_least": slow.overdue_open_at_least,
        "due": figures.due,
        "on_time_closed": figures.on_time_closed,
        "overdue_unhandled": figures.overdue_unhandled,
        "carried_over_open": figures.carried_over_open,
        "overdue_open": figures.overdue_open,
        "cases": [
            {"number": case.number, "due_at": _shown(case.due_at), "standing": case.standing}
            for case in named
        ],
        "more": len(slow_one.cases) - len(named),
    }
    return notice_text(site, KIND, values)


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _printed_rate(figures: Figures) -> str:
    rate = figures.on_time_closing_rate
    return Printing().percent(EMPTY if rate is None else rate)
