"""The count columns of evaluation.md 3 by block, and the moment by which block I counts each in a period."""

from __future__ import annotations

# Block I in the modes `due` and `act`: column -> moment of the fact row (evaluation.md 2).
INTAKE_MOMENTS: dict[str, str] = {
    "reported": "reported_at",
    "inspector_reported": "reported_at",
    "public_reported": "reported_at",
    "valid_reported": "reported_at",
    "self_handled": "reported_at",
    "accepted": "accepted_at",
    "declined": "declined_at",
    "filed": "filed_at",
    "rejected": "rejected_at",
    "voided": "filed_at",
    "public_filed": "filed_at",
    "missed": "filed_at",
    "dispatch_due": "filed_at",
    "dispatched": "dispatched_at",
    "undispatched": "filed_at",
    "on_time_dispatched": "filed_at",
    "late_dispatched": "filed_at",
    "accurate_dispatched": "filed_at",
    "wrong_dispatched": "filed_at",
    "force_closed": "closed_at",
    "on_time_filed": "filed_at",
    "desk_close_due": "verified_at",
    "on_time_desk_closed": "verified_at",
}

# Work of people: each task and duty by its own moment, since one case can have several.
ACT_COLUMN_NAMES: tuple[str, ...] = (
    "confirm_due",
    "confirmed",
    "on_time_confirmed",
    "verify_due",
    "verified",
    "on_time_verified",
    "confirm_send_due",
    "on_time_confirm_sent",
    "verify_send_due",
    "on_time_verify_sent",
)

# Block O: in mode `due` by `due_at`; the first group is computed at read time from the as-of moment.
OUTCOME_AT_READ: tuple[str, ...] = (
    "handle_due",
    "unhandled",
    "open_in_time",
    "overdue_unhandled",
    "due",
    "overdue_unclosed",
    "urgent_due",
    "assigned_due",
    "public_overdue_unhandled",
    "supervision_unanswered",
)
OUTCOME_STORED: tuple[str, ...] = (
    "handled",
    "on_time_handled",
    "late_handled",
    "closed",
    "on_time_closed",
    "late_closed",
    "urgent_closed",
    "urgent_on_time_closed",
    "assigned_closed",
    "assigned_on_time_closed",
    "public_late_closed",
    "reworked",
    "rework_rounds",
    "verification_failed",
    "verification_failed_again",
    "extended",
    "extension_rounds",
    "ever_held",
    "handed_back",
    "late_handed_back",
    "buck_passed",
    "faked",
    "supervised",
    "appeal_exempted",
    "settled_locally",
    "surveyed",
    "satisfied",
)
# In mode `due` a held case has no due moment and a carried-over one an earlier one: selected by themselves.
OUTCOME_APART: tuple[str, ...] = (
    "held",
    "carried_over",
    "carried_over_handled",
    "carried_over_closed",
    "carried_over_open",
)

OUTCOME_NAMES: tuple[str, ...] = (*OUTCOME_AT_READ, *OUTCOME_STORED, *OUTCOME_APART)
COLUMN_NAMES: tuple[str, ...] = (*INTAKE_MOMENTS, *ACT_COLUMN_NAMES, *OUTCOME_NAMES)
