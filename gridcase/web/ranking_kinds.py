"""Which units whom may see ranked: figures of single people are for the centre, leaders and administrators."""

from __future__ import annotations

from gridcase.cases.book import Desk
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from gridcase.evaluation.post_columns import POSTS

UNITS = ("departments", "streets")
_LEADS = ("leader", "administrator")


def kinds_for(desk: Desk, actor: Actor) -> tuple[str, ...]:
    """The kinds of units in the order in which they are offered."""
    return (*UNITS, *POSTS) if may_see_people(desk, actor) else UNITS


def may_see_people(desk: Desk, actor: Actor) -> bool:
    """Whether this person may see how single people work: roles of the centre, leaders, administrators."""
    return any(actor.has_role(role) for role in (*desk.book.role_rules.centre, *_LEADS))


def asked_kind(desk: Desk, actor: Actor, text: str) -> str:
    """The kind asked for, else the first one that is offered."""
    kinds = kinds_for(desk, actor)
    return text if text in kinds else kinds[0]


def check_kind(desk: Desk, actor: Actor, of: str) -> None:
    """Raises NotPermitted `role_missing` for figures of people that are not for this person."""
    if of in POSTS and not may_see_people(desk, actor):
        raise NotPermitted("role_missing", "only the centre and leaders may read how people work")
