"""Computes the due moments of a case's open clocks anew when another calendar is in force (clock.md 3)."""

from __future__ import annotations

from gridcase.cases.book import Desk
from gridcase.cases.clocks import redue_effect
from gridcase.cases.loading import load_case
from gridcase.cases.service import not_before, release_due
from gridcase.cases.steps import moment_text
from gridcase.cases.writing import Draft, append
from gridcase.directory.people import SYSTEM
from gridcase.facts import ClockEffect

# The step that tells old and new due moments; its effects carry both.
TRIGGER = "redue"


def recompute(desk: Desk, number: str) -> int:
    """Bring the open clocks of one case to the calendar in force, in one step; answers how many clocks moved.

    What stopped keeps its verdict: it was judged by the calendar of its day. Holds whose date has come end first.
    """
    case = load_case(desk, number)
    if case is None or not case.is_open:
        return 0
    release_due(desk, case)
    desk = not_before(desk, case)
    clocks = desk.book.clock_desk
    found = (redue_effect(run, desk.now, clocks) for run in case.runs.open_runs())
    effects = [effect for effect in found if effect is not None]
    if effects:
        data = {
            "calendar": desk.book.calendar.fingerprint,
            "recomputed": [_told(effect) for effect in effects],
        }
        append(desk, case, Draft(TRIGGER, case.state or "", SYSTEM, "system", data, effects))
    return len(effects)


def _told(effect: ClockEffect) -> dict[str, str | None]:
    """Old and new due moment of a clock in the step's own words; None while it is held."""
    old, new = (moment_text(moment) if moment else None for moment in (effect.old_due_at, effect.due_at))
    return {"clock": effect.clock, "old_due_at": old, "due_at": new}
