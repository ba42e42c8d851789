"""What if another scheme had been in force: past months by a scheme of the folder, shown as a trial, never kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, request

from gridcase.cases.book import Desk
from gridcase.directory.people import Actor
from gridcase.errors import DefinitionError, Fault, Invalid, NotPermitted
from gridcase.evaluation.frozen.heads import sha256_of
from gridcase.evaluation.look_back.choices import Choice, scheme_choices
from gridcase.evaluation.look_back.months import last_frozen, months_between
from gridcase.evaluation.look_back.trial import MonthTrial, Trial, UnitTrial, WhatIf, kind_for
from gridcase.evaluation.look_back.trial_answers import (
    MOVES,
    NO_RESULT,
    basis_words,
    formulas_of,
    moves_of,
    published_words,
    score_change,
)
from gridcase.evaluation.look_back.trying import rows_to_read, what_if
from gridcase.evaluation.schemes import Scheme
from gridcase.web.context import looking
from gridcase.web.pages.figures import months_offered, schemes
from gridcase.web.pages.frame import render
from gridcase.web.pages.shelf import kept
from gridcase.web.ranking_kinds import kinds_for, may_see_people

WHAT_IF = Blueprint("what_if", __name__)

# Rows of frozen records that are read while somebody waits for a page; more is left to the command.
MOST_ROWS = 20_000
_MOST_MONTHS, _USUAL_MONTHS = 24, 3


@dataclass(frozen=True)
class Asked:
    """What was chosen: the file, the units, the first and the last month. `choice` None = nothing yet."""

    choice: Choice | None
    of: str
    first: str
    last: str


@dataclass(frozen=True)
class Shown:
    """The answer, or why there is none: faults of the scheme, too many months or too many rows for a page."""

    found: WhatIf | None = None
    faults: tuple[Fault, ...] = ()
    row_count: int = 0
    month_count: int = 0

    @property
    def months(self) -> list[dict[str, Any]]:
        """Each month with its words and its units as the page shows them."""
        return [] if self.found is None else [_month(month) for month in self.found.months]


@WHAT_IF.get("/rankings/what-if")
def show() -> str:
    """The form and, when a scheme is chosen, the comparison.

    Raises NotPermitted `role_missing` for whoever is neither of the centre nor a leader or administrator; Invalid
    `bad_period`, `mode_act`, `mode_posts`; Damaged.
    """
    with looking() as (desk, actor):
        _check(desk, actor)
        folder = scheme_choices(schemes())
        months = months_offered(desk)
        kinds = kinds_for(desk, actor)
        asked = _asked(kinds, folder, months)
        shown = Shown() if asked.choice is None else _shown(desk, asked, asked.choice)
        return render(
            desk,
            actor,
            "pages/what_if.html",
            choices=folder,
            kinds=kinds,
            months=months,
            asked=asked,
            shown=shown,
            formulas=formulas_of(shown.found) if shown.found is not None else [],
            move_words=MOVES,
            no_result=NO_RESULT,
            most_rows=MOST_ROWS,
            most_months=_MOST_MONTHS,
        )


def _check(desk: Desk, actor: Actor) -> None:
    if not may_see_people(desk, actor):
        raise NotPermitted("role_missing", "only the centre, leaders and administrators may try schemes")


def _asked(kinds: Sequence[str], folder: Sequence[Choice], months: Sequence[str]) -> Asked:
    given = {name: request.args.get(name, "").replace("\0", "") for name in ("scheme", "of", "from", "to")}
    choice = next((each for each in folder if each.code == given["scheme"]), None)
    usual = months[min(_USUAL_MONTHS, len(months) - 1)], months[1]
    of = given["of"] if given["of"] in kinds else ""
    if not of:
        of = _kind_of(choice.scheme, kinds) if choice is not None and choice.scheme is not None else kinds[0]
    return Asked(choice, of, given["from"] or usual[0], given["to"] or usual[1])


def _kind_of(scheme: Scheme, kinds: Sequence[str]) -> str:
    try:
        found = kind_for(scheme, None)
    except Invalid:
        return kinds[0]
    return found if found in kinds else kinds[0]


def _shown(desk: Desk, asked: Asked, choice: Choice) -> Shown:
    if choice.scheme is None:
        return Shown(faults=choice.faults)
    settings = desk.book.settings.evaluation
    periods = months_between(asked.first, asked.last, start_day=settings.period_start_day)
    if len(periods) > _MOST_MONTHS:
        return Shown(month_count=len(periods))
    now = desk.now.replace(microsecond=0)
    trial = Trial(desk.district, asked.of, periods, choice.scheme, now, settings, schemes())
    try:
        return _tried(desk, trial)
    except DefinitionError as error:
        return Shown(faults=tuple(error.faults))


def _tried(desk: Desk, trial: Trial) -> Shown:
    def compute() -> tuple[datetime, Shown]:
        rows = rows_to_read(desk.connection, trial)
        if rows > MOST_ROWS:
            return desk.now, Shown(row_count=rows)
        found = what_if(desk.connection, trial)
        return max((month.old.as_of for month in found.months), default=desk.now), Shown(found)

    names = (trial.of, trial.periods[0].name, trial.periods[-1].name)
    record = last_frozen(desk.connection, desk.district, trial.of)
    return kept(("what-if", sha256_of(trial.scheme.text), names, record), desk.now, compute)


def _month(month: MonthTrial) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for unit in month.units:
        groups.setdefault(unit.group, []).append(_unit(unit, month))
    return {
        "period": month.old.period,
        "old": month.old,
        "new": month.new,
        "published": published_words(month.old),
        "is_frozen": month.old.is_frozen,
        "basis": basis_words(month),
        "groups": list(groups.items()),
        "moves": moves_of(month),
    }


def _unit(unit: UnitTrial, month: MonthTrial) -> dict[str, Any]:
    return {"unit": unit, "change": score_change(unit, month)}
