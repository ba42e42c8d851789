"""Tables of the register; every table that grows with cases carries the district in its primary key."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

from sqlalchemy import Boolean, Column, Date, Float, Index, Integer, LargeBinary, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.cases.traces import BANDS
from gridcase.db import Base, UtcDateTime, only_on
from gridcase.facts import FactRow

# A table whose rows are found by their key alone is the key's own tree on SQLite: one page to write, not two. It is
# for rows of less than a quarter of a page (1,000 bytes): of what is longer each row takes a page of its own beside.
_KEYED = {"sqlite_with_rowid": False}
_SOUGHT = ("address", "description", "reporter_digits", "outside_number")


def _partial(name: str, condition: str, *columns: str) -> Index:
    # SQLite takes a partial index only for the very words of the query: `is_open = 1`.
    in_sqlite = "is_open = 1" if condition == "is_open" else condition
    return Index(name, *columns, sqlite_where=text(in_sqlite), postgresql_where=text(condition))


class Case(Base):
    """The present picture of one case: a fold over its steps that can be rebuilt at any time."""

    __tablename__ = "cases"
    # Few and partial: on SQLite each index is one more page to write and sync at every report.
    __table_args__ = (
        _partial("ix_cases_open_due", "is_open", "district", "due_at"),
        Index("ix_cases_state", "district", "state", "reported_at"),
        _partial(
            "ix_cases_department", "department IS NOT NULL", "district", "department", "is_open", "due_at"
        ),
        only_on("postgresql", Index("ix_cases_reported_at", "district", "reported_at", "number")),
        # The texts that people look for stand beside the order of the list: SQLite reads them there, page after page.
        only_on("sqlite", Index("ix_cases_texts", "district", "reported_at", "number", *_SOUGHT)),
        Index("ix_cases_street", "district", "street", "reported_at"),
        _partial("ix_cases_inspector", "inspector IS NOT NULL", "district", "inspector"),
        Index("ix_cases_reported_by", "district", "reported_by"),
        _partial("ix_cases_main_case", "main_case IS NOT NULL", "district", "main_case"),
        _partial("ix_cases_reporter_digits", "reporter_digits IS NOT NULL", "district", "reporter_digits"),
        _partial("ix_cases_nearby", "is_open", "district", "sub_code", "main_code", "lat"),
    )

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, comment="number of steps")
    workflow: Mapped[str] = mapped_column(String(60))
    definition_version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(60))
    stage: Mapped[str] = mapped_column(String(60))
    is_open: Mapped[bool] = mapped_column(Boolean)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="entry into the present state")
    escalated_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when the present stay was found too long"
    )

    kind: Mapped[str] = mapped_column(String(10))
    main_code: Mapped[str] = mapped_column(String(4))
    sub_code: Mapped[str] = mapped_column(String(4))
    main_name: Mapped[str] = mapped_column(String(100))
    sub_name: Mapped[str] = mapped_column(String(100))
    condition_no: Mapped[int | None] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(40))
    is_urgent: Mapped[bool] = mapped_column(Boolean)
    description: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    component_code: Mapped[str | None] = mapped_column(String(20))
    outside_number: Mapped[str | None] = mapped_column(String(100))
    reporter_name: Mapped[str | None] = mapped_column(String(100))
    reporter_phone: Mapped[str | None] = mapped_column(String(40))
    reporter_digits: Mapped[str | None] = mapped_column(String(40), comment="reporter_phone without marks")
    is_reply_wanted: Mapped[bool] = mapped_column(Boolean)

    lon: Mapped[float] = mapped_column(Float(53), comment="WGS-84 degrees")
    lat: Mapped[float] = mapped_column(Float(53), comment="WGS-84 degrees")
    raw_lon: Mapped[float] = mapped_column(Float(53), comment="as sent, in coordinate_system")
    raw_lat: Mapped[float] = mapped_column(Float(53))
    coordinate_system: Mapped[str] = mapped_column(String(20))
    uncertainty_m: Mapped[float | None] = mapped_column(Float(53))
    cell: Mapped[str] = mapped_column(String(15))
    community: Mapped[str] = mapped_column(String(12))
    street: Mapped[str] = mapped_column(String(9))
    responsibility_grid: Mapped[str | None] = mapped_column(String(40))
    area_class: Mapped[int] = mapped_column(Integer)

    reported_by: Mapped[str] = mapped_column(String(80))
    reported_role: Mapped[str] = mapped_column(String(40))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filed_by: Mapped[str | None] = mapped_column(String(80))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    department: Mapped[str | None] = mapped_column(
        String(40), comment="main department of the dispatch in force"
    )
    inspector: Mapped[str | None] = mapped_column(String(80), comment="inspector of the open task")
    handler: Mapped[str | None] = mapped_column(String(80), comment="handler of the open assignment")
    due_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="of the clock the state is measured by"
    )
    yellow_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handling_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_held: Mapped[bool] = mapped_column(Boolean)
    attempt: Mapped[int] = mapped_column(Integer)
    first_attempt_on_time: Mapped[bool | None] = mapped_column(Boolean)
    is_difficult: Mapped[bool] = mapped_column(Boolean)
    is_overdue_exempt: Mapped[bool] = mapped_column(Boolean)
    appeal_result: Mapped[str | None] = mapped_column(String(10))
    has_open_request: Mapped[bool] = mapped_column(Boolean)
    main_case: Mapped[str | None] = mapped_column(String(20))
    last_hash: Mapped[str] = mapped_column(String(64))


class StepRow(Base):
    """One step of the history: appended, hash-linked to the one before, never edited."""

    __tablename__ = "step"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    trigger: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str | None] = mapped_column(String(60))
    to_state: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    actor_name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(40))
    department: Mapped[str | None] = mapped_column(String(40), comment="of the actor")
    phone: Mapped[str] = mapped_column(String(40))
    receiver: Mapped[str | None] = mapped_column(String(80))
    opinion: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    used: Mapped[int | None] = mapped_column(
        Integer, comment="counted seconds on the stage clock that it stopped"
    )
    on_time: Mapped[bool | None] = mapped_column(Boolean)
    definition_version: Mapped[int] = mapped_column(Integer)
    data: Mapped[str] = mapped_column(Text, comment="JSON: the records of the move")
    clocks: Mapped[str] = mapped_column(Text, comment="JSON: effects on stage clocks")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class ClockRun(Base):
    """One run of one stage clock: start, limit, due moment, use and verdict."""

    __tablename__ = "clock_run"
    __table_args__ = (_KEYED,)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    clock: Mapped[str] = mapped_column(String(60), primary_key=True)
    run: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    department: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_open: Mapped[bool] = mapped_column(Boolean)
    limit_text: Mapped[str] = mapped_column(String(40))
    workday: Mapped[str] = mapped_column(String(20))
    slots: Mapped[str] = mapped_column(Text, comment="JSON: working hours this run is counted by")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used: Mapped[int | None] = mapped_column(Integer, comment="counted seconds at its last stop or hold")
    on_time: Mapped[bool | None] = mapped_column(Boolean)


class HoldRow(Base):
    """One hold of a clock run, with the counted time used at its beginning."""

    __tablename__ = "hold"
    __table_args__ = (_partial("ix_hold_until", "to_at IS NULL", "district", "until_at"), _KEYED)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    clock: Mapped[str] = mapped_column(String(60), primary_key=True)
    run: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(60))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used: Mapped[int] = mapped_column(Integer, comment="counted seconds used when the hold began")
    until_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="released by itself at this moment"
    )


class RequestRow(Base):
    """One request of a department or desk and what became of it."""

    __tablename__ = "request"
    __table_args__ = (Index("ix_request_state", "district", "state", "kind"), _KEYED)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(30), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    applicant: Mapped[str] = mapped_column(String(80))
    applicant_department: Mapped[str | None] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    until_on: Mapped[str | None] = mapped_column(String(10), comment="China date, YYYY-MM-DD")
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SupervisionOrderRow(Base):
    """One supervision order to a department or to a desk, and the one reply to it."""

    __tablename__ = "supervision_order"
    __table_args__ = (
        Index("ix_supervision_order_number", "district", "order_number"),
        _partial("ix_supervision_order_open", "replied_at IS NULL", "district", "department", "reply_by"),
        _KEYED,
    )

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(30), primary_key=True)
    order_number: Mapped[str] = mapped_column(String(20), comment="of its own, counted through the year")
    level: Mapped[int] = mapped_column(Integer)
    department: Mapped[str | None] = mapped_column(String(40))
    desk: Mapped[str | None] = mapped_column(String(40), comment="role code, when it goes to no department")
    given_by: Mapped[str] = mapped_column(String(80))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    reply_by: Mapped[datetime] = mapped_column(UtcDateTime)
    reply: Mapped[str | None] = mapped_column(Text)
    replied_by: Mapped[str | None] = mapped_column(String(80))
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FindingRow(Base):
    """One finding about how a case was handled; it stands while nobody revoked it."""

    __tablename__ = "finding"
    __table_args__ = (_KEYED,)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(30), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    found_by: Mapped[str] = mapped_column(String(80))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(80))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoke_reason: Mapped[str | None] = mapped_column(Text)


class CallBackRow(Base):
    """One call-back to the reporter of a closed case."""

    __tablename__ = "call_back"
    __table_args__ = (_KEYED,)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(30), primary_key=True)
    is_satisfied: Mapped[bool] = mapped_column(Boolean)
    opinion: Mapped[str | None] = mapped_column(Text)
    called_by: Mapped[str] = mapped_column(String(80))
    called_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FilingRecord(Base):
    """What was filed, frozen: condition and limit as they read at that moment."""

    __tablename__ = "filing_record"
    __table_args__ = (_KEYED,)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    filed_by: Mapped[str] = mapped_column(String(80))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    standard: Mapped[str] = mapped_column(String(40))
    condition_no: Mapped[int] = mapped_column(Integer)
    limit_text: Mapped[str] = mapped_column(String(40))
    record: Mapped[str] = mapped_column(Text, comment="JSON: the whole filing record of flow.md 7")


class CaseParty(Base):
    """Who has or had a part in a case, and so may see it: departments, handlers, inspectors with a task."""

    __tablename__ = "case_party"
    __table_args__ = (Index("ix_case_party_code", "district", "kind", "code", "number"), _KEYED)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    code: Mapped[str] = mapped_column(String(80), primary_key=True)


class Photo(Base):
    """One photo of a case; the file lies in a folder under its content hash.

    `camera_*` is what the picture's metadata told, `trace` the difference hash and `band_*` its quarters, by which
    look-alikes are found; `like_*` names the earlier photo that this one resembles.
    """

    __tablename__ = "photo"
    __table_args__ = (
        Index("ix_photo_case", "district", "number"),
        *(_partial(f"ix_photo_{band}", f"{band} IS NOT NULL", "district", band) for band in BANDS),
        _partial("ix_photo_like", "like_number IS NOT NULL", "district", "sent_at"),
    )

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(12))
    attempt: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(Integer)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lon: Mapped[float | None] = mapped_column(Float(53))
    lat: Mapped[float | None] = mapped_column(Float(53))
    uncertainty_m: Mapped[float | None] = mapped_column(Float(53))
    camera_taken: Mapped[str | None] = mapped_column(String(25))
    camera_lon: Mapped[float | None] = mapped_column(Float(53))
    camera_lat: Mapped[float | None] = mapped_column(Float(53))
    trace: Mapped[str | None] = mapped_column(String(16))
    band_0: Mapped[int | None] = mapped_column(Integer)
    band_1: Mapped[int | None] = mapped_column(Integer)
    band_2: Mapped[int | None] = mapped_column(Integer)
    band_3: Mapped[int | None] = mapped_column(Integer)
    like_photo: Mapped[str | None] = mapped_column(String(36))
    like_number: Mapped[str | None] = mapped_column(String(20))
    like_distance: Mapped[int | None] = mapped_column(Integer)
    sent_by: Mapped[str] = mapped_column(String(80))
    department: Mapped[str | None] = mapped_column(String(40), comment="of the sender")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SubTaskRow(Base):
    """The part of one assisting department in one dispatch; open while `ended_at` is empty."""

    __tablename__ = "sub_task"
    __table_args__ = (_partial("ix_sub_task_open", "ended_at IS NULL", "district", "department"), _KEYED)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    department: Mapped[str] = mapped_column(String(40))
    attempt: Mapped[int] = mapped_column(Integer)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DispatchSuggestion(Base):
    """What was suggested at a dispatch beside what was chosen: the step `no` of a case."""

    __tablename__ = "dispatch_suggestion"
    __table_args__ = (Index("ix_dispatch_suggestion_at", "district", "at"), _KEYED)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    department: Mapped[str] = mapped_column(String(40), comment="that the case went to")
    suggested: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str | None] = mapped_column(String(12), comment="empty: the unit of the territory")


class Note(Base):
    """A note somebody appended to a case; never edited."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_case", "district", "number"),)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(80))
    department: Mapped[str | None] = mapped_column(String(40), comment="of the author")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)


