"""What people of the centre keep at their desk, and cases found by the telephone number of the reporter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_filter",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False, comment="user name"),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False, comment="query string of the desk"),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "owner", "name", name=op.f("pk_desk_filter")),
    )
    op.create_table(
        "desk_phrase",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("owner_kind", sa.String(length=10), nullable=False, comment="user, role"),
        sa.Column("owner", sa.String(length=80), nullable=False, comment="user name or role code"),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "owner_kind", "owner", "text", name=op.f("pk_desk_phrase")),
    )
    op.create_index(
        "ix_cases_reporter_phone",
        "cases",
        ["district", "reporter_phone"],
        sqlite_where=sa.text("reporter_phone IS NOT NULL"),
        postgresql_where=sa.text("reporter_phone IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_reporter_phone", "cases")
    op.drop_table("desk_phrase")
    op.drop_table("desk_filter")
