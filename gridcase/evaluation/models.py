"""Tables of scores from elsewhere, where every import of a file is kept as a version, and of sums kept by month."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class ScoreImport(Base):
    """One import of a score file for a period: version 1, 2, … of that period's scores."""

    __tablename__ = "score_import"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[str] = mapped_column(String(80))


class ImportedScore(Base):
    """One score of one unit in one import, by one rater or by nobody in particular."""

    __tablename__ = "score_row"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    column_name: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit: Mapped[str] = mapped_column(String(80), primary_key=True, comment="code")
    rater: Mapped[str] = mapped_column(String(200), primary_key=True, comment="empty: nobody in particular")
    given: Mapped[str | None] = mapped_column(Text, comment="decimal out of out_of; empty in the file = NULL")
    out_of: Mapped[str] = mapped_column(String(40), comment="decimal")
    expected: Mapped[int] = mapped_column(Integer, comment="raters of the file who owe the unit this score")
    unit_name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date | None] = mapped_column(Date)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MonthSum(Base):
    """What the settled cases add to the counts of one unit in one month (`month_sums.py`)."""

    __tablename__ = "month_sum"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    mode: Mapped[str] = mapped_column(String(10), primary_key=True, comment="due | reported")
    family: Mapped[str] = mapped_column(String(12), primary_key=True, comment="department | place")
    month: Mapped[str] = mapped_column(String(7), primary_key=True, comment="YYYY-MM, from the start day on")
    unit: Mapped[str] = mapped_column(
        String(80), primary_key=True, comment="department, or street/community/cell"
    )
    counts: Mapped[str] = mapped_column(Text, comment="JSON: column without _count -> sum, zeros left out")
