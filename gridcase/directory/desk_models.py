"""Tables of what people of the centre keep at their desk: saved filters and phrases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class DeskFilter(Base):
    """A filter of one person under a name of their own."""

    __tablename__ = "desk_filter"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80), primary_key=True, comment="user name")
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    query: Mapped[str] = mapped_column(String(500), comment="query string of the desk")
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeskPhrase(Base):
    """A phrase for opinions and reasons, of one person or of everybody in a role."""

    __tablename__ = "desk_phrase"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(10), primary_key=True, comment="user, role")
    owner: Mapped[str] = mapped_column(String(80), primary_key=True, comment="user name or role code")
    text: Mapped[str] = mapped_column(String(200), primary_key=True)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
