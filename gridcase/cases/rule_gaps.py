"""Finds cells × categories for which the responsibility rules name no department, or two of the same weight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gridcase.cases.catalogue import Catalogue, Category
from gridcase.cases.responsibility import Rule, Subject, fits, winners

NONE, TWO = "none", "two"


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A unit grid cell with the codes of all areas that it lies in, and whom it says it belongs to."""

    code: str
    areas: frozenset[str]
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """One category and the cells, by code, where `departments` answer for it: none, or two and more (`finding`)."""

    category: Category
    departments: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def finding(self) -> str:
        return TWO if self.departments else NONE


def gaps(rules: Sequence[Rule], catalogue: Catalogue, cells: Iterable[CellPlace]) -> Iterator[Gap]:
    """The gaps by category in the order of the catalogue; within one, those without a department first.

    The rules are those in force on one day. Cells between which no rule makes a difference are judged together, so
    that the time grows with the rules and not with cells times categories.
    """
    places = _alike(rules, cells)
    for category in catalogue.categories.values():
        mine = [rule for rule in rules if _speaks_of(rule, category)]
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for (areas, owner), codes in places.items():
            subject = Subject(category.kind, category.main_code, category.sub_code, areas, owner)
            fitting = [rule for rule in mine if fits(rule, subject)]
            departments = tuple(sorted(rule.department for rule in winners(fitting))) if fitting else ()
            if len(departments) != 1:
                found[departments] += codes
        for departments in sorted(found):
            yield Gap(category, departments, tuple(sorted(found[departments])))


def _alike(rules: Sequence[Rule], cells: Iterable[CellPlace]) -> dict[tuple[frozenset[str], str], list[str]]:
    """The cells by what rules can tell of them."""
    areas = {rule.area for rule in rules}
    owners = {rule.owner for rule in rules}
    found: dict[tuple[frozenset[str], str], list[str]] = defaultdict(list)
    for cell in cells:
        found[cell.areas & areas, cell.owner if cell.owner in owners else ""].append(cell.code)
    return found


def _speaks_of(rule: Rule, category: Category) -> bool:
    return (
        rule.kind in ("", category.kind)
        and rule.main_code in ("", category.main_code)
        and rule.sub_code in ("", category.sub_code)
    )
