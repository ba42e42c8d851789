"""What a page tells of open cases near by, so that a person can judge whether they are the same: picture and words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.forms import Duplicate
from gridcase.cases.known_duplicates import known_duplicates
from gridcase.cases.listing import named_cases
from gridcase.cases.pictures import first_pictures
from gridcase.directory.people import Actor


def near_cases(desk: Desk, actor: Actor, duplicates: Sequence[Duplicate]) -> list[dict[str, Any]]:
    """Number, distance and state of each that this person may know of; with `case` and `picture` where they see it."""
    duplicates = known_duplicates(desk, actor, duplicates)
    seen = {item["number"]: item for item in named_cases(desk, actor, [each.number for each in duplicates])}
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
