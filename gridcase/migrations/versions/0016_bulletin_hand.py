"""What people write for the bulletin of a period: number, date, signature, problems and demands, places."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletin_hand",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("unit_kind", sa.String(length=30), nullable=False, comment="departments, streets"),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False, comment="of the paper; empty = none"),
        sa.Column(
            "signature",
            sa.String(length=200),
            nullable=False,
            comment="empty: the setting bulletin.signature",
        ),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False, comment="problems and demands"),
        sa.Column("places", sa.Text(), nullable=False, comment="JSON: list of places with their cases"),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "unit_kind", "period", name=op.f("pk_bulletin_hand")),
    )


def downgrade() -> None:
    op.drop_table("bulletin_hand")
