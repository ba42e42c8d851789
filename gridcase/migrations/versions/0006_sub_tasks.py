"""Sub-tasks of assisting departments, and the department beside every note and photo."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "sub_task",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("district", "number", "no", name=op.f("pk_sub_task")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_sub_task_open",
        "sub_task",
        ["district", "department"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.add_column(
        "note", sa.Column("department", sa.String(length=40), nullable=True, comment="of the author")
    )
    op.add_column(
        "photo", sa.Column("department", sa.String(length=40), nullable=True, comment="of the sender")
    )


def downgrade() -> None:
    op.drop_column("photo", "department")
    op.drop_column("note", "department")
    op.drop_index("ix_sub_task_open", table_name="sub_task")
    op.drop_table("sub_task")
