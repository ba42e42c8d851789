"""Who works at the centre desk, and which way leads back to it."""

from __future__ import annotations

from gridcase.cases.book import Rulebook
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from gridcase.web.pages.onward import own_way

DESK_PATH = "/desk"


def works_at_centre(book: Rulebook, actor: Actor) -> bool:
    """Whether one of this person's roles is a desk of the centre: one that sees all cases of its area."""
    for name in book.flows.names:
        roles = book.flows.latest(name).roles
        held = (roles[code] for code in actor.roles if code in roles)
        if any(role.centre and role.sees == "area" for role in held):
            return True
    return False


def check_centre_desk(book: Rulebook, actor: Actor) -> None:
    """Raises NotPermitted `role_missing` for a person without a desk of the centre."""
    if not works_at_centre(book, actor):
        raise NotPermitted("role_missing", "only roles of the centre work here")


def is_desk(path: str | None) -> bool:
    """Whether a way back leads to the centre desk of this site."""
    way = own_way(path)
    return way is not None and way.path == DESK_PATH
