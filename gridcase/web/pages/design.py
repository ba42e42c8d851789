"""The living page of the design system: every token and every component as the pages use them."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint

from gridcase.web.context import looking
from gridcase.web.pages.frame import render

DESIGN = Blueprint("design", __name__)

COLOURS = (
    "ground", "panel", "sunk", "ink", "ink-quiet", "edge", "edge-strong", "bar", "bar-ink", "bar-quiet", "accent",
    "accent-ink", "accent-soft", "focus", "green", "green-soft", "green-ink", "yellow", "yellow-fill", "yellow-soft",
    "yellow-ink", "red", "red-soft", "red-ink", "held", "held-soft", "held-ink", "made-soft", "made-ink",
)  # fmt: skip
_SPACES = ("1", "2", "3", "4", "5", "6")
_TYPES = ("tiny", "small", "text", "large", "huge")


@DESIGN.get("/_design")
def show() -> str:
    """All parts of pages, for whoever builds or changes one; nothing on it does anything."""
    with looking() as (desk, actor):
        soon = desk.now + timedelta(hours=3)
        return render(
            desk, actor, "pages/design.html", colours=COLOURS, spaces=_SPACES, types=_TYPES, soon=soon
        )
