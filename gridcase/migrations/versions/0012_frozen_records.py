"""Frozen months with their rows, texts and amendments; the cases that they judged; imported scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _key(comment: str | None = None) -> list[sa.Column[str]]:
    return [
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("unit_kind", sa.String(30), nullable=False, comment=comment),
        sa.Column("period", sa.String(10), nullable=False),
    ]


def _amendment() -> sa.Column[int]:
    return sa.Column("amendment", sa.Integer(), autoincrement=False, nullable=False)


def upgrade() -> None:
    op.create_table(
        "frozen_record",
        *_key("departments, streets, …"),
        _amendment(),
        sa.Column("chain_no", sa.Integer(), nullable=False, comment="1, 2, … in the order of writing"),
        sa.Column("scheme", sa.String(100), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("record_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint(
            "district", "unit_kind", "period", "amendment", name=op.f("pk_frozen_record")
        ),
    )
    op.create_index(
        "uq_frozen_record_chain", "frozen_record", ["district", "unit_kind", "chain_no"], unique=True
    )
    op.create_table(
        "frozen_chunk",
        *_key(),
        _amendment(),
        sa.Column("part", sa.String(10), nullable=False, comment="facts, scores"),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_key", sa.Text(), nullable=False),
        sa.Column("last_key", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column(
            "row_index", sa.LargeBinary(), nullable=False, comment="key and hash of each line, compressed"
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="the lines, compressed"),
        sa.PrimaryKeyConstraint(
            "district", "unit_kind", "period", "amendment", "part", "no", name=op.f("pk_frozen_chunk")
        ),
    )
    op.create_table(
        "frozen_text",
        *_key(),
        _amendment(),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district", "unit_kind", "period", "amendment", "name", name=op.f("pk_frozen_text")
        ),
    )
    op.create_table(
        "judged_case",
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("unit_kind", sa.String(30), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False, comment="end of the period"),
        sa.PrimaryKeyConstraint("district", "unit_kind", "number", "period", name=op.f("pk_judged_case")),
    )
    _create_scores()


def _create_scores() -> None:
    op.create_table(
        "score_import",
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("imported_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("district", "period", "version", name=op.f("pk_score_import")),
    )
    op.create_table(
        "score_row",
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("column_name", sa.String(60), nullable=False),
        sa.Column("unit", sa.String(80), nullable=False, comment="code"),
        sa.Column("rater", sa.String(200), nullable=False, comment="empty: nobody in particular"),
        sa.Column(
            "given", sa.Text(), nullable=True, comment="decimal out of out_of; empty in the file = NULL"
        ),
        sa.Column("out_of", sa.String(40), nullable=False, comment="decimal"),
        sa.Column(
            "expected", sa.Integer(), nullable=False, comment="raters of the file who owe the unit this score"
        ),
        sa.Column("unit_name", sa.String(200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "district", "period", "version", "column_name", "unit", "rater", name=op.f("pk_score_row")
        ),
    )


def downgrade() -> None:
    for table in ("score_row", "score_import", "judged_case", "frozen_text", "frozen_chunk"):
        op.drop_table(table)
    op.drop_index("uq_frozen_record_chain", table_name="frozen_record")
    op.drop_table("frozen_record")
