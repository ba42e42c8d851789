"""The desk of a department: its inbox with the case beside it, and what changed there, asked for again and again."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from gridcase.cases.inbox import inbox
from gridcase.web.context import looking
from gridcase.web.pages.department_figures import closed_late_of
from gridcase.web.pages.department_page import inbox_mark, render_department_desk, tabs_of
from gridcase.web.pages.desk_live import changed_since, live_response

DEPARTMENT_DESK = Blueprint("department_desk", __name__)


@DEPARTMENT_DESK.get("/department/desk")
def show() -> str:
    """The desk. Raises NotPermitted `role_missing` for whoever acts for no department, NotFound `unknown_case`."""
    with looking() as (desk, actor):
        return render_department_desk(desk, actor, request.args)


@DEPARTMENT_DESK.get("/department/desk/live")
def show_live() -> Response:
    """The counts of the tabs; `mark` of the shown one; `changed` when the open case moved on since `seen`. `ETag`.

    Raises NotPermitted `role_missing`.
    """
    with looking() as (desk, actor):
        found = inbox(desk, actor, closed_late=closed_late_of(desk, actor.department or ""))
        body = {
            "queues": {tab["key"]: {"count": tab["count"]} for tab in tabs_of(desk, found)},
            "mark": inbox_mark(found, request.args.get("tab", "")),
            "changed": changed_since(desk, actor),
        }
        # Nobody sits there because a page asks by itself: the session ends as if it had not.
        g.pop("is_session_to_be_marked", None)
    return live_response(body)
