"""`verify-history`: whatever is altered in any row of the history or of what mirrors it is found and named."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, text, update

from gridcase.cases.differences import Difference
from gridcase.cases.mirrors import MIRRORS, Mirror
from gridcase.cases.models import Case, CaseSerial, Photo, StepRow, case_fact
from gridcase.cases.steps import row_of, seal
from gridcase.cases.verifying import verify
from gridcase.db import Base, table_of
from tests.cases.clocking import act_at, dispatched, of_limit
from tests.cases.following import call_back, find, reply, supervise
from tests.cases.ruling import give_rules, rule
from tests.cases.tampering import altered, another
from tests.making import Office

MONDAY = "2026-11-23"
STEP, CASES, PHOTOS, SERIALS = (table_of(model) for model in (StepRow, Case, Photo, CaseSerial))
KEYS = {"district", "number", "no"}
# Other rows of the case and of the directory tell what these columns held; of the rest only the row is named.
TOLD_BY_OTHERS = {
    "from_state", "to_state", "at", "actor", "role", "department", "on_time", "definition_version", "trigger",
    "previous_hash", "hash",
}  # fmt: skip
MIRRORED = [
    (mirror, column.name)
    for mirror in MIRRORS
    for column in mirror.table.columns
    if column.name not in mirror.untold
]


def rich_case(office: Office) -> str:
    """A case with rows in every table: requests, holds, a second attempt, orders, findings, a call-back."""
    office.set(f"{MONDAY}T09:00")
    give_rules(office, rule("A"))
    category, condition = of_limit(office, "5工作日")
    caller = {"name": "王五", "phone": "13900000000"}
    number = office.report("intake_operator", channel="hotline_12345", reporter=caller, **category)
    act_at(office, f"{MONDAY}T09:10", number, "send_confirmation", "confirm")
    office.move("shift_supervisor", number, "file", condition_no=condition, duplicates_seen=True)
    office.move("dispatcher", number, "dispatch", department="A", assisting=["B"])
    supervise(office, number)
    act_at(office, f"{MONDAY}T09:30", number, "receive")
    office.grant("dispatcher", number, office.ask("officer_a", number, "extension").id)
    office.set("2026-11-24T10:00")
    asked = office.ask("officer_a", number, "suspension", until="2026-12-04", photos=1)
    office.grant("shift_supervisor", number, asked.id)
    office.set("2026-12-04T08:00")
    office.release_holds(number)
    reply(office, number, "S1")
    act_at(office, "2026-12-04T10:20", number, "give_feedback", "send_verification", "verify_fail", "rework")
    act_at(office, "2026-12-04T11:00", number, "receive", "give_feedback", "send_verification", "verify_pass")
    act_at(office, "2026-12-04T11:05", number, "close")
    find(office, number)
    call_back(office, number)
    return number


@pytest.fixture(scope="module")
def _rich_cases() -> dict[str, str]:
    return {}


@pytest.fixture
def number(standing_both: Office, _rich_cases: dict[str, str]) -> str:
    """The rich case of the standing office, made once."""
    known = _rich_cases.get(standing_both.database.url.get_backend_name())
    number = known or rich_case(standing_both)
    _rich_cases[standing_both.database.url.get_backend_name()] = number
    return number


def found_in(office: Office, *numbers: str, with_pictures: bool = False) -> list[Difference]:
    checked = verify(office.database, office.book, numbers=numbers, with_pictures=with_pictures)
    return [one for case in checked for one in case.differences]


def some(office: Office, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows on SQLite, the ends and the middle on PostgreSQL, where the same code takes longer."""
    return rows if office.database.is_sqlite else [rows[0], rows[len(rows) // 2], rows[-1]]


def test_a_sound_case_has_rows_in_every_table_and_no_difference(standing_both: Office, number: str) -> None:
    assert found_in(standing_both, number, with_pictures=True) == []
    assert [mirror.name for mirror in MIRRORS if not standing_both.rows(mirror.name, number)] == []


def test_every_table_of_a_case_is_the_history_mirrors_it_or_is_known_to_be_neither() -> None:
    of_cases = {
        name
        for name, table in Base.metadata.tables.items()
        if {"district", "number"} <= set(table.primary_key.columns.keys())
    }

    # Which frozen month judged a case is told by the month's own record.
    assert of_cases - {"judged_case"} == {mirror.name for mirror in MIRRORS} | {"step"}


@pytest.mark.parametrize("column", [column.name for column in STEP.columns])
def test_any_altered_column_of_any_step_is_found_and_named(
    standing_both: Office, number: str, column: str
) -> None:
    office = standing_both
    for row in some(office, office.rows("step", number)):
        values = [another(STEP.c[column], row[column])]
        if STEP.c[column].nullable and row[column] is not None:
            values.append(None)
        for value in values:
            with altered(office, STEP, row, column, value):
                first = found_in(office, number)[0]
            assert (first.number, first.table, first.key["no"]) == (number, "step", row["no"]), (
                column,
                value,
            )
            if column in KEYS:
                assert first.code == "row_absent"
            elif column in TOLD_BY_OTHERS:
                assert (first.column, first.expected) == (column, row[column])
            else:
                assert first.column in (column, None)
    assert found_in(office, number) == []


@pytest.mark.parametrize(("mirror", "column"), MIRRORED, ids=[f"{one.name}-{name}" for one, name in MIRRORED])
def test_any_altered_column_of_any_mirrored_row_is_found_and_named(
    standing_both: Office, number: str, mirror: Mirror, column: str
) -> None:
    office = standing_both
    for row in some(office, office.rows(mirror.name, number))[:6]:
        with altered(office, mirror.table, row, column, another(mirror.table.c[column], row[column])):
            found = found_in(office, number)
        named = [one for one in found if one.table == mirror.name]
        key = {name: row[name] for name in mirror.keys}
        if mirror.table.c[column].primary_key:
            assert ("row_absent", key) in [(one.code, one.key) for one in named]
        else:
            (one,) = named
            assert (one.column, one.key, one.expected) == (column, key, row[column])
    assert found_in(office, number) == []


@pytest.mark.parametrize("column", ["kind", "sha256"])
def test_an_altered_photo_of_a_step_is_found_and_named(
    standing_both: Office, number: str, column: str
) -> None:
    row = standing_both.rows("photo", number)[0]

    with altered(standing_both, PHOTOS, row, column, another(PHOTOS.c[column], row[column])):
        (one,) = found_in(standing_both, number)

    assert (one.table, one.key, one.column, one.expected) == ("photo", {"id": row["id"]}, column, row[column])


@pytest.mark.parametrize("table", [STEP, PHOTOS, *(mirror.table for mirror in MIRRORS)], ids=str)
def test_a_row_that_is_gone_is_found_and_named(standing_both: Office, number: str, table: Table) -> None:
    office = standing_both
    row = office.rows(table.name, number)[-1]
    key = {each.name: row[each.name] for each in table.primary_key.columns}
    with office.database.transaction() as connection:
        connection.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))

    found = found_in(office, number)

    own = {name: value for name, value in key.items() if name not in ("district", "number")}
    assert (table.name, "row_absent", own) in [(one.table, one.code, one.key) for one in found]
    with office.database.transaction() as connection:
        connection.execute(insert(table).values(row))
    assert found_in(office, number) == []


