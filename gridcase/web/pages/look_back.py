"""The months side by side: each unit's score or rate, against the month before and the same month last year."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from flask import Blueprint, current_app, request

from gridcase.cases.book import Desk
from gridcase.evaluation.bulletin.comparing import Change
from gridcase.evaluation.look_back.answers import DIFFERS, why
from gridcase.evaluation.look_back.looking import NO_CHANGE, Asked, Column, LookBack, Row, UnitCell, look_back
from gridcase.evaluation.look_back.months import last_frozen, month
from gridcase.evaluation.periods import Period, period_of
from gridcase.web.context import looking
from gridcase.web.pages.figures import months_offered, schemes
from gridcase.web.pages.frame import render
from gridcase.web.pages.shelf import kept
from gridcase.web.ranking_kinds import asked_kind, kinds_for, may_see_people

LOOK_BACK = Blueprint("look_back", __name__)

SCORE = "score"
COUNTS = (6, 12, 24)
_USUAL = 6


@dataclass(frozen=True)
class Cell:
    """What one cell of the table shows: a number, if there is one, its two differences, both values of what was amended."""

    cell: UnitCell
    number: str | None
    month: Change
    year: Change
    amended: str | None


@LOOK_BACK.app_template_global("has_charts")
def has_charts() -> bool:
    """Whether `make assets` has fetched the library of charts; the tables beside them say the same."""
    return (Path(current_app.static_folder or "") / "vendor" / "echarts" / "echarts.min.js").is_file()


@LOOK_BACK.get("/rankings/months")
def show() -> str:
    """The months of a kind of units. Raises Invalid `bad_period`, Damaged."""
    with looking() as (desk, actor):
        of = asked_kind(desk, actor, request.args.get("of", ""))
        last, count = _last(desk), _count()
        found = _found(desk, of, last, count=count)
        shown = request.args.get("show", SCORE)
        shown = shown if shown in found.rates else SCORE
        months = months_offered(desk)
        return render(
            desk,
            actor,
            "pages/look_back.html",
            of=of,
            kinds=kinds_for(desk, actor),
            last=last,
            months=months if last.name in months else [last.name, *months],
            count=count,
            counts=COUNTS,
            found=found,
            shown=shown,
            label=found.rates.get(shown, ""),
            whys=_whys(found.columns),
            groups=_groups(found, shown),
            differs=DIFFERS,
            may_try=may_see_people(desk, actor),
        )


def _last(desk: Desk) -> Period:
    start_day = desk.book.settings.evaluation.period_start_day
    text = request.args.get("to", "").replace("\0", "")
    return month(text, start_day=start_day) if text else period_of(desk.now, start_day=start_day)


def _count() -> int:
    text = request.args.get("months", "")
    return next((count for count in COUNTS if str(count) == text), _USUAL)


def _found(desk: Desk, of: str, last: Period, *, count: int) -> LookBack:
    """Read at most once in a while: the months that are not frozen are computed from the history."""
    settings = desk.book.settings.evaluation
    asked = Asked(desk.district, of, last, count, desk.now.replace(microsecond=0), settings)

    def compute() -> tuple[datetime, LookBack]:
        found = look_back(desk.connection, asked, schemes())
        as_of = max((column.table.as_of for column in found.columns), default=desk.now)
        return as_of, found

    # A record or an amendment is another table.
    key: tuple[Hashable, ...] = (
        "look-back",
        of,
        last.name,
        count,
        last_frozen(desk.connection, desk.district, of),
    )
    return kept(key, desk.now, compute)


def _whys(columns: Sequence[Column]) -> dict[str, str]:
    """By month: how the next one was made by other rules."""
    return {
        this.table.period: why(this, following)
        for this, following in pairwise(columns)
        if this.differs_from_next
    }


def _groups(found: LookBack, shown: str) -> list[tuple[str, list[tuple[Row, list[Cell]]]]]:
    groups: dict[str, list[tuple[Row, list[Cell]]]] = {}
    for row in found.rows:
        groups.setdefault(row.group, []).append((row, [_cell(cell, shown) for cell in row.cells]))
    return list(groups.items())


def _cell(cell: UnitCell, shown: str) -> Cell:
    standing = cell.standing
    if standing is None:
        return Cell(cell, None, NO_CHANGE, NO_CHANGE, None)
    if shown == SCORE:
        number = standing.score if standing.exact is not None else None
        last, year = cell.score_month, cell.score_year
    else:
        rate = cell.rates[shown]
        number = rate.text if isinstance(rate.exact, Fraction) else None
        last, year = rate.month, rate.year
    return Cell(cell, number, last, year, standing.amended.get(shown))
