"""Responsibility rules, and what they suggested at each dispatch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "responsibility_rule",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("main_code", sa.String(length=4), nullable=False),
        sa.Column("sub_code", sa.String(length=4), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False, comment="of two rules that fit the larger wins"),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="the first day on which it is not valid"),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_responsibility_rule")),
    )
    op.create_index(
        "ix_responsibility_rule_category",
        "responsibility_rule",
        ["district", "kind", "main_code", "sub_code"],
    )
    op.create_table(
        "dispatch_suggestion",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False, comment="that the case went to"),
        sa.Column("suggested", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=12), nullable=True, comment="empty: the unit of the territory"),
        sa.PrimaryKeyConstraint("district", "number", "no", name=op.f("pk_dispatch_suggestion")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_dispatch_suggestion_at", "dispatch_suggestion", ["district", "at"])


def downgrade() -> None:
    op.drop_index("ix_dispatch_suggestion_at", table_name="dispatch_suggestion")
    op.drop_table("dispatch_suggestion")
    op.drop_index("ix_responsibility_rule_category", table_name="responsibility_rule")
    op.drop_table("responsibility_rule")
