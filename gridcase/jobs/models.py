"""Tables of scheduled work: one row a run that was due, and the leases under which runs are worked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class JobRun(Base):
    """One run that was due; `key` is the China day or minute it was due at. Done once `finished_at` is set."""

    __tablename__ = "job_run"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(100), comment="the node that claimed it last")
    attempt_count: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(
        UtcDateTime, comment="of the last attempt, by the site's clock"
    )
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    summary: Mapped[str | None] = mapped_column(Text, comment="JSON: what the run did")
    error: Mapped[str | None] = mapped_column(Text, comment="why the last attempt failed")


class Lease(Base):
    """Who may work on a job now. When `expires_at` passes unrenewed, anybody may take it."""

    __tablename__ = "lease"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="by the clock of the database")
