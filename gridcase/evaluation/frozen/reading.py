"""Answers from the frozen record: what was published, as it was published."""

from __future__ import annotations

from sqlalchemy import Connection

from gridcase.evaluation.frozen.store import RecordKey, newest_record, read_text


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
