"""The one writing connection of a process on SQLite, and the commits that acts share (docs/adr/0004)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

# So many acts wait at most for one commit: a bound on what an act waits for others and on what a commit syncs.
_LARGEST = 32


class NotCommitted(Exception):
    """The transaction that an act shared with others was lost, and so was what it wrote."""


class _Round:
    """One SQLite transaction and the acts in it, all of which wait for its end."""

    __slots__ = ("_ended", "error", "size")

    def __init__(self) -> None:
        self.size = 0
        self.error: BaseException | None = None
        self._ended = threading.Event()

    def end(self, error: BaseException | None = None) -> None:
        """Let all acts of the round go on; with an error, none of them is kept."""
        self.error = error
        self._ended.set()

    def wait(self) -> None:
        """Wait for the end. Raises NotCommitted when the round was lost."""
        self._ended.wait()
        if self.error is not None:
            raise NotCommitted("the transaction that this act shared could not be committed") from self.error


class SharedWriter:
    """Lets the threads of a process write one after the other, and commit together.

    A writer that sleeps in SQLite's busy handler waits ten times longer than one that queues here. Whoever finds
    others waiting when it is done leaves its work in the open transaction, and the last of the queue commits for
    all: many acts, one sync of the disk. Nobody is told anything before what it wrote, and what it saw of others,
    is on the disk; an act that raises takes back its own work alone.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._turn = threading.Lock()
        self._holder: int | None = None
        self._queue = threading.Lock()
        self._waiting = 0
        self._round: _Round | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write transaction: committed when the block has ended, taken back when it raises."""
        self._take_turn()
        try:
            # One connection for all: taking one out of the pool and giving it back costs more than an insert.
            connection = self._connection = self._connection or self._engine.connect()
            driver: Any = connection.connection.driver_connection
            shared = self._enter(connection, driver)
        except BaseException:
            self._give_turn()
            raise
        try:
            yield connection
        except BaseException:
            self._leave(shared, driver, is_undone=True)
            raise
        self._leave(shared, driver, is_undone=False)

    def _take_turn(self) -> None:
        if self._holder == threading.get_ident():
            raise RuntimeError("a write transaction cannot be opened inside another one")
        with self._queue:
            self._waiting += 1
        self._turn.acquire()
        with self._queue:
            self._waiting -= 1
        self._holder = threading.get_ident()

    def _give_turn(self) -> None:
        self._holder = None
        self._turn.release()

    def _enter(self, connection: Connection, driver: Any) -> _Round:
        """The round that this act takes part in: the open one, or a new one."""
        if self._round is None:
            # Said to the driver itself, which costs a tenth.
            driver.execute("BEGIN IMMEDIATE")
            connection.begin()
            self._round = _Round()
        else:
            try:
                driver.execute("SAVEPOINT act")
            except BaseException as error:
                self._abandon(self._round, error)
                raise
        self._round.size += 1
        return self._round

    def _leave(self, shared: _Round, driver: Any, *, is_undone: bool) -> None:
        """Keep the act's own work or take it back; commit if nobody else will, and wait for the commit."""
        try:
            if shared.size == 1 and is_undone:
                self._abandon(shared, None)
                return
            if shared.size > 1:
                if is_undone:
                    driver.execute("ROLLBACK TO act")
                driver.execute("RELEASE act")
            with self._queue:
                is_last = self._waiting == 0
            if is_last or shared.size >= _LARGEST:
                self._commit(shared)
        except BaseException as error:
            # A full disk rolls the whole transaction back, others' work too.
            self._abandon(shared, error)
            raise
        finally:
            self._give_turn()
        shared.wait()

    def _commit(self, shared: _Round) -> None:
        if self._connection is not None:
            self._connection.commit()
        self._round = None
        shared.end()

    def _abandon(self, shared: _Round, error: BaseException | None) -> None:
        self._round = None
        try:
            if self._connection is not None:
                self._connection.rollback()
        finally:
            shared.end(error)

    def close(self) -> None:
        """Close the connection; the next transaction opens another one."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
