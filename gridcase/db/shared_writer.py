"""The one writing connection of a process on SQLite, and the commits that acts share (docs/adr/0004)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import Context, copy_context
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from gridcase.db.prepared import Access

Answer = TypeVar("Answer")

# A bound on what an act waits for others; as many as a process has worker threads by default.
_LARGEST = 8
# How long the journal grows, in pages, before a commit copies it into the file: some 40 MB.
JOURNAL_PAGES = 10_000


class NotCommitted(Exception):
    """The transaction that an act shared with others was lost, and so was what it wrote."""


class _HalfWritten(Exception):
    """An act among others raised after it wrote: everything is taken back, and each act runs by itself."""


class _Job:
    """One act that waits for its turn, its surroundings (`context`), and what came of it."""

    __slots__ = ("_act", "_answer", "_context", "_signal", "error", "is_done")

    def __init__(self, act: Callable[[Access], Any]) -> None:
        self._act = act
        self._context: Context = copy_context()
        # A bare lock, held until the act is over: an Event costs four times as much, in every write.
        self._signal = threading.Lock()
        self._signal.acquire()
        self._answer: Any = None
        self.error: BaseException | None = None
        self.is_done = False

    def run(self, access: Access) -> None:
        """Run the act in the surroundings of the thread that waits for it."""
        self._answer = self._context.run(self._act, access)

    def wait(self) -> None:
        """Wait until the act is over."""
        self._signal.acquire()

    def end(self) -> None:
        """The act is over, for good or ill; its thread may go on."""
        if not self.is_done:
            self.is_done = True
            self._signal.release()

    def fail(self, error: BaseException) -> None:
        """Nothing of the act is kept; what it raised itself stays its error."""
        self.error = self.error or error

    def forget(self) -> None:
        """The act runs again: what came of it does not count."""
        self.error, self._answer = None, None

    def answer(self) -> Any:
        """What the act answered; raises what it raised."""
        if self.error is not None:
            raise self.error
        return self._answer


class SharedWriter:
    """Lets the threads of a process write one after the other, and commit together.

    A writer that sleeps in SQLite's busy handler waits ten times longer than one that queues here. An act that finds
    nobody at work is run by its own thread. What queues up meanwhile is worked off by a thread kept for it, several
    acts one after the other in one transaction with one commit for all: many acts, one sync of the disk, no change of
    threads between them. Nobody is told anything before what it wrote, and what it saw of others, is on the disk; an
    act that raises takes back its own work alone.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._access: Access | None = None
        self._turn = threading.Lock()
        self._holder: int | None = None
        self._queue = threading.Lock()
        self._jobs: list[_Job] = []
        # Whether a thread is at work that will look at the queue again before it stops.
        self._is_led = False
        self._keeper: threading.Thread | None = None
        # Held until the keeper is wanted.
        self._call = threading.Lock()
        self._call.acquire()

    def copy_first(self) -> None:
        """Of all processes, be the one that copies the journal: the others wait until it is twice as long."""
        with self._turn:
            try:
                self._take_turn().driver.execute(f"PRAGMA wal_autocheckpoint={JOURNAL_PAGES}")
            finally:
                self._holder = None

    def run(self, act: Callable[[Access], Answer]) -> Answer:
        """Run one act in a write transaction; answers when it is committed, raises what the act raised."""
        self._check_not_inside()
        job = _Job(act)
        with self._queue:
            self._jobs.append(job)
            leads = not self._is_led
            self._is_led = True
        if leads:
            self._lead(job)
        else:
            job.wait()
        answer: Answer = job.answer()
        return answer

    def _lead(self, job: _Job) -> None:
        """Run one's own act, the first of the queue, with those that came behind it; leave the rest to the keeper."""
        try:
            self._run_first()
        except BaseException:
            # What an act raised is raised again where somebody waits for it.
            if not job.is_done:
                # Interrupted before its turn: nobody waits for it any more.
                with self._queue:
                    self._jobs = [other for other in self._jobs if other is not job]
                raise
        finally:
            while self._has_more() and not self._calls_keeper():
                self._run_first()

    def _run_first(self) -> None:
        """Run the first acts of the queue; each of them is over then, come what may.

        Raises what is no Exception, such as KeyboardInterrupt, also when it is the error of an act.
        """
        jobs: Sequence[_Job] = ()
        try:
            with self._turn:
                with self._queue:
                    jobs, self._jobs = self._jobs[:_LARGEST], self._jobs[_LARGEST:]
                try:
                    self._run_together(self._take_turn(), jobs)
                finally:
                    self._holder = None
        except BaseException as error:
            # No connection, or one that broke as its work was taken back: what the acts wrote is nowhere.
            for job in jobs:
                if not job.is_done:
                    job.fail(error if len(jobs) == 1 else NotCommitted(repr(error)))
            if not isinstance(error, Exception):
                raise
        finally:
            for job in jobs:
                job.end()

    def _has_more(self) -> bool:
        """Whether acts wait; when none does, the next one finds nobody at work."""
        with self._queue:
            self._is_led = bool(self._jobs)
            return self._is_led

    def _calls_keeper(self) -> bool:
        """Let the keeper work the queue off; False when no thread can be had for it."""
        if self._keeper is None:
            keeper = threading.Thread(target=self._keep, name="gridcase-writer", daemon=True)
            try:
                keeper.start()
            except RuntimeError:
                return False
            self._keeper = keeper
        self._call.release()
        return True

    def _keep(self) -> None:
        """Work the queue off whenever called, until the writer is closed."""
        while True:
            self._call.acquire()
            if self._keeper is None:
                return
            while self._has_more():
                # Here too nothing is lost: who waits for an act is told what it raised.
                with suppress(BaseException):
                    self._run_first()

    def _run_together(self, access: Access, jobs: Sequence[_Job]) -> None:
        driver = access.driver
        try:
            # Said to the driver itself, which costs a tenth.
            driver.execute("BEGIN IMMEDIATE")
            for job in jobs:
                _run(access, job, is_alone=len(jobs) == 1)
            driver.commit()
        except _HalfWritten:
            driver.rollback()
            _close_account(access.connection)
            for job in jobs:
                job.forget()
                self._run_together(access, [job])
                job.end()
        except BaseException as error:
            driver.rollback()
            for job in jobs:
                job.fail(error if len(jobs) == 1 else NotCommitted(repr(error)))
            if not isinstance(error, Exception):
                raise
        finally:
            _close_account(access.connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write transaction of its own: committed when the block has ended, taken back when it raises."""
        self._check_not_inside()
        with self._turn:
            try:
                access = self._take_turn()
                driver = access.driver
                driver.execute("BEGIN IMMEDIATE")
                try:
                    yield access.connection
                    driver.commit()
                except BaseException:
                    driver.rollback()
                    raise
                finally:
                    _close_account(access.connection)
            finally:
                self._holder = None

    def _check_not_inside(self) -> None:
        if self._holder == threading.get_ident():
            raise RuntimeError("a write transaction cannot be opened inside another one")

    def _take_turn(self) -> Access:
        """The way over the one connection, for the thread whose turn it is; it names itself the holder."""
        self._holder = threading.get_ident()
        # One connection for all: taking one out of the pool and giving it back costs more than an insert.
        self._access = self._access or Access(self._engine.connect())
        return self._access

    def close(self) -> None:
        """Close the connection when no act runs any more; the next transaction opens another one."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            self._call.release()
            keeper.join()
        with self._turn:
            if self._access is not None:
                self._access.connection.close()
                self._access = None


def _run(access: Access, job: _Job, *, is_alone: bool) -> None:
    """Run an act within the transaction. What it raises is its own, unless the work of others is in the way.

    No savepoint: it would cost every act two statements, while acts are refused before they write, all but a few.
    Raises _HalfWritten when an act among others raised after it wrote, or lost the transaction of all.
    """
    driver = access.driver
    changes = driver.total_changes
    try:
        job.run(access)
    except BaseException as error:
        job.error = error
        if is_alone or not isinstance(error, Exception):
            raise
        # After a full disk there is no transaction left, since SQLite took everything back.
        if driver.total_changes != changes or not driver.in_transaction:
            raise _HalfWritten from error


def _close_account(connection: Connection) -> None:
    """End the transaction that SQLAlchemy believes in since its first statement; the driver's is over already."""
    if connection.in_transaction():
        connection.rollback()
