"""Gives an office responsibility rules for tests, and asks what they suggest."""

from __future__ import annotations

from gridcase.cases.book import Desk
from gridcase.cases.responsibility import Rule
from gridcase.cases.rule_store import import_rules
from gridcase.cases.suggesting import Asking, Suggestion, choosing_rows, suggest
from gridcase.tables import Changes
from tests.making import Office


def rule(department: str, category: str = "", area: str = "", **more: object) -> Rule:
    """A rule for `kind/main/sub`, as far as it is given."""
    parts = [*category.split("/"), "", "", ""][:3]
    return Rule(department, *parts, area, **more)  # type: ignore[arg-type]


def give_rules(office: Office, *rules: Rule) -> Changes[Rule]:
    """Let these be all rules of the office."""
    with office.database.transaction() as connection:
        return import_rules(connection, office.district, rules)


def suggested(office: Office, number: str, *, owner: str | None = None) -> Suggestion:
    """What is suggested for the next dispatch of a case."""
    case = office.case(number)
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        return suggest(desk, case, choosing_rows(case), asking=Asking(owner))


def departments_of(suggestion: Suggestion) -> list[str]:
    """The codes of the choices, the first one first."""
    return [choice.card.code for choice in suggestion.choices]
