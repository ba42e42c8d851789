"""Responsibility rules in the database: what an import changes, the whole set, and those that speak of one case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Date, bindparam, delete, insert, or_, select
from sqlalchemy.engine import Dialect

from gridcase.cases.models import ResponsibilityRule
from gridcase.cases.responsibility import Rule, Subject, rule_row
from gridcase.db import Access, Prepared, table_of
from gridcase.directory.service import set_site_fact
from gridcase.spatial.spans import Span
from gridcase.tables import Changes, compare

_RULE = table_of(ResponsibilityRule).c
# Differs whenever other rules are in force.
RULES_IN_FORCE = "rules_in_force"


def rule_changes(before: Iterable[Rule], after: Iterable[Rule]) -> Changes[Rule]:
    """The differences between two sets of rules, each by key."""
    return compare(before, after, key=lambda rule: rule.key)


def stored_rules(connection: Connection, district: str) -> list[Rule]:
    """All rules of a district, of every date, by key."""
    columns = (
        _RULE.department, _RULE.kind, _RULE.main_code, _RULE.sub_code, _RULE.area, _RULE.owner, _RULE.priority,
        _RULE.valid_from, _RULE.valid_to, _RULE.note,
    )  # fmt: skip
    rows = connection.execute(select(*columns).where(_RULE.district == district))
    return sorted((_rule(row) for row in rows), key=lambda rule: rule.key)


def import_rules(connection: Connection, district: str, rules: Sequence[Rule]) -> Changes[Rule]:
    """Let these be the rules of a district from now on, in the caller's write transaction; answers what changed."""
    # Written before they are read: on PostgreSQL a second import waits here until this one is committed.
    set_site_fact(connection, district, RULES_IN_FORCE, value="")
    changes = rule_changes(stored_rules(connection, district), rules)
    if changes:
        connection.execute(delete(ResponsibilityRule).where(_RULE.district == district))
        if rules:
            values = [{"district": district, **rule_row(rule)} for rule in rules]
            connection.execute(insert(table_of(ResponsibilityRule)), values)
    set_site_fact(connection, district, RULES_IN_FORCE, value=_mark(rules))
    return changes


def _mark(rules: Iterable[Rule]) -> str:
    told = "\n".join(sorted(map(repr, rules)))
    return hashlib.sha256(told.encode()).hexdigest()


@lru_cache(maxsize=8)
def _select_candidates(dialect: Dialect) -> Prepared:
    """What may speak of a category on a day: empty parts fit, areas and owner are few and are asked afterwards."""
    empty: BindParameter[str] = bindparam("empty")
    on = bindparam("on_day", type_=Date)
    named = {
        "kind": _RULE.kind,
        "main_code": _RULE.main_code,
        "sub_code": _RULE.sub_code,
        "owner": _RULE.owner,
    }
    query = select(
        _RULE.department, _RULE.kind, _RULE.main_code, _RULE.sub_code, _RULE.area, _RULE.owner, _RULE.priority,
        _RULE.valid_from, _RULE.valid_to, _RULE.note,
    ).where(
        _RULE.district == bindparam("district"),
        *(or_(column == bindparam(name), column == empty) for name, column in named.items()),
        or_(_RULE.valid_from.is_(None), _RULE.valid_from <= on),
        or_(_RULE.valid_to.is_(None), _RULE.valid_to > on),
    )  # fmt: skip
    types = {name: column.type for name, column in {**named, "district": _RULE.district}.items()}
    return Prepared(query, dialect, {**types, "empty": _RULE.kind.type, "on_day": Date()})


def rules_for(access: Access, district: str, subject: Subject, *, on: date) -> list[Rule]:
    """The rules that speak of a subject on a China date, in no order."""
    values = {
        "district": district, "kind": subject.kind, "main_code": subject.main_code, "sub_code": subject.sub_code,
        "owner": subject.owner, "empty": "", "on_day": on,
    }  # fmt: skip
    rows = access.fetch(_select_candidates(access.dialect), values)
    found = map(_rule, rows)
    return [rule for rule in found if not rule.area or rule.area in subject.areas]


def _rule(row: Sequence[Any]) -> Rule:
    department, kind, main_code, sub_code, area, owner, priority, begin, end, note = row
    span = Span(_day(begin), _day(end))
    return Rule(department, kind, main_code, sub_code, area, owner, priority, span, note)


def _day(value: date | str | None) -> date | None:
    """A date as the driver gives it: SQLite keeps the text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
