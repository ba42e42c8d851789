"""Responsibility rules as data: which department answers for a category, in an area, of an owner; and which rule wins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from gridcase.cases.places import levels_of
from gridcase.spatial.spans import Span

_ANYTIME = Span()
_DEPTHS = {"district": 1, "street": 2, "community": 3}


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: an empty part says nothing, and the rule fits whatever stands there.

    `area` is the code of a district, street, community, cell or responsibility grid; `owner` the one whom the
    place belongs to; of two rules that fit, the larger `priority` wins. `span` holds on its first day and no longer
    on its last, as those of areas do (geo.md 3).
    """

    department: str
    kind: str = ""
    main_code: str = ""
    sub_code: str = ""
    area: str = ""
    owner: str = ""
    priority: int = 0
    span: Span = _ANYTIME
    note: str = ""

    @property
    def category(self) -> str:
        """`kind/main/sub` as far as the rule names it, such as `event/01`; empty for every category."""
        return "/".join(part for part in (self.kind, self.main_code, self.sub_code) if part)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it this rule; priority, end and note may change."""
        begin = self.span.valid_from.isoformat() if self.span.valid_from else ""
        return (
            self.kind, self.main_code, self.sub_code, self.area, self.owner, self.department, begin,
        )  # fmt: skip

    @property
    def id(self) -> str:
        """A short name that follows from the key: the same rule has it in every file."""
        return hashlib.sha256("|".join(self.key).encode()).hexdigest()[:12]

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """The order of rules that fit, the greatest first: priority, then who says more of owner, category, area."""
        category = sum(map(bool, (self.kind, self.main_code, self.sub_code)))
        return (self.priority, int(bool(self.owner)), category, _area_depth(self.area))


def _area_depth(area: str) -> int:
    levels = levels_of(area)
    return 0 if not levels else _DEPTHS.get(levels[0], 4)


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules are asked about: a category at a place. `areas` are the codes of all areas that it lies in."""

    kind: str
    main_code: str
    sub_code: str
    areas: frozenset[str]
    owner: str = ""


def fits(rule: Rule, subject: Subject) -> bool:
    """Whether a rule speaks of the subject; its dates are not asked."""
    return (
        rule.kind in ("", subject.kind)
        and rule.main_code in ("", subject.main_code)
        and rule.sub_code in ("", subject.sub_code)
        and (not rule.area or rule.area in subject.areas)
        and (not rule.owner or rule.owner == subject.owner)
    )


class RuleSet:
    """Rules in memory, for asking about many subjects on many days."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._by_category: dict[tuple[str, str, str], list[Rule]] = {}

    def of(self, subject: Subject, *, on: date) -> list[Rule]:
        """The rules that speak of a subject on a China date, in no order."""
        key = (subject.kind, subject.main_code, subject.sub_code)
        if key not in self._by_category:
            self._by_category[key] = [
                rule
                for rule in self._rules
                if all(part in ("", wanted) for part, wanted in zip(rule.key, key, strict=False))
            ]
        return [rule for rule in self._by_category[key] if rule.span.holds(on) and fits(rule, subject)]


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """Fitting rules, the winner first; equals by department, so that the answer is always the same."""
    return sorted(rules, key=lambda rule: (*(-part for part in rule.rank), rule.department, rule.key))


def winners(rules: Iterable[Rule]) -> list[Rule]:
    """The first rule of each department among those that no other outranks: none, one, or a tie of several."""
    ordered = in_order(rules)
    best = [rule for rule in ordered if rule.rank == ordered[0].rank]
    return list({rule.department: rule for rule in reversed(best)}.values())[::-1]


def rule_row(rule: Rule) -> dict[str, Any]:
    """The columns of `responsibility_rule` without the district."""
    return {
        "id": rule.id,
        "kind": rule.kind,
        "main_code": rule.main_code,
        "sub_code": rule.sub_code,
        "area": rule.area,
        "owner": rule.owner,
        "department": rule.department,
        "priority": rule.priority,
        "valid_from": rule.span.valid_from,
        "valid_to": rule.span.valid_to,
        "note": rule.note,
    }
