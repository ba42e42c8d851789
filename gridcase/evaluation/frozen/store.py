"""Reads and writes the rows of frozen records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, insert, select

from gridcase.db import table_of
from gridcase.evaluation.frozen.chunks import Chunk, Damaged, Line, unpacked
from gridcase.evaluation.frozen.heads import Head, head_from, sha256_of
from gridcase.evaluation.frozen.models import FrozenChunk, FrozenRecord, FrozenText, JudgedCase

_RECORD, _CHUNK = table_of(FrozenRecord), table_of(FrozenChunk)
_TEXT, _JUDGED = table_of(FrozenText), table_of(JudgedCase)
_MANY = 1_000


@dataclass(frozen=True, slots=True)
class RecordKey:
    """What is frozen: a period of one kind of units (`departments`, `streets`, …) of a district."""

    district: str
    of: str
    period: str


def key_of(head: Head) -> RecordKey:
    """The key of a record."""
    return RecordKey(head.district, head.of, head.period)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A row of the table of records as it is kept, whatever it says."""

    values: dict[str, Any]

    @property
    def name(self) -> str:
        """How people call it: `2026-10`, or `2026-10 amendment 2`."""
        number = self.values["amendment"]
        return f"{self.values['period']} amendment {number}" if number else str(self.values["period"])

    def head(self) -> Head:
        """The head. Raises Damaged when the row is not what was sealed."""
        text, values = self.values["head"], self.values
        if sha256_of(text) != values["record_sha256"]:
            raise Damaged(self.name, "the head of the record is not what was sealed")
        try:
            head = head_from(text)
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(self.name, f"the head of the record cannot be read: {error!r}") from error
        if {**values, **_columns(head)} != values:
            raise Damaged(self.name, "the columns of the record do not say what its head says")
        return head


def _columns(head: Head) -> dict[str, Any]:
    return {
        "district": head.district,
        "unit_kind": head.of,
        "period": head.period,
        "amendment": head.amendment,
        "chain_no": head.chain_no,
        "scheme": head.scheme,
        "as_of": head.as_of,
        "ends_at": head.end,
    }


def _of(table: Any, key: RecordKey) -> Any:
    return and_(table.c.district == key.district, table.c.unit_kind == key.of, table.c.period == key.period)


def newest_record(connection: Connection, key: RecordKey) -> StoredRecord | None:
    """The record of a period after its last amendment, or None."""
    statement = select(_RECORD).where(_of(_RECORD, key))
    row = connection.execute(statement.order_by(_RECORD.c.amendment.desc()).limit(1)).mappings().first()
    return None if row is None else StoredRecord(dict(row))


def newest_head(connection: Connection, key: RecordKey) -> Head | None:
    """The head of the record after its last amendment, or None. Raises Damaged."""
    record = newest_record(connection, key)
    return None if record is None else record.head()


def heads_of(connection: Connection, key: RecordKey) -> tuple[Head, ...]:
    """The heads of the record of a period and of its amendments, in their order; none without one. Raises Damaged."""
    statement = select(_RECORD).where(_of(_RECORD, key)).order_by(_RECORD.c.amendment)
    return tuple(StoredRecord(dict(row)).head() for row in connection.execute(statement).mappings())


def chain(connection: Connection, district: str, of: str) -> Iterator[StoredRecord]:
    """All records and amendments of a kind of units in the order of writing."""
    statement = select(_RECORD).where(_RECORD.c.district == district, _RECORD.c.unit_kind == of)
    for row in connection.execute(statement.order_by(_RECORD.c.chain_no)).mappings():
        yield StoredRecord(dict(row))


