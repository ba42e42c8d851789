"""The write path: Core statements on the mapped tables, compiled once, one batch a step (docs/adr/0003)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, Literal

from sqlalchemy import Table, and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from gridcase.cases.models import StepRow
from gridcase.cases.steps import Entry, entry_from_row
from gridcase.db import Access, Prepared, table_of

Operation = Literal["insert", "update", "upsert", "ignore"]


class Stale(Exception):
    """Another writer moved the case between our reading and our writing: the act is judged again."""


def _statement(
    table: Table, operation: Operation, columns: Sequence[str], *, keys: Sequence[str], dialect: str
) -> Any:
    values = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    if operation == "update":
        matches = [table.c[name] == bindparam(f"key_{name}", type_=table.c[name].type) for name in keys]
        return table.update().where(and_(*matches)).values(values)
    if operation == "insert":
        return table.insert().inline().values(values)
    dialect_insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = dialect_insert(table).inline().values(values)
    if operation == "ignore":
        return statement.on_conflict_do_nothing()
    changed = {name: statement.excluded[name] for name in columns if not table.c[name].primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed)


@lru_cache(maxsize=2048)
def _prepared(
    table: Table, operation: Operation, columns: tuple[str, ...], *, keys: tuple[str, ...], dialect: Dialect
) -> Prepared:
    types = {name: table.c[name].type for name in columns}
    types.update({f"key_{name}": table.c[name].type for name in keys})
    return Prepared(_statement(table, operation, columns, keys=keys, dialect=dialect.name), dialect, types)


class Batch:
    """The statements of one act, sent together: one after the other on SQLite, folded into one on PostgreSQL.

    `numbers` are the cases whose rows they write: a lost race names them.
    """

    def __init__(self, dialect: Dialect, *numbers: str) -> None:
        self.numbers = set(numbers)
        self._dialect = dialect
        self._statements: list[tuple[str, Any, bool]] = []

    def __bool__(self) -> bool:
        return bool(self._statements)

    def take(self, other: Batch) -> None:
        """Take the statements of another batch over. No two may write the same row."""
        self.numbers |= other.numbers
        self._statements += other._statements

    def add(self, table: Table, operation: Operation, values: Mapping[str, Any]) -> None:
        """Queue an insert, an insert that may meet its row (`upsert`, `ignore`)."""
        prepared = _prepared(table, operation, tuple(values), keys=(), dialect=self._dialect)
        self._statements.append((prepared.sql, prepared.bind(values), False))

    def update(
        self, table: Table, values: Mapping[str, Any], keys: Mapping[str, Any], *, must_match: bool = False
    ) -> None:
        """Queue an update. `must_match`: when no row matches, the whole act is Stale."""
        prepared = _prepared(table, "update", tuple(values), keys=tuple(keys), dialect=self._dialect)
        bound = prepared.bind({**values, **{f"key_{name}": value for name, value in keys.items()}})
        self._statements.append((prepared.sql, bound, must_match))

    def flush(self, driver: Any) -> None:
        """Send everything through a connection of the driver.

        Raises Stale when a `must_match` update met no row or a key was taken meanwhile; the caller rolls back.
        """
        try:
            if self._dialect.name == "sqlite":
                self._one_by_one(driver)
            else:
                self._in_one_statement(driver)
        except self._dialect.loaded_dbapi.Error as error:
            if _is_lost_race(error):
                raise Stale(*self.numbers) from error
            raise
        finally:
            self._statements = []

    def _one_by_one(self, driver: Any) -> None:
        for sql, values, must_match in self._statements:
            if driver.execute(sql, values).rowcount == 0 and must_match:
                raise Stale(*self.numbers)

    def _in_one_statement(self, driver: Any) -> None:
        """All statements folded into one by a WITH clause: parsed, sent and answered once."""
        folded = _folded(tuple([(sql, len(values), must) for sql, values, must in self._statements]))
        driver.execute(folded, tuple(chain.from_iterable([values for _, values, _ in self._statements])))


def _is_lost_race(error: Exception) -> bool:
    """Whether somebody else took a key or stood in the way; a value that its column refuses is a fault of ours."""
    name, code = getattr(error, "sqlite_errorname", None), getattr(error, "sqlstate", None)
    return name in _TAKEN_ON_SQLITE or code in _LOST_ON_POSTGRESQL


_TAKEN_ON_SQLITE = ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE")
# unique_violation, serialization_failure, deadlock_detected, division_by_zero (see `_folded`)
_LOST_ON_POSTGRESQL = ("23505", "40001", "40P01", "22012")
_PLACE = re.compile(r"\$([0-9]+)")


@lru_cache(maxsize=1024)
def _folded(statements: tuple[tuple[str, int, bool], ...]) -> str:
    """One PostgreSQL statement that does them all, and fails if one that must meet a row met none.

    Each is its text, its number of values and whether it must meet a row; no two may write the same row. It has to
    fail by itself, since it may be a transaction by itself: it divides by the number of rows met.
    """
    parts, counts, shift = [], [], 0
    for at, (sql, size, must_match) in enumerate(statements):
        parts.append(f"s{at} AS ({_moved(sql, shift)}{' RETURNING 1' if must_match else ''})")
        if must_match:
            counts.append(f"1 / (SELECT count(*) FROM s{at})")
        shift += size
    return f"WITH {', '.join(parts)} SELECT {' + '.join(counts) or '0'}"


def _moved(sql: str, by: int) -> str:
    return _PLACE.sub(lambda place: f"${int(place[1]) + by}", sql)


_STEP = table_of(StepRow)
_STEP_COLUMNS = tuple(column.name for column in _STEP.columns if column.name not in ("district", "number"))


@lru_cache(maxsize=8)
def _select_steps(dialect: Dialect) -> Prepared:
    statement = (
        select(*(_STEP.c[name] for name in _STEP_COLUMNS))
        .where(_STEP.c.district == bindparam("district"), _STEP.c.number == bindparam("number"))
        .order_by(_STEP.c.no)
    )
    types = {name: _STEP.c[name].type for name in ("district", "number")}
    return Prepared(statement, dialect, types)


def load_entries(access: Access, district: str, number: str) -> list[Entry]:
    """All steps of a case in order; empty when there is no such case."""
    prepared = _select_steps(access.dialect)
    entries = []
    for values in access.fetch(prepared, {"district": district, "number": number}):
        row = dict(zip(_STEP_COLUMNS, values, strict=True))
        row["at"] = stored_moment(row["at"])
        entries.append(entry_from_row(row))
    return entries


def stored_moment(value: datetime | str) -> datetime:
    """The aware UTC moment of a raw column: text without zone from SQLite, an aware moment from PostgreSQL."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
