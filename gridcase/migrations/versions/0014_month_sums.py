"""Sums by month and unit over settled cases, and which fact rows stand in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_sum",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False, comment="due | reported"),
        sa.Column("family", sa.String(length=12), nullable=False, comment="department | place"),
        sa.Column("month", sa.String(length=7), nullable=False, comment="YYYY-MM, from the start day on"),
        sa.Column(
            "unit", sa.String(length=80), nullable=False, comment="department, or street/community/cell"
        ),
        sa.Column(
            "counts",
            sa.Text(),
            nullable=False,
            comment="JSON: column without _count -> sum, zeros left out",
        ),
        sa.PrimaryKeyConstraint("district", "mode", "family", "month", "unit", name=op.f("pk_month_sum")),
    )
    with op.batch_alter_table("case_fact") as table:
        table.add_column(
            sa.Column(
                "is_settled",
                sa.Boolean(),
                server_default="0",
                nullable=False,
                comment="stands in the month sums as it is",
            )
        )
        table.add_column(
            sa.Column(
                "settled_no",
                sa.Integer(),
                server_default="0",
                nullable=False,
                comment="last step when it was summed; 0: never",
            )
        )
    op.create_index(
        "ix_case_fact_unsettled",
        "case_fact",
        ["district", "number"],
        unique=False,
        sqlite_where=sa.text("is_settled = 0"),
        postgresql_where=sa.text("NOT is_settled"),
    )
    op.create_index(
        "ix_case_fact_settled",
        "case_fact",
        ["district", "last_step_at"],
        unique=False,
        sqlite_where=sa.text("is_settled = 1"),
        postgresql_where=sa.text("is_settled"),
    )


def downgrade() -> None:
    op.drop_index("ix_case_fact_settled", table_name="case_fact")
    op.drop_index("ix_case_fact_unsettled", table_name="case_fact")
    with op.batch_alter_table("case_fact") as table:
        table.drop_column("settled_no")
        table.drop_column("is_settled")
    op.drop_table("month_sum")
