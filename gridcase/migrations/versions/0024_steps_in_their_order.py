"""On SQLite steps lie in the order in which they came: in the tree of their key each long one took a page of its own."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_OLD = "step_before_0024"
_KEYED = " WITHOUT ROWID"


def upgrade() -> None:
    _make_anew(is_keyed=False)


def downgrade() -> None:
    _make_anew(is_keyed=True)


def _make_anew(*, is_keyed: bool) -> None:
    """Copy the table into one of the same columns; the steps of a case come to lie beside each other."""
    if op.get_context().dialect.name != "sqlite":
        return
    created = op.get_bind().scalar(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'step'")
    )
    bare = re.sub(r"\s*WITHOUT ROWID\s*\Z", "", str(created))
    op.execute(sa.text(f"ALTER TABLE step RENAME TO {_OLD}"))
    # Handed to the driver as it is: in a text of SQLAlchemy a colon would begin a parameter.
    op.get_bind().exec_driver_sql(bare + (_KEYED if is_keyed else ""))
    op.execute(sa.text(f"INSERT INTO step SELECT * FROM {_OLD} ORDER BY district, number, no"))
    op.drop_table(_OLD)
