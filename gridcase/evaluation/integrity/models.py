"""The table of answers to questions about a month: appended, hash-linked, never edited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class IntegrityAnswer(Base):
    """What somebody answered to a question, with the question as it stood; `no` counts all answers of the district."""

    __tablename__ = "integrity_answer"
    __table_args__ = (Index("ix_integrity_answer_period", "district", "period"),)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(String(10))
    rule: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200), comment="the key of the question")
    asked: Mapped[str] = mapped_column(
        Text, comment="JSON: the question, its figures and cases as they stood"
    )
    text: Mapped[str] = mapped_column(Text)
    is_closing: Mapped[bool] = mapped_column(Boolean, comment="the question is settled by this answer")
    answered_by: Mapped[str] = mapped_column(String(80))
    answered_name: Mapped[str] = mapped_column(String(80))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
