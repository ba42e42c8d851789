"""Changes to a department that bear on cases: what lies with it, which rules name it, what it may not become."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from gridcase.cases.book import Desk
from gridcase.cases.models import Case, ResponsibilityRule
from gridcase.db import table_of
from gridcase.directory.audit import Noted
from gridcase.directory.departments import DepartmentRow, change_department, department_row
from gridcase.errors import Invalid

_CASE, _RULE = table_of(Case).c, table_of(ResponsibilityRule).c


@dataclass(frozen=True, slots=True)
class Standing:
    """What names a department: cases of which it is the main one now, those still open, responsibility rules."""

    case_count: int
    open_count: int
    rule_count: int


def standing_of(desk: Desk, code: str) -> Standing:
    """What names the department of this code."""
    mine = (_CASE.district == desk.district, _CASE.department == code)
    cases = select(func.count(), func.count().filter(_CASE.is_open)).select_from(table_of(Case)).where(*mine)
    case_count, open_count = desk.connection.execute(cases).one()
    rules = (
        select(func.count())
        .select_from(table_of(ResponsibilityRule))
        .where(_RULE.district == desk.district, _RULE.department == code)
    )
    return Standing(case_count, open_count, desk.connection.execute(rules).scalar_one())


def save_department(desk: Desk, row: DepartmentRow, *, entry: Noted) -> bool:
    """Make a department what `row` says; False when nothing changes.

    One that cases name goes on handling them: it may be closed, not turned into an office of the centre
    (flow.md 1, rule 1). Raises Invalid `department_has_cases` and what `change_department` raises.
    """
    before = department_row(desk.connection, desk.district, row.code)
    if before.card.handles and not row.card.handles:
        standing = standing_of(desk, row.code)
        if standing.case_count:
            text = f"{standing.case_count} cases lie with {row.code}"
            raise Invalid("department_has_cases", text, field="kind", case_count=standing.case_count)
    return change_department(desk.connection, desk.district, row, rules=desk.book.role_rules, entry=entry)
