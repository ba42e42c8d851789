"""A batch of statements: a lost race is judged again, a fault of the program is not hidden as one."""

from __future__ import annotations

from typing import Any

import pytest

from gridcase.cases.models import Case, Note
from gridcase.cases.store import Batch, Stale
from gridcase.db import table_of
from tests.making import NOW, Office

NOTE = table_of(Note)


def note(office: Office, **values: Any) -> dict[str, Any]:
    known = {
        "district": office.district,
        "id": "N1",
        "number": "1",
        "author": "x",
        "written_at": NOW,
        "text": "甲",
    }
    return {**known, **values}


def send(office: Office, *notes: dict[str, Any]) -> None:
    with office.database.transaction() as connection:
        batch = Batch(connection.dialect)
        for values in notes:
            batch.add(NOTE, "insert", values)
        batch.flush(connection.connection.driver_connection)


def test_a_key_that_was_taken_meanwhile_is_a_lost_race(office: Office) -> None:
    send(office, note(office))

    with pytest.raises(Stale):
        send(office, note(office, id="N0"), note(office, text="乙"))

    assert [(row["id"], row["text"]) for row in office.rows("note")] == [("N1", "甲")]


def test_a_row_that_was_changed_meanwhile_is_a_lost_race(office: Office) -> None:
    number = office.report()
    keys = {"district": office.district, "number": number, "version": 7}

    def change() -> None:
        with office.database.transaction() as connection:
            batch = Batch(connection.dialect)
            batch.add(NOTE, "insert", note(office))
            batch.update(table_of(Case), {"state": "closed"}, keys, must_match=True)
            batch.flush(connection.connection.driver_connection)

    with pytest.raises(Stale):
        change()

    assert office.rows("note") == []
    assert office.case(number).state == "reported"


def test_a_value_that_its_column_refuses_is_told_as_what_it_is(office: Office) -> None:
    driver_error = office.database.engine.dialect.loaded_dbapi.IntegrityError

    with pytest.raises(driver_error):
        send(office, note(office, text=None))

    assert office.rows("note") == []


def test_rows_that_may_be_there_already_are_left_or_written_over(office: Office) -> None:
    send(office, note(office))
    with office.database.transaction() as connection:
        batch = Batch(connection.dialect)
        batch.add(NOTE, "ignore", note(office, text="乙"))
        batch.add(NOTE, "ignore", note(office, id="N2"))
        batch.flush(connection.connection.driver_connection)
    with office.database.transaction() as connection:
        batch = Batch(connection.dialect)
        batch.add(NOTE, "upsert", note(office, id="N2", text="丙"))
        batch.flush(connection.connection.driver_connection)

    assert [(row["id"], row["text"]) for row in office.rows("note")] == [("N1", "甲"), ("N2", "丙")]
