"""Engine, connections, one transaction a write, the UTC column type, and what SQLite and PostgreSQL do differently."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, DateTime, Dialect, Engine, MetaData, Table, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeDecorator

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_BUSY_TIMEOUT_S = 30


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive input, stores UTC in whole seconds, answers aware UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive moment cannot be stored: {value!r}")
        moment = value.astimezone(UTC).replace(microsecond=0)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of all mapped tables; one naming convention, so that migrations can name what they drop."""

    metadata = MetaData(naming_convention=_NAMING)


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class, for Core statements."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table


Processor = Callable[[Any], Any] | None


class Prepared:
    """One Core statement compiled for one dialect: its text, and how each value is bound to its place."""

    __slots__ = ("_order", "sql")

    def __init__(self, statement: ClauseElement, dialect: Dialect, types: Mapping[str, Any]) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._order = [(name, _processor(types[name], dialect)) for name in compiled.positiontup]

    def bind(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters in order, as the driver takes them."""
        return tuple([process(values[name]) if process else values[name] for name, process in self._order])


def _processor(kind: Any, dialect: Dialect) -> Processor:
    """How a value of a column type is bound; moments on SQLite by hand, which is four times as quick."""
    if isinstance(kind, Boolean):
        return None
    if dialect.name == "sqlite" and isinstance(kind, UtcDateTime):
        return sqlite_moment
    processor: Processor = kind.dialect_impl(dialect).bind_processor(dialect)
    return processor


def sqlite_moment(value: datetime | None) -> str | None:
    """A moment as SQLAlchemy writes it on SQLite: UTC without zone, whole seconds, six zeros."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a naive moment cannot be stored: {value!r}")
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat(" ", "microseconds")


def fetch(connection: Connection, prepared: Prepared, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a prepared SELECT as the driver gives them."""
    driver: Any = connection.connection.driver_connection
    rows: list[tuple[Any, ...]] = driver.execute(prepared.sql, prepared.bind(values)).fetchall()
    return rows


class Database:
    """One database with the two ways to use it: `transaction()` for writing, `reading()` for looking.

    On SQLite every write is `BEGIN IMMEDIATE` behind a lock of this process, since a writer that sleeps in
    SQLite's busy handler waits ten times longer than one that queues here (docs/adr/0004).
    `is_bulk` is for filling an empty database only: the disk is synced at the end and not at each commit.
    """

    def __init__(self, url: str, *, is_bulk: bool = False) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = threading.RLock()
        self._writing: Connection | None = None
        self.engine = (
            _sqlite_engine(self.url, is_bulk=is_bulk)
            if self.is_sqlite
            else _postgresql_engine(self.url, is_bulk=is_bulk)
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A write transaction: commits when the block ends, rolls back when it raises."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writer:
            # One connection for all writes: taking one out of the pool and giving it back costs more than an insert.
            connection = self._writing = self._writing or self.engine.connect()
            # Said to the driver itself, which costs a tenth; the commit is the driver's own.
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

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

    def close(self) -> None:
        """Close all pooled connections."""
        with self._writer:
            if self._writing is not None:
                self._writing.close()
                self._writing = None
        self.engine.dispose()


def _sqlite_engine(url: URL, *, is_bulk: bool) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False}, pool_size=16
    )
    synchronous = "OFF" if is_bulk else "FULL"

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
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _postgresql_engine(url: URL, *, is_bulk: bool) -> Engine:
    durable = "off" if is_bulk else "on"
    options = f"-c synchronous_commit={durable} -c timezone=UTC"
    # Places for values are written as the server reads them ($1), so that the driver reads no statement.
    driver: Any = import_module("psycopg")
    return create_engine(
        url,
        paramstyle="numeric_dollar",
        connect_args={"options": options, "cursor_factory": driver.RawCursor},
        pool_size=16,
        max_overflow=16,
    )
