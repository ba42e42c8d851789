"""Reporters are found by the digits of their telephone number, whatever was written between them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_NEW, _OLD = "reporter_digits", "reporter_phone"
# As `gridcase.cases.telephones` does it at this revision.
_MARKS = " +()-.,转分机"


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column(_NEW, sa.String(length=40), nullable=True, comment="reporter_phone without marks"),
    )
    bare = _OLD
    for mark in _MARKS:
        bare = f"replace({bare}, '{mark}', '')"
    op.execute(sa.text(f"UPDATE cases SET {_NEW} = {bare} WHERE {_OLD} <> ''"))
    _find_by(_NEW, instead_of=_OLD)


def downgrade() -> None:
    _find_by(_OLD, instead_of=_NEW)
    op.drop_column("cases", _NEW)


def _find_by(column: str, *, instead_of: str) -> None:
    op.drop_index(f"ix_cases_{instead_of}", table_name="cases")
    known = sa.text(f"{column} IS NOT NULL")
    op.create_index(
        f"ix_cases_{column}", "cases", ["district", column], sqlite_where=known, postgresql_where=known
    )
    if op.get_context().dialect.name == "sqlite":
        op.drop_index("ix_cases_texts", table_name="cases")
        op.create_index(
            "ix_cases_texts",
            "cases",
            ["district", "reported_at", "number", "address", "description", column, "outside_number"],
        )
