"""Notices, and what scheduled work is claimed by: runs and leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False, comment="China date"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "dedupe_key", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_department", "notice", ["district", "department", "on_day"], unique=False)
    op.create_table(
        "job_run",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False, comment="the node that claimed it last"),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column(
            "started_at", UtcDateTime(), nullable=False, comment="of the last attempt, by the site's clock"
        ),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True, comment="JSON: what the run did"),
        sa.Column("error", sa.Text(), nullable=True, comment="why the last attempt failed"),
        sa.PrimaryKeyConstraint("district", "kind", "key", name=op.f("pk_job_run")),
    )
    op.create_table(
        "lease",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, comment="by the clock of the database"),
        sa.PrimaryKeyConstraint("district", "name", name=op.f("pk_lease")),
    )


def downgrade() -> None:
    op.drop_table("lease")
    op.drop_table("job_run")
    op.drop_index("ix_notice_department", table_name="notice")
    op.drop_table("notice")
