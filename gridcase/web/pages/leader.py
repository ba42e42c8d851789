"""The leader's page and the wall screen: how we are, who is worst, whether it gets better."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from gridcase.cases.book import Desk
from gridcase.cases.listing import named_cases
from gridcase.evaluation.bulletin.columns import UNITS
from gridcase.evaluation.look_back.answers import DIFFERS
from gridcase.web.context import looking
from gridcase.web.pages.bulletin_shelf import office_of
from gridcase.web.pages.frame import draw, render
from gridcase.web.pages.grade_map import KINDS, grades_of
from gridcase.web.pages.leader_figures import Choice, bulletin_of, chosen, kind_of, stands_at
from gridcase.web.pages.leader_roles import check_leader
from gridcase.web.pages.leader_view import (
    backlog_of,
    ends_of,
    items_of,
    notes_of,
    ranking_of,
    table_of_trends,
    totals_of,
    trends_of,
    wall_groups,
)

LEADER = Blueprint("leader", __name__)

# Whole seconds since the figures stood, beside a part of the wall: its body, and so its tag, does not grow older.
AGE = "X-Figures-Age"
# Lines of a ranking on a wall: with more units the first and the last.
_ON_WALL = 12


@LEADER.get("/leader")
def show() -> str:
    """The first answers, rankings, trends, backlog and map of a month. Raises NotPermitted `role_missing`; Invalid
    `bad_period`."""
    with looking() as (desk, actor):
        check_leader(desk.book, actor)
        choice = chosen(desk, request.args.get("period", "").replace("\0", ""))
        of = request.args.get("of", "")
        found = _found(desk, choice, of if of in UNITS else UNITS[0])
        kind, longest = found.values["kind"], found.values["backlog"]["longest"]
        return render(
            desk,
            actor,
            "pages/leader.html",
            **found.values,
            choice=choice,
            kinds=UNITS,
            rows=table_of_trends(kind, found.values["trends"]),
            notes=notes_of(kind),
            items={each: items_of(one) for each, one in found.values["all_kinds"].items()},
            # Of a part of the area: the case that hangs for longest may be one of another part.
            is_longest_seen=bool(longest and named_cases(desk, actor, [longest.number])),
            differs=DIFFERS,
            bands=grades_of(desk, KINDS[1], choice.period).bands,
        )


@LEADER.get("/leader/wall")
def show_wall() -> str:
    """The screen on a wall: one look, nothing to press, kept up to date by itself. Raises NotPermitted `role_missing`."""
    with looking() as (desk, actor):
        check_leader(desk.book, actor)
        found = _on_wall(desk)
        return render(desk, actor, "pages/leader_wall.html", **found.values, age=_age(desk, found))


@LEADER.get("/leader/wall/part")
def show_part() -> Response:
    """What the wall screen shows, anew; `ETag`, and how old the figures are. Raises NotPermitted `role_missing`.

    A screen that is kept up to date is in use: its session ends at its latest moment, not for want of a hand.
    """
    with looking() as (desk, actor):
        check_leader(desk.book, actor)
        found = _on_wall(desk)
        body = draw("pages/leader_wall_part.html", **found.values)
        age = _age(desk, found)
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-cache"
    if age is not None:
        response.headers[AGE] = str(age)
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


@dataclass(frozen=True)
class _Found:
    """The values of a page, and the moment its oldest figure stands at, None for a month that is over."""

    values: dict[str, Any]
    at: datetime | None


def _found(desk: Desk, choice: Choice, of: str) -> _Found:
    office = office_of(desk)
    kinds = {
        each: kind_of(desk, each, choice.period) for each in (of, *(each for each in UNITS if each != of))
    }
    bulletin = bulletin_of(desk, office, of, period=choice.period)
    rankings = {each: ranking_of(kind) for each, kind in kinds.items()}
    at = stands_at(list(kinds.values()), bulletin)
    values = {
        "of": of,
        "period": choice.period,
        "all_kinds": kinds,
        "kind": kinds[of],
        "rankings": rankings,
        "lasts": {each: ends_of(groups, is_last=True) for each, groups in rankings.items()},
        "firsts": {each: ends_of(groups, is_last=False) for each, groups in rankings.items()},
        "totals": totals_of(kinds[of]),
        "trends": trends_of(kinds[of]),
        "sentences": bulletin.sentences,
        "marks": bulletin.marks,
        "backlog": backlog_of(bulletin, office.bands()),
        "at": at,
        "is_running": desk.now < choice.period.end,
    }
    return _Found(values, at if desk.now < choice.period.end else None)


def _on_wall(desk: Desk) -> _Found:
    found = _found(desk, chosen(desk, ""), UNITS[0])
    rows = {of: wall_groups(groups, _ON_WALL) for of, groups in found.values["rankings"].items()}
    return _Found({**found.values, "rows": rows}, found.at)


def _age(desk: Desk, found: _Found) -> int | None:
    return None if found.at is None else max(0, int((desk.now - found.at).total_seconds()))
