"""The directory: organisations, departments, areas, users, tokens, sessions, calendar, site facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _create_api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("district", "token_hash", name=op.f("pk_api_token")),
    )
    op.create_index(op.f("ix_api_token_user_name"), "api_token", ["user_name"], unique=False)


def _create_area() -> None:
    op.create_table(
        "area",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=15), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent", sa.String(length=15), nullable=True),
        sa.Column("area_class", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("district", "code", name=op.f("pk_area")),
    )
    op.create_index("ix_area_district_level", "area", ["district", "level"], unique=False)


def _create_calendar_day() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("district", "on_day", name=op.f("pk_calendar_day")),
    )


def _create_login_session() -> None:
    op.create_table(
        "login_session",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("device", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("district", "session_hash", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_user_name"), "login_session", ["user_name"], unique=False)


def _create_organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("district", "code", name=op.f("pk_organisation")),
    )


def _create_site_fact() -> None:
    op.create_table(
        "site_fact",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district", "name", name=op.f("pk_site_fact")),
    )


def _create_department() -> None:
    op.create_table(
        "department",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("group_name", sa.String(length=100), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "organisation"],
            ["organisation.district", "organisation.code"],
            name="fk_department_organisation",
        ),
        sa.PrimaryKeyConstraint("district", "code", name=op.f("pk_department")),
    )


def _create_user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False, comment="role codes joined by blanks, in order"),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "department"],
            ["department.district", "department.code"],
            name="fk_user_account_department",
        ),
        sa.PrimaryKeyConstraint("district", "name", name=op.f("pk_user_account")),
    )


def upgrade() -> None:
    _create_api_token()
    _create_area()
    _create_calendar_day()
    _create_login_session()
    _create_organisation()
    _create_site_fact()
    _create_department()
    _create_user_account()


def downgrade() -> None:
    for table in (
        "user_account",
        "department",
        "site_fact",
        "organisation",
        "login_session",
        "calendar_day",
        "area",
        "api_token",
    ):
        op.drop_table(table)
