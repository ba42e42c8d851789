"""An inspector's own cells at the moment of an act: those of the duty roster before those of the area."""

from __future__ import annotations

from gridcase.cases.book import Desk
from gridcase.directory.duty import INSPECTOR, duty_cells
from gridcase.directory.people import Actor


def own_cells(desk: Desk, actor: Actor) -> frozenset[str] | None:
    """The cells that the roster gives an inspector now; None: those of the person's area (api.md 5)."""
    if not actor.has_role(INSPECTOR):
        return None
    return duty_cells(desk.connection, desk.district, actor.name, at=desk.now)
