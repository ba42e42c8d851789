"""What stands in a queue of one person: the cases of its list and the count beside it, which say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.directory.people import Actor
from tests.making import Office

Counting = Callable[[Desk, Actor], Mapping[str, Any] | None]


def queued(office: Office, who: str, filters: Filters, counting: Counting) -> set[str]:
    """The numbers in this person's queue; a person without the queue has an empty one."""
    with office.database.reading() as connection:
        desk, actor = Desk(connection, office.book, office.now), office.people[who]
        found = list_cases(desk, actor, filters=filters, page=Page(limit=200)).items
        counted = counting(desk, actor)
    assert (counted["count"] if counted else 0) == len(found), who
    return {item["number"] for item in found}
