"""What the camera told of a photo, what it looks like, and which earlier photo it resembles."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BANDS = ("band_0", "band_1", "band_2", "band_3")


def upgrade() -> None:
    for name, kind in _columns():
        op.add_column("photo", sa.Column(name, kind, nullable=True))
    for band in _BANDS:
        told = sa.text(f"{band} IS NOT NULL")
        op.create_index(
            f"ix_photo_{band}", "photo", ["district", band], sqlite_where=told, postgresql_where=told
        )


def downgrade() -> None:
    for band in _BANDS:
        op.drop_index(f"ix_photo_{band}", table_name="photo")
    with op.batch_alter_table("photo") as batch:
        for name, _ in _columns():
            batch.drop_column(name)


def _columns() -> list[tuple[str, Any]]:
    numbers = ("uncertainty_m", "camera_lon", "camera_lat")
    return [
        *((name, sa.Float(precision=53)) for name in numbers),
        ("camera_taken", sa.String(length=25)),
        ("trace", sa.String(length=16)),
        *((band, sa.Integer()) for band in _BANDS),
        ("like_photo", sa.String(length=36)),
        ("like_number", sa.String(length=20)),
        ("like_distance", sa.Integer()),
    ]
