"""Drafts a frozen record from the case history: rows are spooled to disk, so that memory does not grow with the month."""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from gridcase.evaluation.frozen.chunks import Chunk, Line
from gridcase.evaluation.frozen.heads import Part
from gridcase.evaluation.frozen.lines import UsedRow, fact_line
from gridcase.evaluation.frozen.tally import Tally


class InputsHash:
    """The hash over the head line, the fact lines and the score lines, in this order (evaluation.md 9)."""

    def __init__(self, first_line: str) -> None:
        self._hash = hashlib.sha256(first_line.encode() + b"\n")

    def through(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The same lines, each taken in as it passes."""
        for line in lines:
            self.take(line)
            yield line

    def take(self, line: Line) -> None:
        """Take one line in."""
        self._hash.update(line.content)
        self._hash.update(b"\n")

    @property
    def text(self) -> str:
        """Hex, lower case, of what was taken in so far."""
        return self._hash.hexdigest()


@dataclass
class Spool:
    """Chunks on the disk, with what a head says of each."""

    file: IO[bytes]
    parts: list[Part]

    def put(self, part: str, chunks: Iterable[Chunk]) -> int:
        """Keep the chunks; answers how many lines they hold."""
        count = 0
        for chunk in chunks:
            pickle.dump(chunk, self.file, protocol=pickle.HIGHEST_PROTOCOL)
            self.parts.append(Part(part, chunk.row_count, chunk.sha256))
            count += chunk.row_count
        return count

    def chunks(self) -> Iterator[tuple[str, int, Chunk]]:
        """Part, number within the part, and chunk, in their order; may be walked again."""
        self.file.seek(0)
        numbers: dict[str, int] = {}
        for told in self.parts:
            chunk: Any = pickle.load(self.file)
            no = numbers.get(told.part, 0)
            numbers[told.part] = no + 1
            yield told.part, no, chunk


@contextmanager
def spool() -> Iterator[Spool]:
    """An empty spool, gone afterwards."""
    with tempfile.TemporaryFile(prefix="gridcase-frozen-") as file:
        yield Spool(file, [])


def lines_of(rows: Iterable[UsedRow], tally: Tally, *, may_move: list[str]) -> Iterator[Line]:
    """The line of each row; the numbers of cases that may be judged again are noted in `may_move`."""
    for used in rows:
        if tally.may_move(used) and may_move[-1:] != [used.number]:
            may_move.append(used.number)
        yield Line(used.key, fact_line(used).encode())
