"""Checks a frozen record: every kept byte against its seal, the chain of records, and all results made anew (evaluation.md 9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gridcase.errors import NotFound
from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.chunks import Damaged, Line
from gridcase.evaluation.frozen.counts import NAME as COUNTS
from gridcase.evaluation.frozen.counts import counts_from, keys_of
from gridcase.evaluation.frozen.drafting import InputsHash
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.lines import score_row
from gridcase.evaluation.frozen.overlay import FACTS, SCORES, changed_lines, row_of, score_lines
from gridcase.evaluation.frozen.publishing import JSON, cells_of, changed_cells, totals_of
from gridcase.evaluation.frozen.rejudging import read_kept, rejudge
from gridcase.evaluation.frozen.store import (
    RecordKey,
    StoredRecord,
    chain,
    chunk_names,
    judged_numbers,
    kept_amendments,
    key_of,
    read_lines,
    read_text,
    text_names,
)
from gridcase.evaluation.frozen.tally import Counts, Tally
from gridcase.evaluation.once import Unit
from gridcase.evaluation.rank import rank_as_json
from gridcase.evaluation.score_values import ScoreRow

Write = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """A sound record: its head after the last amendment; `is_recomputed`: its results too, by the same formulas."""

    head: Head
    is_recomputed: bool


def check_frozen(connection: Connection, key: RecordKey, *, write: Write | None = None) -> Checked:
    """Check a record with all its amendments; `write` is handed the hashed lines of the one in force.

    Raises Damaged with the first that differs, and NotFound `not_frozen`. Results are made anew only when the record
    was made by the formulas of this program.
    """
    heads = [head for head in check_chain(connection, key) if head.period == key.period]
    if not heads:
        raise NotFound("not_frozen", f"{key.period} of {key.of} is not frozen")
    _check_names(connection, heads)
    walk = _Walk(connection, heads)
    walk.run(write)
    is_recomputed = heads[0].formula_version == FORMULA_VERSION
    if is_recomputed:
        _check_results(connection, heads, walk)
    return Checked(heads[-1], is_recomputed)


def check_chain(connection: Connection, key: RecordKey) -> Iterator[Head]:
    """The heads of all records of these units in the order of writing. Raises Damaged with the first broken link."""
    previous: StoredRecord | None = None
    amendments: dict[str, int] = {}
    for stored in chain(connection, key.district, key.of):
        head = stored.head()
        expected = (1, None) if previous is None else _next(previous)
        if (head.chain_no, head.previous_sha256) != expected:
            raise Damaged(stored.name, "a record before this one is gone or another one")
        if head.amendment != amendments.get(head.period, 0):
            raise Damaged(stored.name, "an amendment before this one is gone")
        amendments[head.period] = head.amendment + 1
        previous = stored
        yield head


def _next(previous: StoredRecord) -> tuple[int, str]:
    return previous.values["chain_no"] + 1, previous.values["record_sha256"]


def _check_names(connection: Connection, heads: Sequence[Head]) -> None:
    """Nothing is kept beside what the heads tell of; every text is the sealed one."""
    gone = kept_amendments(connection, key_of(heads[0])) - {head.amendment for head in heads}
    if gone:
        name = f"{heads[0].period} amendment {min(gone)}"
        raise Damaged(name, "it is gone, and what was kept with it is not")
    for head in heads:
        for name, _digest in head.texts:
            read_text(connection, head, name)
        told = sorted(name for name, _digest in head.texts)
        for name in text_names(connection, head):
            if name not in told:
                raise Damaged(name, "a text was added to the record")
        counts = {part: sum(own.part == part for own in head.parts) for part in (FACTS, SCORES)}
        for part, no in chunk_names(connection, head):
            if no >= counts.get(part, 0):
                raise Damaged(f"{head.period} {part}", "rows were added to the record")


class _Walk:
    """One walk over all lines: hashes of the record and of each amendment, their counts, their scores."""

    def __init__(self, connection: Connection, heads: Sequence[Head]) -> None:
        first = heads[0]
        self.connection, self.heads = connection, heads
        self.by = keys_of(read_text(connection, first, COUNTS))
        months = {month.period: month for month in first.months}
        # Of an amendment only what it moved.
        self.tallies = [
            Tally(first.district, self.by, first.selection, months, of=first.of) for _head in heads
        ]
        self.scores: list[list[ScoreRow]] = []
        self._changed = [changed_lines(connection, head) for head in heads[1:]]

    def run(self, write: Write | None) -> None:
        """Walk; raises Damaged."""
        hashes = [InputsHash(head.first_line) for head in self.heads]
        if write is not None:
            write(self.heads[-1].first_line.encode() + b"\n")
        count, judged = 0, list[str]()
        for line in read_lines(self.connection, self.heads[0], FACTS):
            count += 1
            for own, each in zip(hashes, self._versions(line, judged), strict=True):
                own.take(each)
            if write is not None:
                write(each.content + b"\n")
        for head, own in zip(self.heads, hashes, strict=True):
            lines = list(own.through(score_lines(self.connection, [head])))
            self.scores.append([_score(line) for line in lines])
            self._check(head, own, rows=count, scores=len(lines))
            if write is not None and head is self.heads[-1]:
                for line in lines:
                    write(line.content + b"\n")
        self._check_judged(judged)

    def _versions(self, line: Line, judged: list[str]) -> list[Line]:
        """The line as the record and each amendment have it; counted on the way."""
        used = row_of(line)
        self.tallies[0].add(used)
        if self.tallies[0].may_move(used) and judged[-1:] != [used.number]:
            judged.append(used.number)
        versions = [line]
        for tally, changed in zip(self.tallies[1:], self._changed, strict=True):
            new = changed.get(line.key, versions[-1])
            if new is not versions[-1]:
                tally.add(row_of(versions[-1]), sign=-1)
                tally.add(row_of(new))
            versions.append(new)
        return versions

    def _check(self, head: Head, own: InputsHash, *, rows: int, scores: int) -> None:
        if (rows, scores) != (head.fact_rows, head.score_rows):
            raise Damaged(
                head.period, f"{rows} fact rows and {scores} score rows are kept, the record tells of others"
            )
        left_out = sum(tally.judged_before for tally in self.tallies[: head.amendment + 1])
        if left_out != head.judged_before:
            raise Damaged(
                head.period, f"{left_out} cases were left out, the record says {head.judged_before}"
            )
        if own.text != head.inputs_sha256:
            raise Damaged(head.period, f"inputs_sha256 is {own.text}, the record says {head.inputs_sha256}")

    def _check_judged(self, judged: Iterable[str]) -> None:
        """The cases kept in mind for later periods are those that the lines tell of."""
        head = self.heads[0]
        told = dict.fromkeys(judged, head.end)
        kept = dict(judged_numbers(self.connection, head))
        for number in sorted({*told, *kept}):
            if told.get(number) != kept.get(number):
                text = "that the case was judged in this period is not kept as the record has it"
                raise Damaged(number, text)

    def counts(self, amendment: int) -> dict[Unit, Counts]:
        """The counts by unit after an amendment."""
        total: dict[Unit, Counts] = {}
        for tally in self.tallies[: amendment + 1]:
            for unit, counts in tally.counts.items():
                own = total.setdefault(unit, dict.fromkeys(counts, 0))
                for name, value in counts.items():
                    own[name] += value
        return total


def _score(line: Line) -> ScoreRow:
    try:
        return score_row(line.content)
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(line.key, f"the line cannot be read as a score: {error!r}") from error


def _check_results(connection: Connection, heads: Sequence[Head], walk: _Walk) -> None:
    """Counts, rates, scores, grades and ranks of the record and of each amendment, made anew from the lines."""
    kept = read_kept(connection, heads[0])
    old: dict[str, Any] | None = None
    for head in heads:
        counts = walk.counts(head.amendment)
        _check_counts(counts, counts_from(read_text(connection, head, COUNTS), walk.by) or {})
        answer = rejudge(kept, counts, walk.scores[head.amendment], judged_before=head.judged_before)
        told = json.loads(read_text(connection, head, JSON))
        _check_answer(told, rank_as_json(answer))
        if old is not None and changed_cells(cells_of(old), cells_of(told)) != head.cells:
            name = f"{head.period} amendment {head.amendment}"
            raise Damaged(name, "the cells told are not those that changed")
        old = told


def _check_counts(counts: dict[Unit, Counts], kept: dict[Unit, Counts]) -> None:
    for unit in sorted({*counts, *kept}):
        if counts.get(unit) != kept.get(unit):
            raise Damaged(" ".join(unit), "the counts of the unit are not the sum of its rows")


def _check_answer(told: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """What was published is what the formulas give; keys that only a later program has are no difference."""
    for cells in (cells_of, totals_of):
        for cell in changed_cells(cells(told), cells(made)):
            name = " ".join(part for part in (cell.unit, cell.code, cell.field) if part)
            raise Damaged(name, f"published is {cell.old}, the rows give {cell.new}")
    for name in sorted({*told} & {*made} - {"units", "totals", "frozen"}):
        if told[name] != made[name]:
            raise Damaged(name, f"published is {told[name]}, the record gives {made[name]}")
