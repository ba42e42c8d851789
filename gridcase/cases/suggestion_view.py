"""The suggestion for a dispatch as the interface and the case page tell it: department, rule, second choice, share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.responsibility import Rule, rule_row
from gridcase.cases.shown import shown_case
from gridcase.cases.suggesting import Asking, Choice, Share, accepted_shares, choosing_rows, suggest
from gridcase.cases.visibility import check_centre
from gridcase.directory.people import Actor
from gridcase.engine.definition import Transition


def suggestion_for(desk: Desk, actor: Actor, number: str, *, owner: str | None = None) -> dict[str, Any]:
    """The suggestion for a case, for roles of the centre; `owner` in place of the one that the cell names.

    Raises NotFound `unknown_case`, NotPermitted `role_missing`.
    """
    case = shown_case(desk, actor, number)
    check_centre(case, actor, desk.book.flows)
    return {"number": number, **suggestion_view(desk, case, choosing_rows(case), owner=owner)}


def suggestion_view(
    desk: Desk, case: CaseFile, rows: Sequence[Transition], *, owner: str | None = None
) -> dict[str, Any]:
    """`first` and `second` choice (or None), `passed_over`, and `accepted`: the share of all suggestions of 90 days."""
    found = suggest(desk, case, rows, asking=Asking(owner))
    shares = accepted_shares(desk, [choice.rule.id for choice in found.choices if choice.rule])
    return {
        "first": _choice(found.first, shares),
        "second": _choice(found.second, shares),
        "passed_over": list(found.passed_over),
        "accepted": shares[None].as_dict(),
    }


def _choice(choice: Choice | None, shares: Mapping[str | None, Share]) -> dict[str, Any] | None:
    if choice is None:
        return None
    rule = choice.rule
    return {
        "department": choice.card.code,
        "name": choice.card.name,
        "why": "rule" if rule else "territory",
        "rule": rule_view(rule) if rule else None,
        "accepted": shares[rule.id].as_dict() if rule else None,
    }


def rule_view(rule: Rule) -> dict[str, Any]:
    """One rule; an empty part fits everything."""
    begin, end = rule.span
    return {
        **rule_row(rule),
        "valid_from": begin.isoformat() if begin else None,
        "valid_to": end.isoformat() if end else None,
    }
