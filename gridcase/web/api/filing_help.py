"""The calls that help at the desks: the suggested department of a case, open duplicates near by."""

from __future__ import annotations

from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.known_duplicates import duplicates_of_case
from gridcase.cases.suggestion_view import suggestion_for
from gridcase.directory.people import Actor
from gridcase.web.api.answers import DuplicateReply
from gridcase.web.api.calls import Asked, Calls
from gridcase.web.api.fields import Code, Query, Reply
from gridcase.web.api.suggestion_answers import SuggestionReply

FILING_HELP = Calls("filing help")


class SuggestionQuery(Query):
    """Whom the place belongs to, when somebody knows better than the cell."""

    owner: Code | None = None


class DuplicatesReply(Reply):
    """Open cases of the same class near by, the nearest first; `days` 0 = however old."""

    number: str
    radius_m: float
    days: int
    items: list[DuplicateReply]


@FILING_HELP.read("/cases/{number}/suggestion", SuggestionQuery, answer=SuggestionReply, refuses=(403, 404))
def show_suggestion(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """派遣建议 (the department by the responsibility rules, the second choice, the accepted share of 90 days)."""
    query: SuggestionQuery = asked.query
    return suggestion_for(desk, actor, asked.path["number"], owner=query.owner)


@FILING_HELP.read("/cases/{number}/duplicates", answer=DuplicatesReply, refuses=(404,))
def show_duplicates(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """附近同类未结案件 (open duplicates, to be looked at before filing)."""
    return duplicates_of_case(desk, actor, asked.path["number"])