def last_in_chain(connection: Connection, district: str, of: str) -> tuple[int, str | None]:
    """Number and record hash of what was written last; 0 and None before the first."""
    statement = (
        select(_RECORD.c.chain_no, _RECORD.c.record_sha256)
        .where(_RECORD.c.district == district, _RECORD.c.unit_kind == of)
        .order_by(_RECORD.c.chain_no.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    return (0, None) if row is None else (row[0], row[1])


# --- lines and texts --------------------------------------------------------------------------------------------


def read_lines(connection: Connection, head: Head, part: str) -> Iterator[Line]:
    """The lines stored with a record, chunk by chunk. Raises Damaged with the first that differs."""
    own = [each for each in head.parts if each.part == part]
    last = f"{head.period} {part}"
    for no, told in enumerate(own):
        statement = select(
            _CHUNK.c.first_key, _CHUNK.c.last_key, _CHUNK.c.row_count, _CHUNK.c.row_index, _CHUNK.c.content
        ).where(
            _of(_CHUNK, key_of(head)),
            _CHUNK.c.amendment == head.amendment,
            _CHUNK.c.part == part,
            _CHUNK.c.no == no,
        )
        row = connection.execute(statement).first()
        if row is None:
            raise Damaged(last, f"the {told.row_count} rows after this one are gone")
        chunk = Chunk(row[0], row[1], row[2], bytes(row[3]), bytes(row[4]))
        yield from unpacked(chunk, told.sha256)
        last = chunk.last_key


def kept_amendments(connection: Connection, key: RecordKey) -> set[int]:
    """The numbers of all amendments of which a text or a chunk is kept; 0 for the record itself."""
    found: set[int] = set()
    for table in (_CHUNK, _TEXT):
        found |= set(connection.scalars(select(table.c.amendment).where(_of(table, key)).distinct()))
    return found


def chunk_names(connection: Connection, head: Head) -> list[tuple[str, int]]:
    """Part and number of every chunk that is kept for a record."""
    statement = select(_CHUNK.c.part, _CHUNK.c.no).where(
        _of(_CHUNK, key_of(head)), _CHUNK.c.amendment == head.amendment
    )
    return [(part, no) for part, no in connection.execute(statement)]


def text_names(connection: Connection, head: Head) -> list[str]:
    """The names of all texts that are kept for a record."""
    statement = select(_TEXT.c.name).where(_of(_TEXT, key_of(head)), _TEXT.c.amendment == head.amendment)
    return sorted(connection.scalars(statement))


def read_text(connection: Connection, head: Head, name: str) -> str:
    """A text of a record. Raises Damaged when it is gone or another one."""
    digest = dict(head.texts).get(name)
    statement = select(_TEXT.c.content).where(
        _of(_TEXT, key_of(head)),
        _TEXT.c.amendment == head.amendment,
        _TEXT.c.name == name,
    )
    content = connection.execute(statement).scalar()
    try:
        text = bytes(content or b"").decode()
    except UnicodeDecodeError as error:
        raise Damaged(name, "the text of the record is not what was sealed") from error
    if content is None or sha256_of(text) != digest:
        raise Damaged(name, "the text of the record is not what was sealed")
    return text


def judged_numbers(connection: Connection, head: Head) -> Iterator[tuple[str, Any]]:
    """Number and end of period of the cases kept in mind as judged in a frozen period, by number."""
    numbers = connection.execute(
        select(_JUDGED.c.number, _JUDGED.c.ends_at).where(_of(_JUDGED, key_of(head)))
    ).all()
    yield from sorted((number, ends_at) for number, ends_at in numbers)


# --- writing ----------------------------------------------------------------------------------------------------


def write_head(connection: Connection, head: Head) -> None:
    """Write the row of a record. Its key, and its place in the chain, are given once."""
    values = {**_columns(head), "head": head.text, "record_sha256": head.sha256}
    connection.execute(insert(_RECORD), values)


def write_chunk(connection: Connection, head: Head, chunk: Chunk, *, part: str, no: int) -> None:
    """Write one chunk of a record's lines."""
    values = {
        **_key(head),
        "part": part,
        "no": no,
        "first_key": chunk.first_key,
        "last_key": chunk.last_key,
        "row_count": chunk.row_count,
        "row_index": chunk.row_index,
        "content": chunk.content,
    }
    connection.execute(insert(_CHUNK), values)


def write_texts(connection: Connection, head: Head, texts: dict[str, str]) -> None:
    """Write the texts of a record."""
    rows = [{**_key(head), "name": name, "content": text.encode()} for name, text in texts.items()]
    connection.execute(insert(_TEXT), rows)


def write_judged(connection: Connection, head: Head, numbers: list[str]) -> None:
    """Keep in mind which cases were judged in the period and may still move."""
    key = {"district": head.district, "unit_kind": head.of, "period": head.period, "ends_at": head.end}
    for first in range(0, len(numbers), _MANY):
        rows = [{**key, "number": number} for number in numbers[first : first + _MANY]]
        connection.execute(insert(_JUDGED), rows)


def _key(head: Head) -> dict[str, Any]:
    return {
        "district": head.district,
        "unit_kind": head.of,
        "period": head.period,
        "amendment": head.amendment,
    }
