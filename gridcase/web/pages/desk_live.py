"""What changed at the centre desk, asked for again and again: counts of the queues, and the case that is open."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, g, request

from gridcase.cases.book import Desk
from gridcase.cases.shown import shown_case
from gridcase.directory.people import Actor
from gridcase.errors import NotFound
from gridcase.web.context import looking
from gridcase.web.pages.case_list import tabs_of
from gridcase.web.pages.desk_page import last_act, queue_mark
from gridcase.web.pages.desk_roles import check_centre_desk
from gridcase.web.pages.english import label_text
from gridcase.web.pages.look import look
from gridcase.web.pages.sending import version_of
from gridcase.web.pages.wording import moment_text

DESK_LIVE = Blueprint("desk_live", __name__)


@DESK_LIVE.get("/desk/live")
def show() -> Response:
    """The counts of the queues; `mark` of the shown one; `changed` when the open case moved on since `seen`. `ETag`.

    Raises NotPermitted `role_missing`.
    """
    with looking() as (desk, actor):
        check_centre_desk(desk.book, actor)
        tabs = tabs_of(desk, actor)
        body = {
            "queues": {tab["key"]: {"count": tab["count"], **tab["lamps"]} for tab in tabs if "count" in tab},
            "mark": queue_mark(tabs, request.args.get("tab", "")),
            "changed": changed_since(desk, actor),
        }
        # Nobody sits there because a page asks by itself: the session ends as if it had not.
        g.pop("is_session_to_be_marked", None)
    return live_response(body)


def live_response(body: dict[str, Any]) -> Response:
    """What is asked for again and again, with an `ETag`: nothing is sent where nothing changed."""
    response = Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def changed_since(desk: Desk, actor: Actor) -> dict[str, Any] | None:
    """Who made the last step of the open case since it was shown, when and which, in the words of the page."""
    number, seen = request.args.get("case", "")[:40], version_of({"version": request.args.get("seen", "")})
    if not number or "\0" in number or seen is None:
        return None
    try:
        case = shown_case(desk, actor, number)
    except NotFound:
        return None
    act = last_act(case)
    if case.version <= seen or act["actor"] == actor.name:
        return None
    return {
        "at": moment_text(act["at"]),
        "who": act["actor_name"] or act["actor"],
        "what": label_text(act["label"] or act["trigger"], look().language),
        "version": case.version,
    }
