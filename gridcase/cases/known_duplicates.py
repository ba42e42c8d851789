"""Open duplicates of a case as far as one person may know of them (flow.md 1, rule 8, and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.duplicates import open_duplicates, reach_of_case
from gridcase.cases.forms import Duplicate
from gridcase.cases.listing import visible_numbers
from gridcase.cases.loading import visible_case
from gridcase.directory.people import Actor


def duplicates_of_case(desk: Desk, actor: Actor, number: str) -> dict[str, Any]:
    """What has to be looked at before filing: `radius_m`, `days` (0 = however old), `items` nearest first.

    Raises NotFound `unknown_case`.
    """
    case = visible_case(desk, actor, number)
    reach = reach_of_case(desk, case.fields)
    found = known_duplicates(desk, actor, open_duplicates(desk, case.fields, exclude=number))
    return {
        "number": number,
        "radius_m": reach.radius_m,
        "days": reach.days,
        "items": [asdict(each) for each in found],
    }


def known_duplicates(desk: Desk, actor: Actor, found: Sequence[Duplicate]) -> list[Duplicate]:
    """All of them for the centre, which has to judge them across the borders of areas; else those of cases one sees."""
    if any(actor.has_role(role) for role in desk.book.role_rules.centre):
        return list(found)
    seen = visible_numbers(desk, actor, [each.number for each in found])
    return [each for each in found if each.number in seen]
