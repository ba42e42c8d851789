"""Acts on PostgreSQL keep their connections, and part with those that the server has ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, text

from gridcase.db import Access, Database


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


def asked(access: Access) -> int:
    """The server process behind the connection of an act."""
    access.cursor.execute("SELECT pg_backend_pid()")
    return int(access.cursor.fetchone()[0])


def end(database: Database, backend: int) -> None:
    with database.transaction() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:backend, 5000)"), {"backend": backend})


def test_acts_one_after_the_other_run_on_one_connection(database: Database) -> None:
    assert database.act(asked) == database.act(asked)


def test_acts_at_once_run_on_connections_of_their_own(database: Database) -> None:
    both_asked, found = threading.Barrier(2, timeout=20), set()

    def act(access: Access) -> None:
        found.add(asked(access))
        both_asked.wait()

    threads = [threading.Thread(target=lambda: database.act(act)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 2


def test_an_act_after_the_server_ended_the_connection_runs_on_another_one(database: Database) -> None:
    before = database.act(asked)
    end(database, before)

    assert database.act(asked) != before


def test_an_act_whose_connection_breaks_fails_and_the_next_one_runs(database: Database) -> None:
    def act(access: Access) -> None:
        end(database, asked(access))
        asked(access)

    with pytest.raises(psycopg.OperationalError):
        database.act(act)

    assert database.act(asked) > 0


def test_readers_after_a_restart_of_the_server_are_given_no_ended_connection(database: Database) -> None:
    pids = text("SELECT pg_backend_pid()")
    with database.reading() as one, database.reading() as two, database.transaction() as three:
        before = {connection.execute(pids).scalar_one() for connection in (one, two, three)}
    outside = Database(database.url.render_as_string(hide_password=False))
    for backend in before:
        end(outside, backend)
    outside.close()

    with database.reading() as one, database.reading() as two, database.transaction() as three:
        after = {connection.execute(pids).scalar_one() for connection in (one, two, three)}

    assert len(after) == 3
    assert not after & before


def test_what_an_act_that_raises_began_is_taken_back(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE word (word TEXT PRIMARY KEY)"))

    def act(access: Access) -> None:
        access.begin()
        access.cursor.execute("INSERT INTO word VALUES ('甲')")
        raise LookupError

    with pytest.raises(LookupError):
        database.act(act)

    def look(access: Access) -> int:
        access.cursor.execute("SELECT count(*) FROM word")
        return int(access.cursor.fetchone()[0])

    assert database.act(look) == 0


def test_closed_connections_are_gone_from_the_server(database: Database) -> None:
    kept = database.act(asked)

    database.close()

    with database.reading() as connection:
        assert _is_gone(connection, kept)


def _is_gone(connection: Connection, backend: int) -> bool:
    """Whether a server process has ended, which it does a moment after its connection."""
    known = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    for _round in range(200):
        if connection.execute(known, {"pid": backend}).scalar() == 0:
            return True
        # Else one transaction would see the same list all the time.
        connection.rollback()
        time.sleep(0.05)
    return False
