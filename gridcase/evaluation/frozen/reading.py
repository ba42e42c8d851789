"""Answers from the frozen record: what was published, as it was published."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.rejudging import answer_of, read_kept
from gridcase.evaluation.frozen.store import RecordKey, newest_record, read_text, records
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

    @property
    def amendment(self) -> int:
        """The number of the last amendment; 0 = none."""
        return self.heads[-1].amendment


def published_answer(connection: Connection, key: RecordKey) -> Published | None:
    """What was published of a period, after its last amendment; None when it is not frozen. Raises Damaged.

    None also for a record that other formulas made: only its texts (`published_text`) tell it as it was.
    """
    heads = tuple(record.head() for record in records(connection, key))
    if not heads or heads[-1].formula_version != FORMULA_VERSION:
        return None
    return Published(answer_of(connection, heads, read_kept(connection, heads[0])), heads)
