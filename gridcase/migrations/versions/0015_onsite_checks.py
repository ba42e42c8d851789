"""On-site checks line by line, and the slips of what exams found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "onsite_check",
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, … in the file"),
        sa.Column("kind", sa.String(10), nullable=False, comment="dust, lamps, exam"),
        sa.Column("unit", sa.String(80), nullable=False, comment="code"),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True, comment="of a dust sample"),
        sa.Column("fields", sa.Text(), nullable=False, comment="JSON: the line as it was read"),
        sa.PrimaryKeyConstraint("district", "period", "version", "no", name=op.f("pk_onsite_check")),
    )
    op.create_table(
        "exam_slip",
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False, comment="that of the check"),
        sa.Column("unit", sa.String(80), nullable=False, comment="code"),
        sa.Column("sheet", sa.String(60), nullable=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("photo", sa.Text(), nullable=False),
        sa.Column("found_count", sa.Integer(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False, comment="last day"),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(80), nullable=True),
        sa.Column("is_put_right", sa.Boolean(), nullable=True, comment="what the recheck found"),
        sa.Column("rechecked_at", UtcDateTime(), nullable=True),
        sa.Column("rechecked_by", sa.String(80), nullable=True),
        sa.PrimaryKeyConstraint("district", "period", "version", "no", name=op.f("pk_exam_slip")),
    )


def downgrade() -> None:
    op.drop_table("exam_slip")
    op.drop_table("onsite_check")
