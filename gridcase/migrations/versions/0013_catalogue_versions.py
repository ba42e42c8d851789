"""How a mapped limit read before, and what each import changed in the category table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "category_condition",
        sa.Column(
            "limit_note",
            sa.String(length=100),
            server_default="",
            nullable=False,
            comment="how the limit read before it was mapped",
        ),
    )
    op.create_table(
        "catalogue_version",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("standard", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column(
            "changes",
            sa.Text(),
            nullable=False,
            comment="JSON: pairs of the row before and after, null for none",
        ),
        sa.PrimaryKeyConstraint("district", "standard", "version", name=op.f("pk_catalogue_version")),
    )


def downgrade() -> None:
    op.drop_table("catalogue_version")
    op.drop_column("category_condition", "limit_note")