def test_a_step_that_somebody_added_and_sealed_is_found(standing_both: Office, number: str) -> None:
    office = standing_both
    case = office.case(number)
    row = {**row_of(case.entries[-1], office.district, number), "no": case.version + 1}
    row["previous_hash"] = case.last_hash
    row["hash"] = seal(row, case.last_hash, "sha256")
    with office.database.transaction() as connection:
        connection.execute(insert(STEP).values(row))

    found = found_in(office, number)

    assert ("cases", "version") in [(one.table, one.column) for one in found]
    assert ("cases", "last_hash") in [(one.table, one.column) for one in found]
    with office.database.transaction() as connection:
        connection.execute(delete(STEP).where(STEP.c.number == number, STEP.c.no == row["no"]))
    assert found_in(office, number) == []


@pytest.mark.parametrize("column", ["data", "clocks"])
@pytest.mark.parametrize("value", ["", "{", "[1]", '{"workflow": 5}', "null"])
def test_a_step_that_is_no_step_any_more_is_told_and_not_a_crash(
    standing_both: Office, number: str, column: str, value: str
) -> None:
    row = standing_both.rows("step", number)[0]

    with altered(standing_both, STEP, row, column, value):
        found = found_in(standing_both, number)

    assert (found[0].table, found[0].key) == ("step", {"no": 1})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("on_time", "2"),
        ("at", "'2026-11-23 01:00:00.500000'"),
        ("at", "'gestern'"),
        ("no", "'x'"),
        ("used", "'x'"),
    ],
)
def test_values_that_only_sqlite_keeps_are_found_too(
    standing: Office, column: str, value: str, number_on_sqlite: str
) -> None:
    office, number = standing, number_on_sqlite
    row = next(row for row in office.rows("step", number) if row["on_time"] is not None)
    key = {"number": number, "no": row["no"]}
    with office.database.transaction() as connection:
        before = connection.execute(
            text(f"SELECT {column} FROM step WHERE number = :number AND no = :no"), key
        ).scalar_one()
        connection.execute(
            text(f"UPDATE step SET {column} = {value} WHERE number = :number AND no = :no"), key
        )

    found = found_in(office, number)

    with office.database.transaction() as connection:
        place = f"no = {value}" if column == "no" else f"no = {row['no']}"
        connection.execute(
            text(f"UPDATE step SET {column} = :before WHERE number = :number AND {place}"),
            {"before": before, "number": number},
        )
    assert (found[0].table, found[0].key["no"]) == ("step", row["no"])
    assert found_in(office, number) == []


