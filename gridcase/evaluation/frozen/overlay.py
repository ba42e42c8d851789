"""The lines of a record in force: those that were frozen, each as the last amendment left it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from gridcase.evaluation.frozen.chunks import Damaged, Line
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.lines import UsedRow, used_row
from gridcase.evaluation.frozen.store import read_lines

FACTS, SCORES = "facts", "scores"


def changed_lines(connection: Connection, head: Head) -> dict[str, Line]:
    """The fact lines that an amendment changed, by key. Raises Damaged."""
    return {line.key: line for line in read_lines(connection, head, FACTS)}


def fact_lines(connection: Connection, heads: Sequence[Head]) -> Iterator[Line]:
    """The fact lines after the last of `heads`: a record and its amendments in order. Raises Damaged."""
    changed: dict[str, Line] = {}
    for head in heads[1:]:
        changed |= changed_lines(connection, head)
    for line in read_lines(connection, heads[0], FACTS):
        yield changed.get(line.key, line)


def score_lines(connection: Connection, heads: Sequence[Head]) -> Iterator[Line]:
    """The score lines after the last of `heads`; every amendment keeps all of them. Raises Damaged."""
    return read_lines(connection, heads[-1], SCORES)


def used_rows_of(connection: Connection, heads: Sequence[Head]) -> Iterator[UsedRow]:
    """The fact rows after the last of `heads`, in their order. Raises Damaged."""
    for line in fact_lines(connection, heads):
        yield row_of(line)


def row_of(line: Line) -> UsedRow:
    """The fact row of a line. Raises Damaged when it cannot be read as one."""
    try:
        return used_row(line.content)
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(line.key, f"the line cannot be read as a fact row: {error!r}") from error
