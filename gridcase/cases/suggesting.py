"""Suggests the department for a dispatch by the responsibility rules, and says why and how often that was right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import case as when
from sqlalchemy import func, select

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.models import DispatchSuggestion
from gridcase.cases.places import PLACE_KEYS
from gridcase.cases.responsibility import Rule, Subject, in_order
from gridcase.cases.rule_store import rules_for
from gridcase.clock import CHINA
from gridcase.db import table_of
from gridcase.directory.people import DepartmentCard
from gridcase.directory.queries import find_department, territorial_department
from gridcase.engine.definition import Transition
from gridcase.errors import NotFound

SHARE_DAYS = 90
_ROW = table_of(DispatchSuggestion).c


@dataclass(frozen=True, slots=True)
class Choice:
    """A department with the rule that names it; without a rule it is the unit of the territory (属地)."""

    card: DepartmentCard
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The first and the second choice, and the departments that were passed over because they sent the case back."""

    choices: tuple[Choice, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def first(self) -> Choice | None:
        return self.choices[0] if self.choices else None

    @property
    def second(self) -> Choice | None:
        return self.choices[1] if len(self.choices) > 1 else None


def subject_of(desk: Desk, fields: Mapping[str, Any], *, owner: str | None = None) -> Subject:
    """What the rules are asked about: category, place and owner of a case or report.

    The owner is the department that the cell names as responsible (geo.md 5), unless somebody knows better.
    """
    areas = frozenset(str(fields[key]) for key in PLACE_KEYS if fields.get(key))
    if owner is None:
        owner = owner_of_cell(desk, str(fields.get("cell") or ""))
    return Subject(fields["kind"], fields["main_code"], fields["sub_code"], areas, owner)


def owner_of_cell(desk: Desk, code: str) -> str:
    """Whom a cell says it belongs to; empty when it says nothing."""
    try:
        return str(desk.book.geography.cell(code).properties.get("responsible_department") or "")
    except NotFound:
        return ""


def choosing_rows(case: CaseFile, trigger: str | None = None) -> list[Transition]:
    """The tables by which somebody chooses a department now, of one trigger or of all; none when nobody does."""
    rows = [row for name in case.definition.triggers for row in case.definition.rows(name)]
    return [
        row for row in rows if trigger in (None, row.trigger) and case.state in row.froms and is_choosing(row)
    ]


def is_choosing(row: Transition) -> bool:
    """Whether a move names the main department freely: a dispatch and no rework by the same one."""
    return "department" in row.records and not _has_guard(row, "same_department")


@dataclass(frozen=True, slots=True)
class Asking:
    """How a suggestion is asked for: whose the place is (None: as its cell says), how many choices, by which rules.

    Without `rules_of` the rules are those of the database on the day.
    """

    owner: str | None = None
    most: int = 2
    rules_of: Callable[[Subject], Iterable[Rule]] | None = None


def suggest(
    desk: Desk, case: CaseFile, rows: Sequence[Transition], *, asking: Asking = Asking()
) -> Suggestion:
    """Up to `asking.most` choices for a dispatch by one of these tables, the best first.

    Of a case that nobody wants, the unit of the territory comes first (flow.md 5, 属地); else the fitting rules in
    their order, and after them the unit of the territory. A department that sent this case back as not its own is
    passed over, and so is the one that the case may not go to again.
    """
    passed = dict.fromkeys(
        str(entry.step.department)
        for entry in case.entries
        if entry.step.trigger == "hand_back" and entry.step.data.get("reason_code") == "not_ours"
    )
    if case.last_department and rows and all(_has_guard(row, "other_department") for row in rows):
        passed[case.last_department] = None
    found: dict[str, Choice] = {}
    if case.is_difficult:
        _take(found, _territory(desk, case), passed)
    for rule in in_order(_rules(desk, case, asking)):
        if len(found) >= asking.most:
            break
        if rule.department not in found:
            card = find_department(desk.access.connection, desk.district, rule.department)
            _take(found, Choice(card, rule) if card is not None else None, passed)
    if found and len(found) < asking.most:
        _take(found, _territory(desk, case), passed)
    named = {rule for rule in passed if rule}
    return Suggestion(tuple(found.values())[: asking.most], tuple(sorted(named)))


def _rules(desk: Desk, case: CaseFile, asking: Asking) -> Iterable[Rule]:
    subject = subject_of(desk, case.fields, owner=asking.owner)
    if asking.rules_of is not None:
        return asking.rules_of(subject)
    return rules_for(desk.access, desk.district, subject, on=desk.now.astimezone(CHINA).date())


def _take(found: dict[str, Choice], choice: Choice | None, passed: Mapping[str, None]) -> None:
    if (
        choice is not None
        and choice.card.is_active
        and choice.card.handles
        and choice.card.code not in passed
    ):
        found.setdefault(choice.card.code, choice)


def _territory(desk: Desk, case: CaseFile) -> Choice | None:
    place = case.fields
    card = territorial_department(
        desk.access.connection, desk.district, community=str(place["community"]), street=str(place["street"])
    )
    return Choice(card, None) if card is not None else None


def _has_guard(row: Transition, name: str) -> bool:
    return any(guard.name == name for guard in row.guards)


def suggested_record(desk: Desk, case: CaseFile, row: Transition) -> dict[str, Any]:
    """What the step of a dispatch keeps of the suggestion: `suggested`; nothing when there was none."""
    first = suggest(desk, case, [row], asking=Asking(most=1)).first if is_choosing(row) else None
    if first is None:
        return {}
    return {"suggested": {"department": first.card.code, "rule": first.rule.id if first.rule else None}}


# --- how often it was right ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """Of `offered_count` suggestions `taken_count` were followed."""

    offered_count: int
    taken_count: int

    def as_dict(self) -> dict[str, Any]:
        """With the rate, rounded to four places; None without any suggestion."""
        rate = round(self.taken_count / self.offered_count, 4) if self.offered_count else None
        return {
            "days": SHARE_DAYS,
            "offered_count": self.offered_count,
            "taken_count": self.taken_count,
            "rate": rate,
        }


def accepted_shares(desk: Desk, rules: Sequence[str]) -> dict[str | None, Share]:
    """The share of dispatches of the last 90 days that went where was suggested: of each rule, and under None of all."""
    is_taken = func.sum(when((_ROW.department == _ROW.suggested, 1), else_=0))
    rows = desk.connection.execute(
        select(_ROW.rule, func.count(), is_taken)
        .where(
            _ROW.district == desk.district,
            _ROW.at > desk.now - timedelta(days=SHARE_DAYS),
            _ROW.at <= desk.now,
        )
        .group_by(_ROW.rule)
    ).all()
    shares = {rule: Share(offered, int(taken)) for rule, offered, taken in rows}
    told: dict[str | None, Share] = {rule: shares.get(rule, Share(0, 0)) for rule in rules}
    told[None] = Share(
        sum(share.offered_count for share in shares.values()),
        sum(share.taken_count for share in shares.values()),
    )
    return told
