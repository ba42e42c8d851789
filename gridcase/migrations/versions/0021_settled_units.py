"""Indexes of settled fact rows by department and by street: the cases behind a number are those of one unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_UNITS = ("department", "street")


def upgrade() -> None:
    for unit in _UNITS:
        op.create_index(
            f"ix_case_fact_settled_{unit}",
            "case_fact",
            ["district", unit],
            sqlite_where=sa.text("is_settled = 1"),
            postgresql_where=sa.text("is_settled"),
        )


def downgrade() -> None:
    for unit in _UNITS:
        op.drop_index(f"ix_case_fact_settled_{unit}", table_name="case_fact")
