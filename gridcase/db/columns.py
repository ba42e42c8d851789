"""The root of all mapped tables, and the one column type for moments."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Dialect, Index, MetaData, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# Moments that are kept in the form in which they are stored: the moment of an act stands in many columns.
KEPT_MOMENTS = 512


@lru_cache(maxsize=KEPT_MOMENTS)
def whole_second(value: datetime | None) -> datetime | None:
    """The moment in UTC without its fraction of a second. Raises ValueError for a naive one."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a naive moment cannot be stored: {value!r}")
    return value.astimezone(UTC).replace(microsecond=0)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive input, stores UTC in whole seconds, answers aware UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        moment = whole_second(value)
        return moment if moment is None or dialect.name != "sqlite" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def only_on(dialect: str, index: Index) -> Index:
    """The index, made on one of the databases alone (`sqlite`, `postgresql`); its `info` names it as `dialect`."""
    index.info["dialect"] = dialect
    index.ddl_if(dialect=dialect)
    return index


class unsought(FunctionElement[Any]):  # noqa: N801 - reads as what it is in a statement
    """A column by which SQLite is not to look for rows, for one that holds of nearly all of them.

    Without statistics SQLite takes a bound on the last column of an index to hold of few rows, and prefers it to an
    equal value in another index. PostgreSQL knows better: there it is the column.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unsought)
def _as_column(element: unsought, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(unsought, "sqlite")
def _out_of_indexes(element: unsought, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


class Base(DeclarativeBase):
    """Root of all mapped tables; one naming convention, so that migrations can name what they drop."""

    metadata = MetaData(naming_convention=_NAMING)


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class, for Core statements."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table
