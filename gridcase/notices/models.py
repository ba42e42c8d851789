"""The table of notices: one row a message, found again by a key that says what it is about."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class NoticeRow(Base):
    """A message to a department or to a role. The primary key is what makes it exist once (evaluation.md 12)."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_department", "district", "department", "on_day"),
        Index("ix_notice_number", "district", "number"),
    )

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    department: Mapped[str | None] = mapped_column(String(40))
    role: Mapped[str | None] = mapped_column(
        String(40), comment="whoever holds it, when it goes to no department"
    )
    number: Mapped[str | None] = mapped_column(String(20), comment="of the one case that it is about")
    on_day: Mapped[date] = mapped_column(Date, comment="China date")
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
