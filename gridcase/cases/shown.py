"""A case as it is shown at a moment: holds whose date has come count as released, though nobody wrote it yet."""

from __future__ import annotations

from datetime import datetime

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, apply
from gridcase.cases.clocks import used_seconds
from gridcase.cases.loading import visible_case
from gridcase.cases.releases import due_releases
from gridcase.cases.runs import Run
from gridcase.cases.writing import seal_draft
from gridcase.clock import CHINA
from gridcase.directory.people import Actor

RED, YELLOW, GREEN = "red", "yellow", "green"


def shown_case(desk: Desk, actor: Actor, number: str) -> CaseFile:
    """The visible case at `desk.now`. Raises NotFound `unknown_case`."""
    case = visible_case(desk, actor, number)
    for draft in due_releases(desk, case):
        entry, _row = seal_draft(desk, case, draft)
        apply(case, entry)
    return case


def china_text(moment: datetime | None) -> str | None:
    """RFC 3339 in +08:00, whole seconds."""
    return moment.astimezone(CHINA).isoformat(timespec="seconds") if moment is not None else None


def lamp_of(run: Run, now: datetime) -> str | None:
    """The lamp of a run: None while held; a finished run keeps that of its finish (clock.md 7)."""
    if run.due_at is None or run.yellow_at is None:
        return None
    at = run.ended_at or now
    if at > run.due_at:
        return RED
    return YELLOW if at >= run.yellow_at else GREEN


def used_of(desk: Desk, run: Run) -> int:
    """Counted seconds used: at its end, at the begin of its open hold, or by now."""
    if run.used is not None and (run.ended_at is not None or run.open_hold is not None):
        return run.used
    return used_seconds(run, desk.now, desk.book.clock_desk)
