"""Tables of frozen months: records and their amendments, the rows they were made from, what was published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class FrozenRecord(Base):
    """A frozen period of one kind of units (`amendment` 0) or an amendment of it (1, 2, …). Never edited.

    `head` is the canonical JSON of all that the record says; `record_sha256` its hash. The other columns repeat
    parts of it, for finding.
    """

    __tablename__ = "frozen_record"
    __table_args__ = (Index("uq_frozen_record_chain", "district", "unit_kind", "chain_no", unique=True),)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    unit_kind: Mapped[str] = mapped_column(String(30), primary_key=True, comment="departments, streets, …")
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    amendment: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    chain_no: Mapped[int] = mapped_column(Integer, comment="1, 2, … in the order of writing")
    scheme: Mapped[str] = mapped_column(String(100))
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    head: Mapped[str] = mapped_column(Text)
    record_sha256: Mapped[str] = mapped_column(String(64))


class FrozenChunk(Base):
    """Hashed lines of a record, compressed: all of them for amendment 0, those that an amendment changed after it."""

    __tablename__ = "frozen_chunk"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    unit_kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    amendment: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(String(10), primary_key=True, comment="facts, scores")
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first_key: Mapped[str] = mapped_column(Text)
    last_key: Mapped[str] = mapped_column(Text)
    row_count: Mapped[int] = mapped_column(Integer)
    row_index: Mapped[bytes] = mapped_column(LargeBinary, comment="key and hash of each line, compressed")
    content: Mapped[bytes] = mapped_column(LargeBinary, comment="the lines, compressed")


class FrozenText(Base):
    """What a record was made with and what was published, as UTF-8: schemes, units, counts, the answers."""

    __tablename__ = "frozen_text"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    unit_kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    amendment: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class JudgedCase(Base):
    """A case that belonged to a frozen period and was still open then: its due moment may move, and it is judged once."""

    __tablename__ = "judged_case"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    unit_kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="end of the period")
