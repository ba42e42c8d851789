"""The fact row: one wide row a case, which every ranking sums up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEYS = (
    "cell", "community", "street", "kind", "main_code", "sub_code", "channel", "department",
    "department_kind", "first_department", "inspector", "intake_operator", "shift_supervisor",
    "dispatcher", "closer", "acts", "supervision_open",
)  # fmt: skip
_FLAGS = (
    "is_public", "is_assigned", "is_urgent", "is_open", "is_held", "is_countable",
)  # fmt: skip
_MOMENTS = (
    "reported_at", "accepted_at", "filed_at", "declined_at", "rejected_at", "voided_at", "closed_at",
    "dispatched_at", "last_dispatched_at", "due_at", "handled_at", "held_from", "confirm_sent_at",
    "confirmed_at", "verify_sent_at", "verified_at", "intake_due_at", "confirmation_due_at",
    "filing_due_at", "dispatch_due_at", "verification_sending_due_at", "verification_due_at",
    "closing_due_at", "acts_from", "acts_to", "supervision_open_from", "supervision_open_to",
)  # fmt: skip
_COUNTS = (
    "reported", "inspector_reported", "public_reported", "valid_reported", "self_handled", "accepted",
    "declined", "filed", "rejected", "voided", "public_filed", "missed", "dispatch_due", "dispatched",
    "on_time_dispatched", "late_dispatched", "accurate_dispatched", "wrong_dispatched", "force_closed",
    "on_time_filed", "desk_close_due", "on_time_desk_closed", "confirm_due", "confirmed",
    "on_time_confirmed", "verify_due", "verified", "on_time_verified", "confirm_send_due",
    "on_time_confirm_sent", "verify_send_due", "on_time_verify_sent", "handled", "on_time_handled",
    "late_handled", "closed", "on_time_closed", "late_closed", "urgent_closed", "urgent_on_time_closed",
    "assigned_closed", "assigned_on_time_closed", "public_late_closed", "reworked", "rework_rounds",
    "verification_failed", "verification_failed_again", "extended", "extension_rounds", "ever_held",
    "handed_back", "late_handed_back", "buck_passed", "faked", "supervised", "supervision_late",
    "appeal_exempted", "settled_locally", "surveyed", "satisfied",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "case_fact",
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("last_step_no", sa.Integer(), nullable=False),
        sa.Column("last_step_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in _KEYS),
        *(sa.Column(name, sa.Boolean(), server_default="0", nullable=False) for name in _FLAGS),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in _MOMENTS),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("district", "number", name=op.f("pk_case_fact")),
        comment="One wide row a case: every count of a ranking is a plain sum over these rows",
    )


def downgrade() -> None:
    op.drop_table("case_fact")
