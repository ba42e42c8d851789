"""What the uploaded rules would have done with the dispatches of last month, before they are switched on; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, request

from gridcase.cases.book import Desk
from gridcase.cases.import_kinds import RULES, rules_of_draft
from gridcase.cases.listing import visible_numbers
from gridcase.cases.responsibility import RuleSet
from gridcase.cases.rule_replay import (
    Comparing,
    Replayed,
    dispatched_cases,
    outcome_of,
    replay_dispatches,
    shifts_of,
)
from gridcase.cases.rule_store import stored_rules
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.errors import NotFound
from gridcase.evaluation.periods import Period, last_month, parse_period
from gridcase.web.context import looking
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.frame import render
from gridcase.web.pages.rules_admin import class_names

RULE_REPLAY_ADMIN = Blueprint("rule_replay_admin", __name__)

# Cases that a page replays: of more, that many spread evenly over the month. The command takes all of them.
MOST_CASES = 1_000


@RULE_REPLAY_ADMIN.get("/admin/rules/replay")
def show() -> str:
    """The dispatches of last month, or of `period`, by the uploaded rules.

    Raises NotFound `unknown_import` when no rules wait, Invalid `bad_period`, DefinitionError for faulty ones.
    """
    with looking() as (desk, actor):
        check_administrator(actor)
        rules = rules_of_draft(desk, actor.name)
        if rules is None:
            raise NotFound("unknown_import", "nothing waits for a confirmation", kind=RULES)
        period, today = _period(desk), desk.now.astimezone(CHINA).date()
        on = max([today, *(rule.span.valid_from for rule in rules if rule.span.valid_from)])
        comparing = Comparing(RuleSet(stored_rules(desk.connection, desk.district)), RuleSet(rules), on)
        return render(
            desk, actor, "pages/rule_replay.html",
            **_replayed(desk, actor, period, comparing=comparing), on=on, class_names=class_names(desk.book.catalogue.current),
        )  # fmt: skip


def _period(desk: Desk) -> Period:
    start_day = desk.book.settings.evaluation.period_start_day
    today: date = desk.now.astimezone(CHINA).date()
    text = request.args.get("period", "").strip() or last_month(today, start_day)
    return parse_period(text, start_day=start_day)


@dataclass
class Way:
    """Dispatches of one class that would go from one department to another; `numbers` of cases that the person sees."""

    category: str
    went_to: str
    would_go_to: str
    count: int = 0
    numbers: list[str] = field(default_factory=list)


def _replayed(desk: Desk, actor: Actor, period: Period, *, comparing: Comparing) -> dict[str, Any]:
    span = (period.span.start, period.span.end)
    numbers = dispatched_cases(desk, span)
    chosen = spread(numbers, MOST_CASES)
    found = list(replay_dispatches(desk, span, comparing, numbers=chosen))
    return {
        "period": period, "outcome": outcome_of(found), "shifts": shifts_of(found), "ways": _ways(desk, actor, found),
        "case_count": len(numbers), "chosen_count": len(chosen),
    }  # fmt: skip


def _ways(desk: Desk, actor: Actor, found: Sequence[Replayed]) -> list[Way]:
    """Which dispatches would go elsewhere, the most frequent first."""
    moved = [one for one in found if one.is_elsewhere]
    # A person who looks after rules need not see cases (flow.md 1, rule 8).
    seen = visible_numbers(desk, actor, list({one.number for one in moved})[:MOST_CASES])
    ways: dict[tuple[str, str, str], Way] = {}
    for one in moved:
        key = (one.category, one.went_to, one.would_go_to)
        way = ways.setdefault(key, Way(*key))
        way.count += 1
        if one.number in seen and one.number not in way.numbers:
            way.numbers.append(one.number)
    return sorted(ways.values(), key=lambda way: (-way.count, way.category, way.went_to, way.would_go_to))


def spread(numbers: Sequence[str], most: int) -> list[str]:
    """At most so many of the numbers, evenly over all of them; the same ones each time."""
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[at * len(numbers) // most] for at in range(most)]
