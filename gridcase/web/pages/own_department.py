"""The page of a department: its month so far, whether it is slow and why, and what would change its rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, request

from gridcase.cases.book import Desk
from gridcase.cases.inbox import acts_for_department
from gridcase.cases.listing import named_cases
from gridcase.directory.people import Actor, DepartmentCard
from gridcase.directory.queries import departments
from gridcase.errors import Invalid, NotPermitted
from gridcase.evaluation.evaluating import UnitResult
from gridcase.evaluation.forecast import Forecast, Standing
from gridcase.evaluation.forecast_answer import score_of, standing_of
from gridcase.evaluation.periods import Period
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import EMPTY
from gridcase.reminders.efficiency import Efficiency
from gridcase.reminders.rules import CaseStanding
from gridcase.web.context import looking
from gridcase.web.pages.department_figures import ahead_of, efficiency_so_far, present_period
from gridcase.web.pages.frame import render, works_in_department
from gridcase.web.pages.rankings import Opened, cells_of, columns_of
from gridcase.web.ranking_kinds import may_see_people

OWN_DEPARTMENT = Blueprint("own_department", __name__)

_MOST_RANK, _MOST_SHOWN = 9999, 100
# Counts that stand above the scheme's own rates.
_COUNTS = ("handle_due_count", "open_in_time_count", "overdue_unhandled_count", "carried_over_open_count")


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a list of this page; `standing` is a code of `words.html`."""

    number: str
    due_at: datetime | None
    standing: str


@dataclass(frozen=True)
class Ahead:
    """The forecast as the page shows it."""

    found: Forecast
    wanted: int | None

    @property
    def cases(self) -> list[Listed]:
        """The cases to close for the rank asked for, else all that can change the rank."""
        needed = self.found.needed
        cases = self.found.cases if needed is None else self.found.cases[: needed.count]
        return [Listed(case.number, case.due_at, standing_of(case)) for case in cases]

    def told(self, standing: Standing) -> dict[str, Any]:
        """A standing: rank or why there is none, and the score."""
        place = standing.place
        return {
            "rank": standing.rank,
            "unranked": place.unranked if place is not None else None,
            "score": score_of(self.found, standing),
        }


@OWN_DEPARTMENT.get("/department")
def show() -> str:
    """The page of the own department; the centre and leaders choose one.

    Raises NotPermitted `role_missing` for whoever is in no department and not of the centre either.
    """
    with looking() as (desk, actor):
        choices = _choices(desk, actor)
        card = _chosen(choices, request.args.get("unit", ""))
        period = present_period(desk)
        ahead = _ahead(desk, card.code, period, wanted=_wanted(request.args.get("rank", "")))
        efficiency = efficiency_so_far(desk, card.code, period)
        return render(
            desk,
            actor,
            "pages/department.html",
            department=card,
            choices=choices,
            period=period,
            as_of=desk.now,
            figures=_figures(ahead, card.code) if ahead else [],
            ahead=ahead,
            efficiency=efficiency,
            rate=_percent(efficiency),
            pulling=_table(desk, actor, [_listed(case) for case in efficiency.cases]),
            closing=_table(desk, actor, ahead.cases) if ahead else None,
            has_desk=acts_for_department(desk.book.flows, actor),
        )


def _choices(desk: Desk, actor: Actor) -> list[DepartmentCard]:
    """The departments that this person may look at: the own one, or every one that handles cases."""
    cards = departments(desk.connection, desk.district, handling_only=True)
    if may_see_people(desk, actor):
        return cards
    own = [card for card in cards if card.code == actor.department]
    if not own or not works_in_department(actor):
        raise NotPermitted(
            "role_missing", "only people of a department, the centre and leaders may read this"
        )
    return own


def _chosen(choices: list[DepartmentCard], text: str) -> DepartmentCard:
    if not choices:
        raise Invalid("unit_not_found", "there is no department")
    return next((card for card in choices if card.code == text), choices[0])


def _wanted(text: str) -> int | None:
    """A rank that somebody typed; what cannot be one is passed over."""
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_RANK)) else 0
    return wanted or None


def _ahead(desk: Desk, code: str, period: Period, *, wanted: int | None) -> Ahead | None:
    found = ahead_of(desk, code, period)
    return None if found is None else Ahead(replace(found, wanted=wanted), wanted)


def _figures(ahead: Ahead, code: str) -> list[dict[str, Any]]:
    """The counts and rates of the department's row in the table, each number with the path to its cases."""
    answer = ahead.found.answer
    units = zip(answer.judged, answer.evaluation.units, strict=True)
    own: UnitResult = next(unit for judged, unit in units if judged.code == code)
    opened = Opened(answer, {"unit": code})
    return cells_of(opened, own, columns_of(answer.evaluation, always=_COUNTS))


def _listed(case: CaseStanding) -> Listed:
    return Listed(case.number, case.due_at, case.standing)


def _table(desk: Desk, actor: Actor, cases: Sequence[Listed]) -> dict[str, Any]:
    """The first cases with what they are about, as far as this person may see it, and how many more there are."""
    shown = cases[:_MOST_SHOWN]
    about = {item["number"]: item for item in named_cases(desk, actor, [case.number for case in shown])}
    return {"rows": [(case, about.get(case.number)) for case in shown], "more": len(cases) - len(shown)}


def _percent(efficiency: Efficiency) -> str:
    """The on-time closing rate by which slowness is judged, as it is printed."""
    rate = efficiency.figures.on_time_closing_rate
    return Printing().percent(EMPTY if rate is None else rate)
