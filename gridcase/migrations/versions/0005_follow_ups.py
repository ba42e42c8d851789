"""Supervision orders, findings, call-backs, escalation; notices to roles about one case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OPEN_ORDERS = sa.text("replied_at IS NULL")


def _keys(table: str) -> list[sa.Column[str] | sa.PrimaryKeyConstraint]:
    return [
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("district", "number", "id", name=op.f(f"pk_{table}")),
    ]


def _create_supervision_order() -> None:
    op.create_table(
        "supervision_order",
        *_keys("supervision_order"),
        sa.Column(
            "order_number",
            sa.String(length=20),
            nullable=False,
            comment="of its own, counted through the year",
        ),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column(
            "desk", sa.String(length=40), nullable=True, comment="role code, when it goes to no department"
        ),
        sa.Column("given_by", sa.String(length=80), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_by", UtcDateTime(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_by", sa.String(length=80), nullable=True),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_supervision_order_number", "supervision_order", ["district", "order_number"])
    op.create_index(
        "ix_supervision_order_open",
        "supervision_order",
        ["district", "department", "reply_by"],
        sqlite_where=_OPEN_ORDERS,
        postgresql_where=_OPEN_ORDERS,
    )


def _create_finding() -> None:
    op.create_table(
        "finding",
        *_keys("finding"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_by", sa.String(length=80), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_by", sa.String(length=80), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sqlite_with_rowid=False,
    )


def _create_call_back() -> None:
    op.create_table(
        "call_back",
        *_keys("call_back"),
        sa.Column("is_satisfied", sa.Boolean(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("called_by", sa.String(length=80), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=False),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column(
            "escalated_at", UtcDateTime(), nullable=True, comment="when the present stay was found too long"
        ),
    )
    _create_supervision_order()
    _create_finding()
    _create_call_back()
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("department", existing_type=sa.String(length=40), nullable=True)
        notice.add_column(
            sa.Column(
                "role",
                sa.String(length=40),
                nullable=True,
                comment="whoever holds it, when it goes to no department",
            )
        )
        notice.add_column(
            sa.Column(
                "number", sa.String(length=20), nullable=True, comment="of the one case that it is about"
            )
        )
        notice.create_index("ix_notice_number", ["district", "number"])


def downgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.drop_index("ix_notice_number")
    op.execute("DELETE FROM notice WHERE department IS NULL")
    with op.batch_alter_table("notice") as notice:
        notice.drop_column("number")
        notice.drop_column("role")
        notice.alter_column("department", existing_type=sa.String(length=40), nullable=False)
    op.drop_table("call_back")
    op.drop_table("finding")
    op.drop_index("ix_supervision_order_open", table_name="supervision_order")
    op.drop_index("ix_supervision_order_number", table_name="supervision_order")
    op.drop_table("supervision_order")
    op.drop_column("cases", "escalated_at")
