"""A column by which SQLite is not to look for rows."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.cases.models import case_fact
from gridcase.db import unsought
from tests.making import Office

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
STATEMENT = select(case_fact.c.number).where(
    case_fact.c.district == "120104",
    case_fact.c.is_settled,
    case_fact.c.street == "120104001",
    unsought(case_fact.c.last_step_at) < BEFORE,
)
DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}


def test_only_sqlite_is_told() -> None:
    told = {name: str(STATEMENT.compile(dialect=each.dialect())) for name, each in DIALECTS.items()}

    assert "+case_fact.last_step_at < " in told["sqlite"]
    assert "+case_fact" not in told["postgresql"]
    assert "case_fact.last_step_at < " in told["postgresql"]


def test_rows_of_a_street_are_found_by_its_index_and_compared_as_moments(sqlite_office: Office) -> None:
    compiled = STATEMENT.compile(sqlite_office.database.engine, compile_kwargs={"literal_binds": True})
    with sqlite_office.database.reading() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()

    assert "ix_case_fact_settled_street" in plan[0][3]
