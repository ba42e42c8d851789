"""Acts that queue for SQLite share one commit; each stands or falls by itself, and all fall with the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gridcase.db import Access, Database
from gridcase.db.shared_writer import NotCommitted

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE word (word TEXT PRIMARY KEY)"))
    yield database
    database.close()


def keep(word: str) -> Callable[[Access], str]:
    def act(access: Access) -> str:
        access.driver.execute("INSERT INTO word VALUES (?)", (word,))
        return word

    return act


def words(database: Database) -> list[str]:
    with database.reading() as connection:
        return sorted(connection.execute(text("SELECT word FROM word")).scalars())


def at_once(database: Database, *acts: Callable[[Access], Any]) -> list[Any]:
    """Queue all acts behind a transaction, then let them go; what each answered or raised."""
    found: list[Any] = [None] * len(acts)

    def run(at: int) -> None:
        try:
            found[at] = database.act(acts[at])
        except BaseException as error:
            found[at] = error

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    writer = database._writer
    with database.transaction():
        for at, thread in enumerate(threads):
            thread.start()
            while len(writer._jobs) <= at:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join(30)
    return found


def commits_of(database: Database) -> list[str]:
    """A list that grows by what the driver is told at the end of each transaction."""
    told: list[str] = []
    with database.transaction() as connection:
        driver: Any = connection.connection.driver_connection
    driver.set_trace_callback(lambda sql: told.append(sql) if sql in ("COMMIT", "ROLLBACK") else None)
    return told


def test_acts_that_wait_together_share_one_commit(database: Database) -> None:
    told = commits_of(database)

    found = at_once(database, keep("甲"), keep("乙"), keep("丙"))

    assert found == ["甲", "乙", "丙"]
    # One is the transaction that they waited for.
    assert told == ["COMMIT", "COMMIT"]
    assert words(database) == sorted(["甲", "乙", "丙"])


def test_an_act_that_raises_takes_back_its_own_work_alone(database: Database) -> None:
    def broken(access: Access) -> None:
        keep("乙")(access)
        raise ValueError("no")

    found = at_once(database, keep("甲"), broken, keep("丙"))

    assert (found[0], found[2]) == ("甲", "丙")
    assert isinstance(found[1], ValueError)
    assert words(database) == sorted(["甲", "丙"])


def test_an_act_alone_is_taken_back_when_it_raises(database: Database) -> None:
    def broken(access: Access) -> None:
        keep("甲")(access)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        database.act(broken)

    assert words(database) == []
    assert database.act(keep("乙")) == "乙"


def test_an_act_that_raises_before_it_wrote_costs_the_others_nothing(database: Database) -> None:
    told, tries = commits_of(database), []

    def counted(access: Access) -> str:
        tries.append(1)
        return keep("甲")(access)

    def refused(_access: Access) -> None:
        raise ValueError("no")

    found = at_once(database, counted, refused, keep("丙"))

    assert (found[0], found[2]) == ("甲", "丙")
    assert isinstance(found[1], ValueError)
    assert (len(tries), told) == (1, ["COMMIT", "COMMIT"])
    assert words(database) == sorted(["甲", "丙"])


def test_what_an_act_saw_of_one_that_was_taken_back_is_judged_again(database: Database) -> None:
    def broken(access: Access) -> None:
        keep("甲")(access)
        raise ValueError("no")

    def count(access: Access) -> int:
        number: int = access.driver.execute("SELECT count(*) FROM word").fetchone()[0]
        keep(str(number))(access)
        return number

    found = at_once(database, keep("乙"), broken, count)

    assert (found[0], found[2]) == ("乙", 1)
    assert words(database) == sorted(["乙", "1"])


def test_acts_beside_one_that_lost_the_transaction_of_all_are_done(database: Database) -> None:
    def lost(access: Access) -> None:
        # As SQLite does by itself when the disk is full.
        access.driver.execute("ROLLBACK")
        raise OSError("disk full")

    found = at_once(database, keep("甲"), lost, keep("丙"))

    assert (found[0], found[2]) == ("甲", "丙")
    assert isinstance(found[1], OSError)
    assert words(database) == sorted(["甲", "丙"])
    assert database.act(keep("丁")) == "丁"


def test_all_acts_of_a_commit_that_fails_are_told_so(database: Database) -> None:
    def refuse_to_end(access: Access) -> str:
        # A deferred key is asked for at the commit and not before.
        access.driver.execute("PRAGMA defer_foreign_keys = ON")
        access.driver.execute("INSERT INTO letter VALUES (1, 'nobody')")
        return "乙"

    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE letter (id INTEGER, word TEXT REFERENCES word (word))"))

    found = at_once(database, keep("甲"), refuse_to_end, keep("丙"))

    assert [type(each) for each in found] == [NotCommitted] * 3
    assert words(database) == []
    assert database.act(keep("丁")) == "丁"


def test_more_acts_than_one_commit_takes_are_all_done(database: Database) -> None:
    expected = [f"{number:02}" for number in range(20)]

    found = at_once(database, *(keep(word) for word in expected))

    assert found == expected
    assert words(database) == expected


def test_an_act_runs_in_the_surroundings_of_the_thread_that_asked(database: Database) -> None:
    found: list[str] = []

    def ask(name: str) -> None:
        WHO.set(name)
        found.append(database.act(lambda _access: WHO.get()))

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("a", "b", "c")]
    with database.transaction():
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(found) == ["a", "b", "c"]


def test_a_transaction_inside_another_is_an_error_and_no_deadlock(database: Database) -> None:
    with database.transaction(), pytest.raises(RuntimeError, match="inside"):
        database.act(keep("甲"))

    assert words(database) == []


def test_a_connection_that_cannot_be_made_fails_its_acts_and_no_later_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, connect = database._writer, database.engine.connect
    failures = [OSError("no more files"), OSError("no more files")]

    def fail_at_first() -> Any:
        if failures:
            raise failures.pop()
        return connect()

    writer.close()
    monkeypatch.setattr(database.engine, "connect", fail_at_first)
    with pytest.raises(OSError, match="no more files"):
        database.act(keep("甲"))
    found: list[Any] = []

    def run(word: str) -> None:
        try:
            found.append(database.act(keep(word)))
        except Exception as error:
            found.append(type(error))

    threads = [threading.Thread(target=run, args=(word,), daemon=True) for word in ("乙", "丙")]
    with writer._turn:
        for at, thread in enumerate(threads):
            thread.start()
            while len(writer._jobs) <= at:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join(30)

    assert found == [NotCommitted, NotCommitted]
    assert database.act(keep("丁")) == "丁"


def test_an_act_that_finds_nobody_at_work_is_run_by_its_own_thread(database: Database) -> None:
    assert database.act(lambda _access: threading.get_ident()) == threading.get_ident()


def test_one_thread_works_off_what_queued_up_and_ends_when_the_database_is_closed(database: Database) -> None:
    def who(_access: Access) -> str:
        return threading.current_thread().name

    found = at_once(database, who, *(who for _ in range(20)))

    # Beside the first act run those that queued with it, as many as one commit takes.
    assert found[:8] == [found[0]] * 8
    assert found[0] != "gridcase-writer"
    assert set(found[8:]) == {"gridcase-writer"}
    database.close()
    assert "gridcase-writer" not in [thread.name for thread in threading.enumerate()]
    assert at_once(database, *map(keep, "甲乙丙丁戊己庚辛壬癸"))[9] == "癸"


def test_where_no_more_threads_can_be_had_everything_is_done_all_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    start = threading.Thread.start

    def only_others(thread: threading.Thread) -> None:
        (no_more if thread.name == "gridcase-writer" else start)(thread)

    monkeypatch.setattr(threading.Thread, "start", only_others)
    expected = [f"{number:02}" for number in range(20)]

    found = at_once(database, *map(keep, expected))

    assert found == expected
    assert database.act(keep("甲")) == "甲"


class Interrupted(BaseException):
    """As a signal raises it."""


def test_an_interrupted_act_among_others_is_told_to_its_own_thread_alone(database: Database) -> None:
    def interrupted(_access: Access) -> None:
        raise Interrupted

    found = at_once(database, keep("甲"), interrupted, keep("丙"))

    assert [type(each) for each in found] == [NotCommitted, Interrupted, NotCommitted]
    assert words(database) == []
    assert database.act(keep("丁")) == "丁"
