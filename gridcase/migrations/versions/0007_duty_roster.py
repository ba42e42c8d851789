"""The duty roster: inspector, cells, from, to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_roster",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("inspector", sa.String(length=80), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=False, comment="the first moment off duty"),
        sa.Column("cells", sa.Text(), nullable=False, comment="cell codes joined by blanks, in order"),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "inspector", "from_at", "to_at", name=op.f("pk_duty_roster")),
    )
    op.create_index("ix_duty_roster_to_at", "duty_roster", ["district", "to_at"])


def downgrade() -> None:
    op.drop_index("ix_duty_roster_to_at", table_name="duty_roster")
    op.drop_table("duty_roster")
