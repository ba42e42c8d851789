"""What people did outside the flow, for administrators: signing in, passwords, looking at reporters."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, request, url_for

from gridcase.clock import CHINA
from gridcase.directory.audit import ACTS, Noted, Wanted, entries
from gridcase.errors import NotPermitted
from gridcase.web.context import looking
from gridcase.web.devices import device_name
from gridcase.web.pages.frame import render

AUDIT = Blueprint("audit", __name__)

_LIMIT = 100


@AUDIT.get("/audit")
def show() -> str:
    """The newest entries, narrowed by what was typed. Raises NotPermitted for all but administrators."""
    with looking() as (desk, actor):
        if not actor.has_role("administrator"):
            raise NotPermitted("role_missing", "administrators look at this", roles=["administrator"])
        typed = {name: request.args.get(name, "").replace("\0", "").strip() for name in _FIELDS}
        wanted = _wanted(typed)
        found = entries(desk.connection, desk.district, wanted, limit=_LIMIT + 1)
        shown = found[:_LIMIT]
        kept: dict[str, Any] = {name: text for name, text in typed.items() if text and name != "after"}
        following = url_for("audit.show", **kept, after=shown[-1][0]) if len(found) > _LIMIT else ""
        return render(
            desk, actor, "pages/audit.html",
            items=[_told(entry) for _id, entry in shown],
            typed={**typed, "from_on": typed["from"], "to_on": typed["to"]},
            first=url_for("audit.show", **kept) if wanted.after else "",
            following=following,
        )  # fmt: skip


def _told(entry: Noted) -> dict[str, Any]:
    """An entry as it is shown: whoever signed in or was signed out did so on a device."""
    is_device = entry.act in ("sign_in", "session_revoked")
    return {**asdict(entry), "subject": device_name(entry.subject) if is_device else entry.subject}


_FIELDS = ("actor", "act", "subject", "from", "to", "after")


def _wanted(typed: dict[str, str]) -> Wanted:
    """What was typed; what cannot be read narrows nothing."""
    found = Wanted(
        typed["actor"], typed["act"] if typed["act"] in ACTS else "", typed["subject"], after=typed["after"]
    )
    begin, end = (_day(typed[name]) for name in ("from", "to"))
    values: dict[str, Any] = {"from_at": _midnight(begin) if begin else None}
    values["to_at"] = _midnight(end + timedelta(days=1)) if end and end < date.max else None
    return replace(found, **values)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA).astimezone(UTC)
