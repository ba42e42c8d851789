"""Lines packed for keeping: compressed, with the key and a hash of each, so that a changed byte is named by its row."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gridcase.errors import Reason, Refused, in_one_line

# Lines of one chunk: some 3 MB, which compress to a few percent.
LINES = 1_000
_LEVEL = 6
# Bytes handed to the unpacker at a time: what comes before a damaged place is read as far as this.
_FED = 64
# Hex digits of a line's hash beside its key: enough to name the line; the hashes of the whole say whether it is sound.
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line break, under the key by which people know it."""

    key: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines, packed; as the database keeps it, or with other bytes."""

    first_key: str
    last_key: str
    row_count: int
    row_index: bytes
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash over all that is kept of the chunk."""
        told = f"{self.first_key}\n{self.last_key}\n{self.row_count}\n".encode()
        sizes = f"{len(self.row_index)}\n".encode()
        return hashlib.sha256(told + sizes + self.row_index + self.content).hexdigest()


class Damaged(Refused):
    """What is kept of a record is not what was sealed; `key` names the first row that differs, `text` says how."""

    def __init__(self, key: str, text: str) -> None:
        reason = Reason("record_differs", {"row": key})
        super().__init__([reason], code="record_differs", message=f"{key}: {text}")
        self.key = key
        self.text = text


def packed(lines: Iterable[Line]) -> Iterator[Chunk]:
    """The lines in chunks, in their order."""
    source = iter(lines)
    while chunk := list(islice(source, LINES)):
        yield _pack(chunk)


def _pack(lines: Sequence[Line]) -> Chunk:
    keys = [in_one_line(line.key) for line in lines]
    index = "".join(f"{_digest(line.content)} {key}\n" for key, line in zip(keys, lines, strict=True))
    content = b"".join(line.content + b"\n" for line in lines)
    return Chunk(
        first_key=keys[0],
        last_key=keys[-1],
        row_count=len(lines),
        row_index=zlib.compress(index.encode(), _LEVEL),
        content=zlib.compress(content, _LEVEL),
    )


def unpacked(chunk: Chunk, sha256: str) -> list[Line]:
    """The lines of a chunk. Raises Damaged when it is not the one that had this hash."""
    if chunk.sha256 != sha256:
        raise _first_difference(chunk)
    keys = [key for _hash, key in _index(chunk.row_index)]
    contents = zlib.decompress(chunk.content).split(b"\n")[:-1]
    return [Line(key, content) for key, content in zip(keys, contents, strict=True)]


def _first_difference(chunk: Chunk) -> Damaged:
    """Which row differs, as exactly as can be told from what is left."""
    every = f"the packed rows from {chunk.first_key} to {chunk.last_key} are not as they were written"
    index = _index(chunk.row_index)
    lines = _readable(chunk.content).split(b"\n")
    for (digest, key), line in zip(index, [*lines[:-1], *[b""] * len(index)], strict=False):
        if _digest(line) != digest:
            return Damaged(key, "the line is not the one that was hashed")
    return Damaged(index[0][1] if index else chunk.first_key, every)


def _index(content: bytes) -> list[tuple[str, str]]:
    """Hash and key of each line, as far as they can be read."""
    lines = _readable(content).decode(errors="replace").split("\n")[:-1]
    found = [line.partition(" ") for line in lines]
    return [(digest, key) for digest, _blank, key in found]


def _readable(content: bytes) -> bytes:
    """All that can still be unpacked: what lies before a changed byte is whole."""
    unpacker = zlib.decompressobj()
    found = bytearray()
    try:
        for first in range(0, len(content), _FED):
            found += unpacker.decompress(content[first : first + _FED])
    except zlib.error:
        return bytes(found)
    return bytes(found)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