@pytest.fixture
def number_on_sqlite(standing: Office) -> str:
    return dispatched(standing, "4工作时", f"{MONDAY}T09:00")


def test_pictures_that_were_lost_or_replaced_are_found(standing: Office) -> None:
    number = standing.report(photos=2)
    first, second = standing.rows("photo", number)
    store = standing.book.photos
    kept = [store.read(row["sha256"]) for row in (first, second)]
    store.path(first["sha256"]).unlink()
    store.path(second["sha256"]).write_bytes(b"another picture")

    found = found_in(standing, number, with_pictures=True)

    assert {(one.key["id"], one.code) for one in found} == {
        (first["id"], "photo_lost"),
        (second["id"], "photo_altered"),
    }
    assert found_in(standing, number) == []
    for row, content in zip((first, second), kept, strict=True):
        store.path(row["sha256"]).write_bytes(content)


# --- all cases -----------------------------------------------------------------------------------------------


def test_all_cases_are_looked_at_in_order(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridcase.cases.verifying._CHUNK", 3)
    numbers = [office.report() for _ in range(7)]

    checked = list(verify(office.database, office.book))

    assert [case.number for case in checked] == numbers
    assert [case.differences for case in checked] == [()] * 7


def test_a_case_of_which_every_row_is_gone_is_missed_by_its_number(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridcase.cases.verifying._CHUNK", 2)
    numbers = [office.report() for _ in range(5)]
    for lost in (numbers[1], numbers[4]):
        with office.database.transaction() as connection:
            for table in (STEP, PHOTOS, *(mirror.table for mirror in MIRRORS)):
                connection.execute(delete(table).where(table.c.number == lost))

    # On PostgreSQL it may as well be the number of a report that broke off.
    code = "row_absent" if office.database.is_sqlite else "number_unused"
    assert [(one.number, one.table, one.code) for one in found_in(office)] == [
        (numbers[1], "cases", code),
        (numbers[4], "cases", code),
    ]


def test_rows_that_are_left_of_no_case_are_found(office: Office) -> None:
    number = office.report()
    with office.database.transaction() as connection:
        connection.execute(
            update(case_fact).where(case_fact.c.number == number).values(number="20261009000009")
        )

    found = found_in(office)

    assert ("case_fact", "row_absent", number) in [(one.table, one.code, one.number) for one in found]
    assert ("case_fact", "row_surplus", "20261009000009") in [
        (one.table, one.code, one.number) for one in found
    ]


def test_a_number_that_no_case_has_is_told(standing: Office) -> None:
    (one,) = found_in(standing, "20990101000001")

    assert (one.number, one.table, one.code) == ("20990101000001", "cases", "row_absent")


def test_a_history_sealed_by_sm3_is_sound_when_the_setting_is_sha256(
    standing: Office, number_on_sqlite: str
) -> None:
    office, number = standing, number_on_sqlite
    previous = "0" * 64
    with office.database.transaction() as connection:
        for row in office.rows("step", number):
            sealed = seal({**row, "previous_hash": previous}, previous, "sm3")
            connection.execute(
                update(STEP)
                .where(STEP.c.number == number, STEP.c.no == row["no"])
                .values(previous_hash=previous, hash=sealed)
            )
            previous = sealed
        connection.execute(update(CASES).where(CASES.c.number == number).values(last_hash=previous))

    assert found_in(office, number) == []
