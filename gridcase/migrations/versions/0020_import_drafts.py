"""Uploaded files that wait for a confirmation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_draft",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="rules, categories, calendar"),
        sa.Column("owner", sa.String(length=80), nullable=False, comment="user name"),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="the file, decoded"),
        sa.Column("options", sa.Text(), nullable=False, comment="JSON: how the file is to be read"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of text and options"),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "kind", "owner", name=op.f("pk_import_draft")),
    )


def downgrade() -> None:
    op.drop_table("import_draft")
