"""Indexes of cases: the texts that people look for, where SQLite lists them; the open ones of a department; the settled
ones of a unit by their last step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_OLD, _NEW = "ix_cases_reported_at", "ix_cases_texts"
_ORDER = ["district", "reported_at", "number"]
_TEXTS = ["address", "description", "reporter_phone", "outside_number"]
_UNITS = ("department", "street")


def upgrade() -> None:
    _settled("last_step_at")
    _department("is_open", "due_at")
    # PostgreSQL keeps the short one: it refuses to keep a description of a page in an index.
    if _is_sqlite():
        op.drop_index(_OLD, table_name="cases")
        op.create_index(_NEW, "cases", [*_ORDER, *_TEXTS])


def downgrade() -> None:
    _settled()
    _department("due_at")
    if _is_sqlite():
        op.drop_index(_NEW, table_name="cases")
        op.create_index(_OLD, "cases", _ORDER)


def _department(*columns: str) -> None:
    op.drop_index("ix_cases_department", table_name="cases")
    op.create_index(
        "ix_cases_department",
        "cases",
        ["district", "department", *columns],
        sqlite_where=sa.text("department IS NOT NULL"),
        postgresql_where=sa.text("department IS NOT NULL"),
    )


def _settled(*more: str) -> None:
    for unit in _UNITS:
        op.drop_index(f"ix_case_fact_settled_{unit}", table_name="case_fact")
        op.create_index(
            f"ix_case_fact_settled_{unit}",
            "case_fact",
            ["district", unit, *more],
            sqlite_where=sa.text("is_settled = 1"),
            postgresql_where=sa.text("is_settled"),
        )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"
