"""Signing in: failures that lock, second factors, and what people did outside the flow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(
            sa.Column("totp_secret", sa.String(length=64), nullable=True, comment="second factor, Base32")
        )
        batch.add_column(
            sa.Column("totp_step", sa.BigInteger(), nullable=True, comment="time step of the last code taken")
        )
    op.create_table(
        "sign_in_failure",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="account, address, report, follow"),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.Column("since_at", UtcDateTime(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("district", "kind", "key_hash", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column(
            "id", sa.String(length=32), nullable=False, comment="begins with the moment: in order of time"
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "actor", sa.String(length=300), nullable=False, comment="user name, or the name that was typed"
        ),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), server_default="", nullable=False),
        sa.Column("address", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["district", "actor", "id"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["district", "subject", "id"])


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.drop_table("sign_in_failure")
    with op.batch_alter_table("user_account") as batch:
        batch.drop_column("totp_step")
        batch.drop_column("totp_secret")
