"""The first schema: directory, register, facts, notices, jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridcase.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _create_api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("district", "token_hash", name=op.f("pk_api_token")),
    )
    op.create_index(op.f("ix_api_token_user_name"), "api_token", ["user_name"], unique=False)


def _create_area() -> None:
    op.create_table(
        "area",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=15), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent", sa.String(length=15), nullable=True),
        sa.Column("area_class", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("district", "code", name=op.f("pk_area")),
    )
    op.create_index("ix_area_district_level", "area", ["district", "level"], unique=False)


def _create_calendar_day() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("district", "on_day", name=op.f("pk_calendar_day")),
    )


def _create_case_fact() -> None:
    op.create_table(
        "case_fact",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("last_step_no", sa.Integer(), nullable=False),
        sa.Column("last_step_at", UtcDateTime(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("main_code", sa.Text(), nullable=True),
        sa.Column("sub_code", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("department_kind", sa.Text(), nullable=True),
        sa.Column("first_department", sa.Text(), nullable=True),
        sa.Column("inspector", sa.Text(), nullable=True),
        sa.Column("intake_operator", sa.Text(), nullable=True),
        sa.Column("shift_supervisor", sa.Text(), nullable=True),
        sa.Column("dispatcher", sa.Text(), nullable=True),
        sa.Column("closer", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_assigned", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_urgent", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_held", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_countable", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("filed_at", UtcDateTime(), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.Column("rejected_at", UtcDateTime(), nullable=True),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("dispatched_at", UtcDateTime(), nullable=True),
        sa.Column("last_dispatched_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("held_from", UtcDateTime(), nullable=True),
        sa.Column("confirm_sent_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("verify_sent_at", UtcDateTime(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("intake_due_at", UtcDateTime(), nullable=True),
        sa.Column("confirmation_due_at", UtcDateTime(), nullable=True),
        sa.Column("filing_due_at", UtcDateTime(), nullable=True),
        sa.Column("dispatch_due_at", UtcDateTime(), nullable=True),
        sa.Column("verification_sending_due_at", UtcDateTime(), nullable=True),
        sa.Column("verification_due_at", UtcDateTime(), nullable=True),
        sa.Column("closing_due_at", UtcDateTime(), nullable=True),
        sa.Column("reported", sa.Integer(), server_default="0", nullable=False),
        sa.Column("inspector_reported", sa.Integer(), server_default="0", nullable=False),
        sa.Column("public_reported", sa.Integer(), server_default="0", nullable=False),
        sa.Column("valid_reported", sa.Integer(), server_default="0", nullable=False),
        sa.Column("self_handled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("declined", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rejected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("voided", sa.Integer(), server_default="0", nullable=False),
        sa.Column("public_filed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("missed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatch_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_dispatched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("late_dispatched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accurate_dispatched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrong_dispatched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("force_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_filed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("desk_close_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_desk_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("confirm_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("confirmed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_confirmed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verify_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verified", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_verified", sa.Integer(), server_default="0", nullable=False),
        sa.Column("confirm_send_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_confirm_sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verify_send_due", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_verify_sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("acts", sa.Text(), nullable=True),
        sa.Column("acts_from", UtcDateTime(), nullable=True),
        sa.Column("acts_to", UtcDateTime(), nullable=True),
        sa.Column("handled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_handled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("late_handled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_time_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("late_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("urgent_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("urgent_on_time_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("assigned_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("assigned_on_time_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("public_late_closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reworked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rework_rounds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verification_failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verification_failed_again", sa.Integer(), server_default="0", nullable=False),
        sa.Column("extended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("extension_rounds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ever_held", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handed_back", sa.Integer(), server_default="0", nullable=False),
        sa.Column("late_handed_back", sa.Integer(), server_default="0", nullable=False),
        sa.Column("buck_passed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("faked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("supervised", sa.Integer(), server_default="0", nullable=False),
        sa.Column("supervision_late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("supervision_open", sa.Text(), nullable=True),
        sa.Column("supervision_open_from", UtcDateTime(), nullable=True),
        sa.Column("supervision_open_to", UtcDateTime(), nullable=True),
        sa.Column("appeal_exempted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("settled_locally", sa.Integer(), server_default="0", nullable=False),
        sa.Column("surveyed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("satisfied", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("district", "number", name=op.f("pk_case_fact")),
        comment="One wide row a case: every count of a ranking is a plain sum over these rows",
    )


def _create_case_party() -> None:
    op.create_table(
        "case_party",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("district", "number", "kind", "code", name=op.f("pk_case_party")),
    )
    op.create_index("ix_case_party_code", "case_party", ["district", "kind", "code", "number"], unique=False)


def _create_case_serial() -> None:
    op.create_table(
        "case_serial",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("on_day", sa.String(length=8), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district", "on_day", name=op.f("pk_case_serial")),
    )


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="number of steps"),
        sa.Column("workflow", sa.String(length=60), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False, comment="entry into the present state"),
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
        sa.PrimaryKeyConstraint("district", "number", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_cell", "cases", ["district", "cell", "reported_at"], unique=False)
    op.create_index(
        "ix_cases_department", "cases", ["district", "department", "is_open", "due_at"], unique=False
    )
    op.create_index("ix_cases_inspector", "cases", ["district", "inspector"], unique=False)
    op.create_index(
        "ix_cases_nearby", "cases", ["district", "sub_code", "main_code", "is_open", "lat"], unique=False
    )
    op.create_index("ix_cases_open_due", "cases", ["district", "is_open", "due_at"], unique=False)
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
    )
    op.create_index(
        "ix_clock_run_open", "clock_run", ["district", "is_open", "clock", "due_at"], unique=False
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
    )
    op.create_index("ix_hold_until", "hold", ["district", "to_at", "until_at"], unique=False)


def _create_login_session() -> None:
    op.create_table(
        "login_session",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("device", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("district", "session_hash", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_user_name"), "login_session", ["user_name"], unique=False)


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


def _create_organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("district", "code", name=op.f("pk_organisation")),
    )


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
    op.create_index(op.f("ix_photo_sha256"), "photo", ["sha256"], unique=False)


def _create_receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district", "client_id", name=op.f("pk_receipt")),
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
    )
    op.create_index("ix_request_state", "request", ["district", "state", "kind"], unique=False)


def _create_site_fact() -> None:
    op.create_table(
        "site_fact",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district", "name", name=op.f("pk_site_fact")),
    )


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
    )
    op.create_index("ix_step_at", "step", ["district", "at"], unique=False)


def _create_department() -> None:
    op.create_table(
        "department",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("group_name", sa.String(length=100), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "organisation"],
            ["organisation.district", "organisation.code"],
            name="fk_department_organisation",
        ),
        sa.PrimaryKeyConstraint("district", "code", name=op.f("pk_department")),
    )


def _create_user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False, comment="role codes joined by blanks, in order"),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "department"],
            ["department.district", "department.code"],
            name="fk_user_account_department",
        ),
        sa.PrimaryKeyConstraint("district", "name", name=op.f("pk_user_account")),
    )


def upgrade() -> None:
    _create_api_token()
    _create_area()
    _create_calendar_day()
    _create_case_fact()
    _create_case_party()
    _create_case_serial()
    _create_cases()
    _create_category_condition()
    _create_clock_run()
    _create_definition_text()
    _create_filing_record()
    _create_hold()
    _create_login_session()
    _create_note()
    _create_organisation()
    _create_photo()
    _create_receipt()
    _create_request()
    _create_site_fact()
    _create_step()
    _create_department()
    _create_user_account()


def downgrade() -> None:
    for table in (
        "user_account",
        "department",
        "step",
        "site_fact",
        "request",
        "receipt",
        "photo",
        "organisation",
        "note",
        "login_session",
        "hold",
        "filing_record",
        "definition_text",
        "clock_run",
        "category_condition",
        "cases",
        "case_serial",
        "case_party",
        "case_fact",
        "calendar_day",
        "area",
        "api_token",
    ):
        op.drop_table(table)
