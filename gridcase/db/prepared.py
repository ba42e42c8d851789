"""Core statements compiled once and handed to the driver (docs/adr/0003)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Boolean, Connection, Dialect
from sqlalchemy.sql import ClauseElement

from gridcase.db.columns import KEPT_MOMENTS, UtcDateTime, whole_second

Processor = Callable[[Any], Any] | None


class Prepared:
    """One Core statement compiled for one dialect: its text, and how each value is bound to its place."""

    __slots__ = ("_pick", "_processors", "sql")

    def __init__(self, statement: ClauseElement, dialect: Dialect, types: Mapping[str, Any]) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        names = list(compiled.positiontup)
        self._pick = _picker(names)
        processors = [(at, _processor(types[name], dialect)) for at, name in enumerate(names)]
        self._processors = [(at, process) for at, process in processors if process is not None]

    def bind(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """The parameters in order, as the driver takes them."""
        bound = list(self._pick(values))
        # Most columns take their value as it is.
        for at, process in self._processors:
            bound[at] = process(bound[at])
        return bound


def _picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Iterable[Any]]:
    """What takes the values of these names out of a mapping, in their order and in one go."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _processor(kind: Any, dialect: Dialect) -> Processor:
    """How a value of a column type is bound; moments by hand, which is four times as quick."""
    if isinstance(kind, Boolean):
        return None
    if isinstance(kind, UtcDateTime):
        return sqlite_moment if dialect.name == "sqlite" else whole_second
    processor: Processor = kind.dialect_impl(dialect).bind_processor(dialect)
    return processor


@lru_cache(maxsize=KEPT_MOMENTS)
def sqlite_moment(value: datetime | None) -> str | None:
    """A moment as SQLAlchemy writes it on SQLite: UTC without zone, whole seconds, six zeros."""
    moment = whole_second(value)
    return None if moment is None else moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def fetch(connection: Connection, prepared: Prepared, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a prepared SELECT as the driver gives them."""
    driver: Any = connection.connection.driver_connection
    rows: list[tuple[Any, ...]] = driver.execute(prepared.sql, prepared.bind(values)).fetchall()
    return rows


class Access:
    """The way of one act into the database: a connection, and whether its transaction has begun.

    On PostgreSQL the transaction of an act begins when something first needs it: reads before it see what is
    committed, as each statement of a transaction would at this isolation too, and an act whose writes are one
    statement needs none at all, since one statement is a transaction by itself.
    """

    __slots__ = ("connection", "cursor", "dialect", "driver", "is_begun")

    def __init__(self, connection: Connection, *, is_begun: bool = True) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self.driver = cast(Any, connection.connection.driver_connection)
        # One for the whole act: to make one costs a fifth of a small statement.
        self.cursor: Any = self.driver.cursor()
        self.is_begun = is_begun

    def begin(self) -> None:
        """From here on all is one transaction."""
        if not self.is_begun:
            self.cursor.execute("BEGIN")
            self.is_begun = True

    def fetch(self, prepared: Prepared, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a prepared statement as the driver gives them."""
        self.cursor.execute(prepared.sql, prepared.bind(values))
        rows: list[tuple[Any, ...]] = self.cursor.fetchall()
        return rows
