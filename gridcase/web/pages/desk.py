"""The centre desk: queue, case and map side by side, for intake operators, shift supervisors and dispatchers."""

from __future__ import annotations

from flask import Blueprint, request

from gridcase.web.context import looking
from gridcase.web.pages.desk_page import render_desk

DESK = Blueprint("desk", __name__)


@DESK.get("/desk")
def show() -> str:
    """The desk. Raises NotPermitted `role_missing`, NotFound `unknown_case`, Invalid `bad_cursor`."""
    with looking() as (desk, actor):
        return render_desk(desk, actor, request.args)
