"""Looks rules up for people: those that speak of a category, an area or a department, in the order in which they apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gridcase.cases.catalogue import Catalogue
from gridcase.cases.responsibility import Rule, in_order
from gridcase.spatial import Geography

IN_FORCE, COMING, ENDED = "in_force", "coming", "ended"
STANDINGS = (IN_FORCE, COMING, ENDED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty = all. Rules that leave a part open speak of everything and are found, too.

    `category` is a code (`event/01/10`, as far as it goes) or a part of a name, `area` a code or a name.
    """

    category: str = ""
    area: str = ""
    department: str = ""
    standing: str = ""


def standing_of(rule: Rule, on: date) -> str:
    """Whether a rule is in force on a China date, coming, or has ended."""
    if rule.span.holds(on):
        return IN_FORCE
    return COMING if rule.span.valid_from is not None and rule.span.valid_from > on else ENDED


def wanted_rules(
    rules: Iterable[Rule], wanted: Wanted, *, catalogue: Catalogue, geography: Geography, on: date
) -> list[Rule]:
    """The rules that are looked for, the one that applies first in front."""
    classes = set(_classes(catalogue, wanted.category)) if wanted.category else None
    areas = _areas(geography, wanted.area) if wanted.area else None
    found = [
        rule
        for rule in rules
        if (classes is None or any(_speaks_of(rule, one) for one in classes))
        and (areas is None or not rule.area or any(_meets(rule.area, area) for area in areas))
        and (not wanted.department or rule.department == wanted.department)
        and (not wanted.standing or standing_of(rule, on) == wanted.standing)
    ]
    return in_order(found)


def _classes(catalogue: Catalogue, text: str) -> Iterator[tuple[str, str, str]]:
    """The sub categories whose code begins with the text or whose name, or main name, holds it."""
    code = f"{text.strip('/')}/"
    for key, category in catalogue.categories.items():
        if f"{'/'.join(key)}/".startswith(code) or text in category.sub_name or text in category.main_name:
            yield key


def _speaks_of(rule: Rule, key: tuple[str, str, str]) -> bool:
    named = (rule.kind, rule.main_code, rule.sub_code)
    return all(part in ("", wanted) for part, wanted in zip(named, key, strict=True))


def _areas(geography: Geography, text: str) -> Sequence[str]:
    """The codes that a text names: its own, and those of areas of this name."""
    return [text, *(area.code for area in geography.areas if text in (area.name, *area.aliases))]


def _meets(one: str, other: str) -> bool:
    """Whether two areas lie in one another: codes of areas begin with those of what they lie in."""
    return one.startswith(other) or other.startswith(one)
