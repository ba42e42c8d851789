"""Block I: what was reported, taken in, filed and dispatched, with the rules of exclusion of evaluation.md 3."""

from __future__ import annotations

from gridcase.facts.fold import CaseFold


def intake_columns(case: CaseFold) -> dict[str, int]:
    """The stored columns of block I, each 0 or 1.

    A self-handled case counts in `self_handled` and nowhere else, a merged one only in the reported columns; a
    rejected one in no column of filing or later, a voided one in `voided` alone of these.
    """
    stages, origin = case.stages, case.origin
    is_self_handled = stages.state == "self_closed"
    is_reported = stages.reported_at is not None and not is_self_handled
    is_taken_in = is_reported and stages.state != "merged"
    is_rejected = stages.state == "rejected"
    was_filed = is_taken_in and not is_rejected and stages.filed_at is not None
    is_voided = was_filed and stages.state == "voided"
    is_filed = was_filed and not is_voided
    columns = {
        "reported": is_reported,
        "inspector_reported": is_reported and origin.is_by_inspector,
        "public_reported": is_reported and origin.is_public,
        "valid_reported": is_filed and origin.is_by_inspector,
        "self_handled": is_self_handled,
        "accepted": is_taken_in and stages.accepted_at is not None,
        "declined": is_rejected and stages.declined_at is not None,
        "rejected": is_rejected and stages.rejected_at is not None,
        "filed": is_filed,
        "voided": is_voided,
        "public_filed": is_filed and origin.is_public,
        "missed": is_filed and case.followups.has_finding("missed"),
        "on_time_filed": is_filed and stages.is_filed_on_time,
        "force_closed": is_filed and stages.is_force_closed,
        **_dispatch_columns(case, is_filed=is_filed),
        **_desk_columns(case, is_filed=is_filed),
    }
    return {name: int(value) for name, value in columns.items()}


def _dispatch_columns(case: CaseFold, *, is_filed: bool) -> dict[str, bool]:
    """The first dispatch by its stage deadline; a wrong one is any later dispatch to another department."""
    dispatches = case.dispatches
    is_dispatched = is_filed and dispatches.dispatched_at is not None
    return {
        "dispatch_due": is_filed,
        "dispatched": is_dispatched,
        "on_time_dispatched": is_dispatched and dispatches.is_first_on_time,
        "late_dispatched": is_dispatched and not dispatches.is_first_on_time,
        "accurate_dispatched": is_dispatched and not dispatches.has_wrong,
        "wrong_dispatched": is_dispatched and dispatches.has_wrong,
    }


def _desk_columns(case: CaseFold, *, is_filed: bool) -> dict[str, bool]:
    """A pass that stands is owed a closing; the desk's own act is judged, not the city's review after it."""
    is_due = is_filed and case.desk.has_pass
    return {"desk_close_due": is_due, "on_time_desk_closed": is_due and case.desk.is_closed_on_time}
