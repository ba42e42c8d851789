"""Tables of the category table in force, and of what each import changed in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class CategoryCondition(Base):
    """One row of the category table in force: sub category, filing condition, closing condition and limit."""

    __tablename__ = "category_condition"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    standard: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    main_code: Mapped[str] = mapped_column(String(4), primary_key=True)
    sub_code: Mapped[str] = mapped_column(String(4), primary_key=True)
    condition_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    main_name: Mapped[str] = mapped_column(String(100))
    sub_name: Mapped[str] = mapped_column(String(100))
    condition: Mapped[str] = mapped_column(Text)
    closing_condition: Mapped[str] = mapped_column(Text)
    limit_text: Mapped[str] = mapped_column(String(40))
    limit_note: Mapped[str] = mapped_column(
        String(100), default="", server_default="", comment="how the limit read before it was mapped"
    )


class CatalogueVersion(Base):
    """One import that changed the category table of a standard; the table as it was first loaded is version 1."""

    __tablename__ = "catalogue_version"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    standard: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file_name: Mapped[str] = mapped_column(String(255))
    changes: Mapped[str] = mapped_column(
        Text, comment="JSON: pairs of the row before and after, null for none"
    )
