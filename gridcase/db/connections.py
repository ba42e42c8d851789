"""Connections to SQLite and PostgreSQL, and one transaction a write; what the two do differently is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError

from gridcase.db.kept_connections import KeptConnections, has_ended
from gridcase.db.prepared import Access
from gridcase.db.shared_writer import JOURNAL_PAGES, SharedWriter

Answer = TypeVar("Answer")

_BUSY_TIMEOUT_S = 30
# Of each of the two pools on PostgreSQL, twice as many at most: 32 connections a process.
_POOL_SIZE = 8


class Database:
    """One database with the ways to use it: `act()` and `transaction()` for writing, `reading()` for looking.

    On SQLite the writes of a process queue for one connection and share commits (`SharedWriter`).
    `is_bulk` is for filling an empty database only: the disk is synced at the end and not at each commit.
    """

    def __init__(self, url: str, *, is_bulk: bool = False) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _sqlite_engine(self.url, is_bulk=is_bulk)
            self._writer = SharedWriter(self.engine)
        else:
            self.engine = _postgresql_engine(self.url, is_bulk=is_bulk)
            self._acting = KeptConnections(_postgresql_engine(self.url, is_bulk=is_bulk, is_one_by_one=True))

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write transaction: commits when the block ends, rolls back when it raises."""
        if self.is_sqlite:
            with self._writer.transaction() as connection:
                yield connection
        else:
            with self.engine.begin() as connection:
                yield connection

    def act(self, act: Callable[[Access], Answer]) -> Answer:
        """Run a write whose transaction begins as late as it may; answers when all of it is committed."""
        if self.is_sqlite:
            return self._writer.run(act)
        connection = self._acting.take()
        access = Access(connection, is_begun=False)
        try:
            answer = act(access)
            access.driver.commit()
        except BaseException:
            self._take_back(connection, access.driver)
            raise
        self._acting.give_back(connection)
        return answer

    def _take_back(self, connection: Connection, driver: Any) -> None:
        """Roll back what an act wrote; a connection that broke is not used again."""
        try:
            driver.rollback()
        finally:
            if driver.closed:
                self._acting.give_up(connection)
            else:
                self._acting.give_back(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view for reading; nothing written in it is kept."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
                try:
                    yield connection
                finally:
                    connection.exec_driver_sql("ROLLBACK")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                yield connection

    def copy_journal_first(self) -> None:
        """For who serves: on SQLite, copy the journal before any other process would (docs/adr/0004)."""
        if self.is_sqlite:
            self._writer.copy_first()

    def close(self) -> None:
        """Close all pooled connections."""
        if self.is_sqlite:
            self._writer.close()
        else:
            self._acting.close()
        self.engine.dispose()


def missing_file(url: str | URL) -> str | None:
    """The SQLite file that the URL names and that is not there, also none at all; None for any other database.

    To be asked before a `Database` is made by whoever only looks: its first connection makes the file.
    """
    named = make_url(url)
    if named.get_backend_name() != "sqlite" or Path(named.database or "").is_file():
        return None
    return named.database or ":memory:"


def _sqlite_engine(url: URL, *, is_bulk: bool) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False}, pool_size=16
    )
    synchronous = "OFF" if is_bulk else "FULL"
    if url.database and url.database != ":memory:":
        folder = Path(url.database).parent

        # Not before: who only asks whether the file is there leaves nothing behind.
        @event.listens_for(engine, "do_connect")
        def make_folder(*_connecting: Any) -> None:
            folder.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN would be deferred; transaction() and reading() say theirs by hand.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "cache_size=-65536",
            # A page that many commits change is copied once for all of them. Whoever serves copies sooner.
            f"wal_autocheckpoint={2 * JOURNAL_PAGES}",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _postgresql_engine(url: URL, *, is_bulk: bool, is_one_by_one: bool = False) -> Engine:
    """A pool of connections. `is_one_by_one`: each statement is a transaction, until one is begun by hand."""
    durable = "off" if is_bulk else "on"
    options = f"-c synchronous_commit={durable} -c timezone=UTC"
    # Places for values are written as the server reads them ($1), so that the driver reads no statement.
    driver: Any = import_module("psycopg")
    engine = create_engine(
        url,
        paramstyle="numeric_dollar",
        connect_args={"options": options, "cursor_factory": driver.RawCursor},
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_SIZE,
        **({"isolation_level": "AUTOCOMMIT"} if is_one_by_one else {}),
    )

    @event.listens_for(engine, "checkout")
    def look(connection: Any, _record: Any, _proxy: Any) -> None:
        # After a restart of the server all that rested in the pool have ended: none is handed to anybody.
        if has_ended(connection):
            raise InvalidatePoolError

    return engine
