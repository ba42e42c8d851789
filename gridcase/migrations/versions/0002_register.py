"""The register: cases, steps, clocks, requests, photos, receipts, definitions, categories."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _create_case_party() -> None:
    op.create_table(
        "case_party",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("district", "number", "kind", "code", name=op.f("pk_case_party")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_party_code", "case_party", ["district", "kind", "code", "number"], unique=False)


def _create_case_serial() -> None:
    op.create_table(
        "case_serial",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("on_day", sa.String(length=8), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district", "on_day", name=op.f("pk_case_serial")),
        sqlite_with_rowid=False,
    )


def _flow_of_case() -> list[sa.Column[Any]]:
    """The key of the case, its flow and where it stands in it."""
    return [
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="number of steps"),
        sa.Column("workflow", sa.String(length=60), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False, comment="entry into the present state"),
    ]


def _report_of_case() -> list[sa.Column[Any]]:
    """What was reported, and by whom."""
    return [
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("main_code", sa.String(length=4), nullable=False),
        sa.Column("sub_code", sa.String(length=4), nullable=False),
        sa.Column("main_name", sa.String(length=100), nullable=False),
        sa.Column("sub_name", sa.String(length=100), nullable=False),
        sa.Column("condition_no", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("component_code", sa.String(length=20), nullable=True),
        sa.Column("outside_number", sa.String(length=100), nullable=True),
        sa.Column("reporter_name", sa.String(length=100), nullable=True),
        sa.Column("reporter_phone", sa.String(length=40), nullable=True),
        sa.Column("is_reply_wanted", sa.Boolean(), nullable=False),
    ]


def _place_of_case() -> list[sa.Column[Any]]:
    """Where it lies."""
    return [
        sa.Column("lon", sa.Float(precision=53), nullable=False, comment="WGS-84 degrees"),
        sa.Column("lat", sa.Float(precision=53), nullable=False, comment="WGS-84 degrees"),
        sa.Column("raw_lon", sa.Float(precision=53), nullable=False, comment="as sent, in coordinate_system"),
        sa.Column("raw_lat", sa.Float(precision=53), nullable=False),
        sa.Column("coordinate_system", sa.String(length=20), nullable=False),
        sa.Column("uncertainty_m", sa.Float(precision=53), nullable=True),
        sa.Column("cell", sa.String(length=15), nullable=False),
        sa.Column("community", sa.String(length=12), nullable=False),
        sa.Column("street", sa.String(length=9), nullable=False),
        sa.Column("responsibility_grid", sa.String(length=40), nullable=True),
        sa.Column("area_class", sa.Integer(), nullable=False),
    ]


def _progress_of_case() -> list[sa.Column[Any]]:
    """Who reported, filed and has it, by when it is due, what became of it."""
    return [
        sa.Column("reported_by", sa.String(length=80), nullable=False),
        sa.Column("reported_role", sa.String(length=40), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("filed_at", UtcDateTime(), nullable=True),
        sa.Column("filed_by", sa.String(length=80), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column(
            "department",
            sa.String(length=40),
            nullable=True,
            comment="main department of the dispatch in force",
        ),
        sa.Column("inspector", sa.String(length=80), nullable=True, comment="inspector of the open task"),
        sa.Column("handler", sa.String(length=80), nullable=True, comment="handler of the open assignment"),
        sa.Column("due_at", UtcDateTime(), nullable=True, comment="of the clock the state is measured by"),
        sa.Column("yellow_at", UtcDateTime(), nullable=True),
        sa.Column("handling_due_at", UtcDateTime(), nullable=True),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("first_attempt_on_time", sa.Boolean(), nullable=True),
        sa.Column("is_difficult", sa.Boolean(), nullable=False),
        sa.Column("is_overdue_exempt", sa.Boolean(), nullable=False),
        sa.Column("appeal_result", sa.String(length=10), nullable=True),
        sa.Column("has_open_request", sa.Boolean(), nullable=False),
        sa.Column("main_case", sa.String(length=20), nullable=True),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
    ]


def _create_cases() -> None:
    op.create_table(
        "cases",
        *_flow_of_case(),
        *_report_of_case(),
        *_place_of_case(),
        *_progress_of_case(),
        sa.PrimaryKeyConstraint("district", "number", name=op.f("pk_cases")),
    )
    _index_cases()


def _index_cases() -> None:
    op.create_index(
        "ix_cases_department",
        "cases",
        ["district", "department", "due_at"],
        unique=False,
        sqlite_where=sa.text("department IS NOT NULL"),
        postgresql_where=sa.text("department IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_inspector",
        "cases",
        ["district", "inspector"],
        unique=False,
        sqlite_where=sa.text("inspector IS NOT NULL"),
        postgresql_where=sa.text("inspector IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_nearby",
        "cases",
        ["district", "sub_code", "main_code", "lat"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_cases_open_due",
        "cases",
        ["district", "due_at"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_cases_reported_at", "cases", ["district", "reported_at", "number"], unique=False)
    op.create_index("ix_cases_reported_by", "cases", ["district", "reported_by"], unique=False)
    op.create_index("ix_cases_state", "cases", ["district", "state", "reported_at"], unique=False)
    op.create_index("ix_cases_street", "cases", ["district", "street", "reported_at"], unique=False)


def _create_category_condition() -> None:
    op.create_table(
        "category_condition",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("standard", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("main_code", sa.String(length=4), nullable=False),
        sa.Column("sub_code", sa.String(length=4), nullable=False),
        sa.Column("condition_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("main_name", sa.String(length=100), nullable=False),
        sa.Column("sub_name", sa.String(length=100), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("closing_condition", sa.Text(), nullable=False),
        sa.Column("limit_text", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint(
            "district",
            "standard",
            "kind",
            "main_code",
            "sub_code",
            "condition_no",
            name=op.f("pk_category_condition"),
        ),
    )


def _create_clock_run() -> None:
    op.create_table(
        "clock_run",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("clock", sa.String(length=60), nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("limit_text", sa.String(length=40), nullable=False),
        sa.Column("workday", sa.String(length=20), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False, comment="JSON: working hours this run is counted by"),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=True, comment="counted seconds at its last stop or hold"),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("district", "number", "clock", "run", name=op.f("pk_clock_run")),
        sqlite_with_rowid=False,
    )


def _create_definition_text() -> None:
    op.create_table(
        "definition_text",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "name", "version", name=op.f("pk_definition_text")),
    )


def _create_filing_record() -> None:
    op.create_table(
        "filing_record",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("filed_by", sa.String(length=80), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("standard", sa.String(length=40), nullable=False),
        sa.Column("condition_no", sa.Integer(), nullable=False),
        sa.Column("limit_text", sa.String(length=40), nullable=False),
        sa.Column("record", sa.Text(), nullable=False, comment="JSON: the whole filing record of flow.md 7"),
        sa.PrimaryKeyConstraint("district", "number", "no", name=op.f("pk_filing_record")),
        sqlite_with_rowid=False,
    )


def _create_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("clock", sa.String(length=60), nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False, comment="counted seconds used when the hold began"),
        sa.Column("until_at", UtcDateTime(), nullable=True, comment="released by itself at this moment"),
        sa.PrimaryKeyConstraint("district", "number", "clock", "run", "no", name=op.f("pk_hold")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_hold_until",
        "hold",
        ["district", "until_at"],
        unique=False,
        sqlite_where=sa.text("to_at IS NULL"),
        postgresql_where=sa.text("to_at IS NULL"),
    )


def _create_note() -> None:
    op.create_table(
        "note",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_case", "note", ["district", "number"], unique=False)


def _create_photo() -> None:
    op.create_table(
        "photo",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_photo")),
    )
    op.create_index("ix_photo_case", "photo", ["district", "number"], unique=False)


def _create_receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "client_id", name=op.f("pk_receipt")),
        sqlite_with_rowid=False,
    )


def _create_request() -> None:
    op.create_table(
        "request",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("applicant", sa.String(length=80), nullable=False),
        sa.Column("applicant_department", sa.String(length=40), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_on", sa.String(length=10), nullable=True, comment="China date, YYYY-MM-DD"),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("district", "number", "id", name=op.f("pk_request")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_request_state", "request", ["district", "state", "kind"], unique=False)


def _create_step() -> None:
    op.create_table(
        "step",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trigger", sa.String(length=60), nullable=False),
        sa.Column("from_state", sa.String(length=60), nullable=True),
        sa.Column("to_state", sa.String(length=60), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True, comment="of the actor"),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("receiver", sa.String(length=80), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "used", sa.Integer(), nullable=True, comment="counted seconds on the stage clock that it stopped"
        ),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False, comment="JSON: the records of the move"),
        sa.Column("clocks", sa.Text(), nullable=False, comment="JSON: effects on stage clocks"),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("district", "number", "no", name=op.f("pk_step")),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    _create_case_party()
    _create_case_serial()
    _create_cases()
    _create_category_condition()
    _create_clock_run()
    _create_definition_text()
    _create_filing_record()
    _create_hold()
    _create_note()
    _create_photo()
    _create_receipt()
    _create_request()
    _create_step()


def downgrade() -> None:
    for table in (
        "step",
        "request",
        "receipt",
        "photo",
        "note",
        "hold",
        "filing_record",
        "definition_text",
        "clock_run",
        "category_condition",
        "cases",
        "case_serial",
        "case_party",
    ):
        op.drop_table(table)
