"""The floor of a ranking: the same sums over the same rows in DuckDB, which is made for sums over columns."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql

from gridcase.evaluation.fact_sums import CountQuery, Unit, parts
from gridcase.facts.blocks import ACT_COLUMN_NAMES
from tests.bench.fact_copies import MadeRows, fill_duckdb

# What no plain sum over rows gives: acts on both sides of an edge, orders that wait for a reply.
_SINGLY = {*ACT_COLUMN_NAMES, "supervision_unanswered"}


class BareSums:
    """The rows in a DuckDB file of their own, summed by all processors of the machine."""

    def __init__(self, folder: Path, made: MadeRows) -> None:
        self._connection = duckdb.connect(
            str(folder / "rows.duckdb"), config={"threads": os.cpu_count() or 1}
        )
        fill_duckdb(self._connection, made, folder)

    def sums(self, query: CountQuery) -> dict[Unit, dict[str, int]]:
        """The sums that the program itself makes over rows, by unit: one statement each part."""
        found: dict[Unit, dict[str, int]] = {}
        width = len(query.by)
        for condition, expressions in parts(query):
            sums = (func.sum(value) for value in expressions.values())
            summed = select(*query.keys, *sums).where(query.is_counted, condition).group_by(*query.keys)
            text = summed.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
            for row in self._connection.execute(str(text)).fetchall():
                own = found.setdefault(row[:width], {})
                for name, value in zip(expressions, row[width:], strict=True):
                    own[name] = own.get(name, 0) + int(value)
        return found

    def compare(self, query: CountQuery, counts: Mapping[Unit, Mapping[str, int]]) -> None:
        """Raises AssertionError unless the counts of the program are these sums, unit by unit."""
        if _plain(counts) != _plain(self.sums(query)):
            raise AssertionError(f"the counts by {query.by} are not the sums of the rows")

    def close(self) -> None:
        self._connection.close()


def _plain(counts: Mapping[Unit, Mapping[str, int]]) -> dict[Unit, dict[str, int]]:
    shown = {
        unit: {name: value for name, value in own.items() if value and name not in _SINGLY}
        for unit, own in counts.items()
    }
    return {unit: own for unit, own in shown.items() if own}


@contextmanager
def beside(folder: Path, made: MadeRows) -> Iterator[BareSums]:
    """The sums over the rows, closed at the end."""
    bare = BareSums(folder, made)
    try:
        yield bare
    finally:
        bare.close()
