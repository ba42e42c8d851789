"""The way into what administrators look after: one page with a link to each part."""

from __future__ import annotations

from flask import Blueprint

from gridcase.directory.people import Actor
from gridcase.directory.staff import ADMINISTRATOR
from gridcase.errors import NotPermitted
from gridcase.web.context import looking
from gridcase.web.pages.frame import render

ADMIN = Blueprint("admin", __name__)


@ADMIN.get("/admin")
def show() -> str:
    """The parts of the administration. Raises NotPermitted for all but administrators."""
    with looking() as (desk, actor):
        check_administrator(actor)
        return render(desk, actor, "pages/admin.html")


def check_administrator(actor: Actor) -> None:
    """Let administrators in alone. Raises NotPermitted `role_missing`."""
    if not actor.has_role(ADMINISTRATOR):
        raise NotPermitted("role_missing", "administrators look after this", roles=[ADMINISTRATOR])
