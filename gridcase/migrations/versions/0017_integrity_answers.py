"""Answers to the questions of the integrity page; look-alike photos are found by the moment of their sending."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integrity_answer",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False, comment="the key of the question"),
        sa.Column(
            "asked",
            sa.Text(),
            nullable=False,
            comment="JSON: the question, its figures and cases as they stood",
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "is_closing", sa.Boolean(), nullable=False, comment="the question is settled by this answer"
        ),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.Column("answered_name", sa.String(length=80), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("district", "no", name=op.f("pk_integrity_answer")),
    )
    op.create_index("ix_integrity_answer_period", "integrity_answer", ["district", "period"])
    op.create_index(
        "ix_photo_like",
        "photo",
        ["district", "sent_at"],
        sqlite_where=sa.text("like_number IS NOT NULL"),
        postgresql_where=sa.text("like_number IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_photo_like", table_name="photo")
    op.drop_index("ix_integrity_answer_period", table_name="integrity_answer")
    op.drop_table("integrity_answer")
