"""What a page tells of open cases near by, so that a person can judge whether they are the same: picture and words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.forms import Duplicate
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.pictures import first_pictures
from gridcase.directory.people import Actor


def near_cases(desk: Desk, actor: Actor, duplicates: Sequence[Duplicate]) -> list[dict[str, Any]]:
    """Number, distance, state and moment of each; with `description`, `address` and `picture` where this person sees it."""
    numbers = [each.number for each in duplicates]
    page = Page("number", limit=len(numbers))
    items = list_cases(desk, actor, filters=Filters(number=numbers), page=page).items if numbers else []
    seen = {item["number"]: item for item in items}
    pictures = first_pictures(desk, list(seen))
    return [
        {
            "number": each.number,
            "distance_m": each.distance_m,
            "state": each.state,
            "case": seen.get(each.number),
            "picture": pictures.get(each.number),
        }
        for each in duplicates
    ]