class Receipt(Base):
    """The answer to a write by its client id: the same id again gets the same answer."""

    __tablename__ = "receipt"
    __table_args__ = (_KEYED,)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    answer: Mapped[str] = mapped_column(Text, comment="JSON")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseSerial(Base):
    """The last serial given on a day: case numbers have no holes and never repeat."""

    __tablename__ = "case_serial"
    __table_args__ = (_KEYED,)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    on_day: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class DefinitionText(Base):
    """The text of a workflow version as it was when first used; running cases stay on it."""

    __tablename__ = "definition_text"

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResponsibilityRule(Base):
    """A rule of who answers for what (category × area × owner → department); empty parts fit everything."""

    __tablename__ = "responsibility_rule"
    __table_args__ = (Index("ix_responsibility_rule_category", "district", "kind", "main_code", "sub_code"),)

    district: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    main_code: Mapped[str] = mapped_column(String(4))
    sub_code: Mapped[str] = mapped_column(String(4))
    area: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(100))
    department: Mapped[str] = mapped_column(String(40))
    priority: Mapped[int] = mapped_column(Integer, comment="of two rules that fit the larger wins")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, comment="the first day on which it is not valid")
    note: Mapped[str] = mapped_column(String(200))


def _fact_column(field: dataclasses.Field[object]) -> Column[object]:
    """The column of one FactRow field: counts are integers that start at 0, moments and keys may be empty."""
    kind = str(field.type).replace(" ", "").removesuffix("|None")
    if kind == "int":
        return Column(field.name, Integer, nullable=False, server_default="0")
    if kind == "bool":
        return Column(field.name, Boolean, nullable=False, server_default="0")
    if kind == "datetime":
        return Column(field.name, UtcDateTime)
    if kind == "date":
        return Column(field.name, Date)
    return Column(field.name, Text)


