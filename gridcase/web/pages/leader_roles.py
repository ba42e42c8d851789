"""Who sees the page of the leaders: they themselves, and the desks of the centre that answer to them."""

from __future__ import annotations

from gridcase.cases.book import Rulebook
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from gridcase.web.pages.desk_roles import works_at_centre

_LEADER = "leader"


def may_lead(book: Rulebook, actor: Actor) -> bool:
    """Whether this person may see how all units stand in a month that nobody has published."""
    return actor.has_role(_LEADER) or works_at_centre(book, actor)


def check_leader(book: Rulebook, actor: Actor) -> None:
    """Raises NotPermitted `role_missing` for everybody else."""
    if not may_lead(book, actor):
        raise NotPermitted("role_missing", "only leaders and the desks of the centre read this")
