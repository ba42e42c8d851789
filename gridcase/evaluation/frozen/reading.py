"""Answers from the frozen record: what was published, as it was published."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.printed import printed_answer
from gridcase.evaluation.frozen.publishing import JSON
from gridcase.evaluation.frozen.rejudging import answer_of, read_kept
from gridcase.evaluation.frozen.store import RecordKey, heads_of, newest_record, read_text
from gridcase.evaluation.rank import RankAnswer


def published_text(
    connection: Connection, key: RecordKey, answer_format: str, *, scheme: str | None = None
) -> str | None:
    """The answer of the record after its last amendment as `json`, `csv` or `table`.

    None when the period is not frozen, or when another scheme than the frozen one is asked for: then it is computed
    (evaluation.md 9). Raises Damaged when the text is not what was sealed.
    """
    record = newest_record(connection, key)
    if record is None or scheme not in (None, record.values["scheme"]):
        return None
    return read_text(connection, record.head(), answer_format)


@dataclass(frozen=True)
class Published:
    """A frozen table as numbers: `heads` are the record and its amendments, in order."""

    answer: RankAnswer
    heads: tuple[Head, ...]


def published_answer(connection: Connection, key: RecordKey) -> Published | None:
    """What was published of a period, after its last amendment; None when it is not frozen. Raises Damaged.

    In numbers that nobody has rounded yet; those of a record that other formulas made as they were printed.
    """
    heads = heads_of(connection, key)
    if not heads:
        return None
    last, kept = heads[-1], read_kept(connection, heads[0])
    if last.formula_version == FORMULA_VERSION:
        return Published(answer_of(connection, heads, kept), heads)
    return Published(printed_answer(json.loads(read_text(connection, last, JSON)), last, kept), heads)
