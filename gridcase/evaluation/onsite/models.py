"""Tables of on-site checks: what was found, import by import, and the slips of what has to be put right."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class OnsiteCheck(Base):
    """One line of an imported file: a dust sample, the lamps of a road, an examined item; `version` as of the scores."""

    __tablename__ = "onsite_check"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(
        Integer, primary_key=True, autoincrement=False, comment="1, 2, … in the file"
    )
    kind: Mapped[str] = mapped_column(String(10), comment="dust, lamps, exam")
    unit: Mapped[str] = mapped_column(String(80), comment="code")
    checked_on: Mapped[date] = mapped_column(Date)
    passed: Mapped[bool | None] = mapped_column(Boolean, comment="of a dust sample")
    fields: Mapped[str] = mapped_column(Text, comment="JSON: the line as it was read")


class ExamSlip(Base):
    """A finding of an exam that has to be put right: until when, the answer of the unit, the recheck."""

    __tablename__ = "exam_slip"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(
        Integer, primary_key=True, autoincrement=False, comment="that of the check"
    )
    unit: Mapped[str] = mapped_column(String(80), comment="code")
    sheet: Mapped[str] = mapped_column(String(60))
    item: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(Text)
    finding: Mapped[str] = mapped_column(Text)
    photo: Mapped[str] = mapped_column(Text)
    found_count: Mapped[int] = mapped_column(Integer)
    deadline_on: Mapped[date] = mapped_column(Date, comment="last day")
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    is_put_right: Mapped[bool | None] = mapped_column(Boolean, comment="what the recheck found")
    rechecked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rechecked_by: Mapped[str | None] = mapped_column(String(80))
