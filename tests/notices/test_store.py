"""Storing a notice: once by its key, whoever asks and however often, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import inspect

from gridcase.db import Database
from gridcase.notices.queries import notices, notices_of_case
from gridcase.notices.service import Notice, store

DISTRICT, OTHER = "120104", "120105"
NOTICE = Notice(
    kind="slow_department",
    department="A",
    on_day=date(2026, 10, 28),
    text="甲局：请抓紧办理",
    created_at=datetime(2026, 10, 28, 0, 5, tzinfo=UTC),
    dedupe_key="slow_department:A:2026-10-28",
)


def put(database: Database, notice: Notice, district: str = DISTRICT) -> bool:
    with database.transaction() as connection:
        return store(connection, district, notice)


def stored(database: Database, district: str = DISTRICT, **wanted: object) -> list[Notice]:
    with database.reading() as connection:
        return notices(connection, district, **wanted)


def test_a_notice_is_read_as_it_was_stored(database: Database) -> None:
    assert put(database, NOTICE)

    assert stored(database) == [NOTICE]


def test_the_same_key_again_changes_nothing(database: Database) -> None:
    put(database, NOTICE)

    assert not put(database, replace(NOTICE, text="另一段文字", department="B"))
    assert stored(database) == [NOTICE]


def test_each_district_has_its_own_keys(database: Database) -> None:
    assert put(database, NOTICE)
    assert put(database, NOTICE, OTHER)

    assert stored(database, OTHER) == [NOTICE]


def test_of_many_at_once_exactly_one_is_new(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: put(database, NOTICE), range(24)))

    assert sorted(answers) == [False] * 23 + [True]


def test_notices_are_found_by_kind_department_and_days(database: Database) -> None:
    for day in (27, 28, 29):
        for department in ("A", "B"):
            key = f"slow_department:{department}:2026-10-{day}"
            put(
                database,
                replace(NOTICE, department=department, on_day=date(2026, 10, day), dedupe_key=key),
            )

    days = (date(2026, 10, 28), date(2026, 10, 29))
    found = stored(database, kind="slow_department", department="B", days=days)

    assert [(notice.department, notice.on_day.day) for notice in found] == [("B", 28), ("B", 29)]
    assert stored(database, kind="other") == []


def test_notices_to_a_role_are_found_by_the_case_they_are_about(database: Database) -> None:
    about = replace(
        NOTICE, kind="escalation", department=None, role="shift_supervisor", number="20261028000001"
    )
    put(database, NOTICE)
    put(database, replace(about, dedupe_key="escalation:20261028000001:2"))
    put(database, replace(about, dedupe_key="escalation:20261028000002:2", number="20261028000002"))
    put(database, replace(about, dedupe_key="escalation:20261028000001:2"), OTHER)

    with database.reading() as connection:
        found = notices_of_case(connection, DISTRICT, "20261028000001")

    assert [(notice.dedupe_key, notice.role) for notice in found] == [
        ("escalation:20261028000001:2", "shift_supervisor")
    ]


def test_the_table_has_the_columns_of_the_page(database: Database) -> None:
    with database.reading() as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("notice")}
        keys = inspect(connection).get_pk_constraint("notice")["constrained_columns"]

    assert columns == {
        *("district", "kind", "department", "on_day", "text", "created_at", "dedupe_key"),
        *("role", "number"),
    }
    assert keys == ["district", "dedupe_key"]
