"""The table of what people write for a bulletin: number, date, signature, problems and demands, places."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class BulletinHand(Base):
    """What was last entered by hand for the bulletin of a period of one kind of units."""

    __tablename__ = "bulletin_hand"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    unit_kind: Mapped[str] = mapped_column(String(30), primary_key=True, comment="departments, streets")
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[str] = mapped_column(String(100), comment="of the paper; empty = none")
    signature: Mapped[str] = mapped_column(String(200), comment="empty: the setting bulletin.signature")
    issued_on: Mapped[date | None] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text, comment="problems and demands")
    places: Mapped[str] = mapped_column(Text, comment="JSON: list of places with their cases")
    entered_by: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
