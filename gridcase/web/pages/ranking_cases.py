"""The cases behind a number of the ranking: the usual list, with what each case adds to the number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for

from gridcase.cases.book import Desk
from gridcase.cases.listing import named_cases
from gridcase.evaluation.answer import formula_text
from gridcase.evaluation.case_list import (
    CaseShare,
    Source,
    cases_behind,
    count_sum,
    find_unit,
    group_units,
    source_of,
)
from gridcase.evaluation.periods import Period, parse_moment
from gridcase.evaluation.rates import Sum
from gridcase.web.context import looking
from gridcase.web.pages.figures import asked_period, rank_request, schemes
from gridcase.web.pages.frame import render
from gridcase.web.ranking_kinds import asked_kind

RANKING_CASES = Blueprint("ranking_cases", __name__)

_PAGE_SIZE = 50
# `whole`, with any value: the number of all units together.
_GIVEN = ("of", "period", "unit", "group", "whole", "count", "as_of", "after")


@dataclass(frozen=True)
class Number:
    """A number of a table, opened: whose it is, the counts whose sum it is, and the cases that make it."""

    name: str
    columns: Sum
    as_of: datetime
    is_frozen: bool
    shares: list[CaseShare]

    @property
    def value(self) -> int:
        """What the table shows."""
        return sum(share.value for share in self.shares)

    def page(self, after: str) -> list[CaseShare]:
        """The next cases behind a case number."""
        return [share for share in self.shares if share.number > after][:_PAGE_SIZE]


@RANKING_CASES.get("/rankings/cases")
def show() -> str:
    """The cases behind one number, by case number; those that this person may not see are told by their count.

    Raises Invalid `bad_period`, `bad_time`, `unit_not_found`, `ambiguous_unit`, `unknown_count`.
    """
    given = {name: _text(name) for name in _GIVEN}
    with looking() as (desk, actor):
        of = asked_kind(desk, actor, given["of"])
        period = asked_period(desk, given["period"])
        number = _open(desk, of, period, given=given)
        own = number.page(given["after"])
        shares = {share.number: share.value for share in own}
        items = named_cases(desk, actor, list(shares))
        kept: dict[str, Any] = {name: value for name, value in given.items() if value and name != "after"}
        is_more = bool(own) and own[-1].number < number.shares[-1].number
        return render(
            desk,
            actor,
            "pages/ranking_cases.html",
            of=of,
            period=period,
            number=number,
            label=formula_text(number.columns),
            items=items,
            shares=shares,
            hidden_count=len(own) - len(items),
            back=url_for("ranking_cases.show", **{**kept, **_after(given)}),
            following=url_for("ranking_cases.show", **kept, after=own[-1].number) if is_more else None,
            first=url_for("ranking_cases.show", **kept),
            is_first=not given["after"],
        )


def _text(name: str) -> str:
    # No database holds a NUL, and PostgreSQL refuses to be asked for one.
    return request.args.get(name, "").replace("\0", "").strip()[:400]


def _after(given: dict[str, str]) -> dict[str, Any]:
    return {"after": given["after"]} if given["after"] else {}


def _open(desk: Desk, of: str, period: Period, *, given: dict[str, str]) -> Number:
    as_of = parse_moment(given["as_of"]) if given["as_of"] else None
    asked = rank_request(desk, of=of, period=period, as_of=as_of)
    source = source_of(desk.connection, asked, schemes(), scheme_name=None)
    columns = count_sum(given["count"])
    name, codes = _units(desk, source, given)
    shares = cases_behind(desk.connection, source, codes, columns=columns)
    return Number(name, columns, source.as_of, bool(source.heads), shares)


def _units(desk: Desk, source: Source, given: dict[str, str]) -> tuple[str, list[str]]:
    """The name that stands before the number, and the codes of the units: one, all of a group, or all."""
    if given["unit"]:
        unit = find_unit(desk.connection, source, given["unit"])
        return unit.name, [unit.code]
    units = group_units(desk.connection, source, None if given["whole"] else given["group"])
    return f"{given['group']}合计", [unit.code for unit in units]
