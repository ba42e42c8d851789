"""The table of uploaded files that wait for a confirmation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class ImportDraft(Base):
    """A file that an administrator uploaded and has not confirmed yet: one of a kind and person, the newest."""

    __tablename__ = "import_draft"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True, comment="rules, categories, calendar")
    owner: Mapped[str] = mapped_column(String(80), primary_key=True, comment="user name")
    file_name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, comment="the file, decoded")
    options: Mapped[str] = mapped_column(Text, comment="JSON: how the file is to be read")
    digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of text and options")
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
