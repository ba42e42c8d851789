"""Tables of the directory: organisations, departments, areas, users, their roles, tokens and sessions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.db import Base, UtcDateTime


class Organisation(Base):
    """A body that departments belong to (the district's office, a company)."""

    __tablename__ = "organisation"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Department(Base):
    """A department; `kind` is handling, street, community (these three handle cases) or centre."""

    __tablename__ = "department"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "organisation"],
            ["organisation.district", "organisation.code"],
            name="fk_department_organisation",
        ),
    )

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    organisation: Mapped[str | None] = mapped_column(String(40))
    area: Mapped[str | None] = mapped_column(String(40))
    group_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default="1")


class Area(Base):
    """A district, street, community or unit grid cell by its code; outlines stay in the geo folder."""

    __tablename__ = "area"
    __table_args__ = (Index("ix_area_district_level", "district", "level"),)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    code: Mapped[str] = mapped_column(String(15), primary_key=True)
    level: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    parent: Mapped[str | None] = mapped_column(String(15))
    area_class: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class User(Base):
    """A person with an account; `area` bounds what centre roles, leaders and inspectors see."""

    __tablename__ = "user_account"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "department"],
            ["department.district", "department.code"],
            name="fk_user_account_department",
        ),
    )

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    display_name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    department: Mapped[str | None] = mapped_column(String(40))
    area: Mapped[str] = mapped_column(String(40))
    roles: Mapped[str] = mapped_column(Text, comment="role codes joined by blanks, in order")
    password_hash: Mapped[str | None] = mapped_column(Text)
    totp_secret: Mapped[str | None] = mapped_column(String(64), comment="second factor, Base32")
    totp_step: Mapped[int | None] = mapped_column(BigInteger, comment="time step of the last code taken")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default="1")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DutyShift(Base):
    """An inspector on duty (值班) in some cells from one moment up to another (flow.md 5, duty roster)."""

    __tablename__ = "duty_roster"
    __table_args__ = (Index("ix_duty_roster_to_at", "district", "to_at"),)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    inspector: Mapped[str] = mapped_column(String(80), primary_key=True)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    to_at: Mapped[datetime] = mapped_column(
        UtcDateTime, primary_key=True, comment="the first moment off duty"
    )
    cells: Mapped[str] = mapped_column(Text, comment="cell codes joined by blanks, in order")
    entered_by: Mapped[str] = mapped_column(String(80))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A bearer token, stored as its SHA-256 only."""

    __tablename__ = "api_token"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_name: Mapped[str] = mapped_column(String(80), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginSession(Base):
    """A signed-in browser, stored as the SHA-256 of its random id; revocable."""

    __tablename__ = "login_session"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    session_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_name: Mapped[str] = mapped_column(String(80), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(String(300), default="", server_default="")


class SignInFailure(Base):
    """Wrong sign-ins of one account or address (by hash) since a moment, and up to when it is locked."""

    __tablename__ = "sign_in_failure"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    kind: Mapped[str] = mapped_column(
        String(10), primary_key=True, comment="account, address, report, follow"
    )
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failure_count: Mapped[int] = mapped_column(Integer)
    since_at: Mapped[datetime] = mapped_column(UtcDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """What somebody did outside the flow; rows are only added."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_actor", "district", "actor", "id"),
        Index("ix_audit_entry_subject", "district", "subject", "id"),
    )

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(
        String(32), primary_key=True, comment="begins with the moment: in order of time"
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(300), comment="user name, or the name that was typed")
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(300), default="", server_default="")
    address: Mapped[str] = mapped_column(String(300), default="", server_default="")


class CalendarDay(Base):
    """An administrator's row of the working calendar; it overrides the files of the site."""

    __tablename__ = "calendar_day"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    on_day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))


class SiteFact(Base):
    """One named fact about this database: whether it is a demo, and its own clock."""

    __tablename__ = "site_fact"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
