"""The planned end of a hold and who rejected a case, in the fact row; filled for the cases that are there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_REJECTER = sa.text(
    """
    UPDATE case_fact SET rejecter = (
        SELECT actor FROM step WHERE step.district = case_fact.district AND step.number = case_fact.number
        AND step."trigger" = 'reject' ORDER BY step.no DESC LIMIT 1
    )
    """
)
_HELD_UNTIL = sa.text(
    """
    UPDATE case_fact SET held_until = (
        SELECT until_at FROM hold WHERE hold.district = case_fact.district AND hold.number = case_fact.number
        AND hold.clock = 'handling' AND hold.to_at IS NULL ORDER BY hold.run DESC, hold.no DESC LIMIT 1
    ) WHERE is_held
    """
)


def upgrade() -> None:
    with op.batch_alter_table("case_fact") as table:
        table.add_column(sa.Column("rejecter", sa.Text(), nullable=True))
        table.add_column(sa.Column("held_until", UtcDateTime(), nullable=True))
    op.execute(_REJECTER)
    op.execute(_HELD_UNTIL)


def downgrade() -> None:
    with op.batch_alter_table("case_fact") as table:
        table.drop_column("held_until")
        table.drop_column("rejecter")
