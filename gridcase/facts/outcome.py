"""Block O: what became of a dispatched case, with the rules of exclusion of evaluation.md 3."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gridcase.facts.fold import CaseFold
from gridcase.facts.followups import FollowUps

_TAKEN_OUT = frozenset({"voided", "rejected", "merged", "self_closed"})
_LOCAL_KINDS = frozenset({"street", "community"})
# Failed verifications count apart from the third on.
_FIRST_FAILURES = 2


def is_countable(case: CaseFold) -> bool:
    """Whether block O may count the case: a dispatch is in force and no rule of exclusion takes the case out.

    A forced closing without feedback leaves every O column (evaluation.md 3); so does a return to intake until
    the next dispatch (evaluation.md 1).
    """
    if not case.dispatches.is_in_force or case.stages.state in _TAKEN_OUT:
        return False
    return not (case.stages.is_force_closed and case.handling.handled_at is None)


def outcome_columns(case: CaseFold) -> dict[str, Any]:
    """The stored columns of block O, all 0 when the case is not countable."""
    if not is_countable(case):
        return dict(_uncounted())
    columns = {
        **_closing_columns(case),
        **_quality_columns(case),
        **case.followups.order_columns(),
    }
    return {name: int(value) if isinstance(value, bool) else value for name, value in columns.items()}


@lru_cache(maxsize=1)
def _uncounted() -> dict[str, Any]:
    """The columns of a case that block O does not count, which is every one until its dispatch."""
    blank = CaseFold()
    counts = {**_closing_columns(blank), **_quality_columns(blank)}
    return {**dict.fromkeys(counts, 0), **FollowUps().order_columns()}


def _closing_columns(case: CaseFold) -> dict[str, Any]:
    """Handled and closed; "on time" is the department's feedback, and an approved appeal counts as on time."""
    handling, origin = case.handling, case.origin
    due_at = handling.due_at(case.deadlines, is_in_force=case.dispatches.is_in_force)
    is_on_time = handling.is_on_time(due_at) or handling.is_exempted
    is_closed = case.stages.closed_at is not None
    is_surveyed = is_closed and origin.is_public and case.followups.is_surveyed
    sort = Sort(origin.is_urgent, origin.is_assigned, origin.is_public, case.dispatches.department_kind)
    is_handled = handling.handled_at is not None
    return {
        **closing_counts(sort, is_handled=is_handled, is_on_time=is_on_time, is_closed=is_closed),
        "appeal_exempted": handling.is_exempted,
        "surveyed": is_surveyed,
        "satisfied": is_surveyed and case.followups.is_satisfied,
    }


@dataclass(frozen=True, slots=True)
class Sort:
    """What a case is, as far as closings are counted apart by it."""

    is_urgent: bool
    is_assigned: bool
    is_public: bool
    department_kind: str | None


def closing_counts(sort: Sort, *, is_handled: bool, is_on_time: bool, is_closed: bool) -> dict[str, bool]:
    """The columns that follow from feedback and closing (evaluation.md 3); `is_on_time` judges the feedback."""
    is_closed_on_time, is_late = is_closed and is_on_time, is_closed and not is_on_time
    return {
        "handled": is_handled,
        "on_time_handled": is_handled and is_on_time,
        "late_handled": is_handled and not is_on_time,
        "closed": is_closed,
        "on_time_closed": is_closed_on_time,
        "late_closed": is_late,
        "urgent_closed": is_closed and sort.is_urgent,
        "urgent_on_time_closed": is_closed_on_time and sort.is_urgent,
        "assigned_closed": is_closed and sort.is_assigned,
        "assigned_on_time_closed": is_closed_on_time and sort.is_assigned,
        "public_late_closed": is_late and sort.is_public,
        "settled_locally": is_closed and sort.department_kind in _LOCAL_KINDS,
    }


def _quality_columns(case: CaseFold) -> dict[str, Any]:
    """Rework, failed verifications, extensions, holds, hand-backs and findings."""
    dispatches, handling, followups = case.dispatches, case.handling, case.followups
    failures = dispatches.failed_verifications
    return {
        "reworked": dispatches.rework_rounds > 0,
        "rework_rounds": dispatches.rework_rounds,
        "verification_failed": min(failures, _FIRST_FAILURES),
        "verification_failed_again": max(failures - _FIRST_FAILURES, 0),
        "extended": handling.extension_rounds > 0,
        "extension_rounds": handling.extension_rounds,
        "ever_held": handling.was_held,
        "handed_back": dispatches.hand_backs > 0,
        "late_handed_back": dispatches.late_hand_backs > 0,
        "buck_passed": followups.has_finding("buck_passed"),
        "faked": followups.has_finding("faked"),
    }