case_fact = Table(
    "case_fact",
    Base.metadata,
    Column("district", String(6), primary_key=True),
    Column("number", String(20), primary_key=True),
    Column("last_step_no", Integer, nullable=False),
    Column("last_step_at", UtcDateTime, nullable=False),
    *(
        _fact_column(field)
        for field in dataclasses.fields(FactRow)
        if field.name not in ("district", "number")
    ),
    Column(
        "is_settled", Boolean, nullable=False, server_default="0", comment="stands in the month sums as it is"
    ),
    Column(
        "settled_no",
        Integer,
        nullable=False,
        server_default="0",
        comment="last step when it was summed; 0: never",
    ),
    comment="One wide row a case: every count of a ranking is a plain sum over these rows",
)
Index(
    "ix_case_fact_unsettled",
    case_fact.c.district,
    case_fact.c.number,
    sqlite_where=text("is_settled = 0"),
    postgresql_where=text("NOT is_settled"),
)
# By their last step, also within a unit: the cases behind a number are those of one. Only the nightly sums write these.
for _ending, _unit in (("", []), ("_department", ["department"]), ("_street", ["street"])):
    Index(
        f"ix_case_fact_settled{_ending}",
        case_fact.c.district,
        *(case_fact.c[name] for name in (*_unit, "last_step_at")),
        sqlite_where=text("is_settled = 1"),
        postgresql_where=text("is_settled"),
    )
