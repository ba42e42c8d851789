"""Finds the cases that were merged into a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MERGED = sa.text("main_case IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_cases_main_case",
        "cases",
        ["district", "main_case"],
        sqlite_where=_MERGED,
        postgresql_where=_MERGED,
    )


def downgrade() -> None:
    op.drop_index("ix_cases_main_case", table_name="cases")
