"""Amends a frozen record after an approved appeal or a corrected score file: same T, scheme and formulas (evaluation.md 9)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from gridcase.cases.models import RequestRow
from gridcase.db import Database, table_of
from gridcase.errors import NotFound, Reason, Refused
from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.chunks import Line, packed
from gridcase.evaluation.frozen.counts import NAME as COUNTS
from gridcase.evaluation.frozen.counts import counts_from, counts_text, keys_of
from gridcase.evaluation.frozen.drafting import InputsHash, Spool, spool
from gridcase.evaluation.frozen.freezing import Draft, used_scores, write_draft, writing
from gridcase.evaluation.frozen.heads import Head, sha256_of
from gridcase.evaluation.frozen.lines import fact_line, score_key, score_line
from gridcase.evaluation.frozen.overlay import FACTS, SCORES, fact_lines, row_of
from gridcase.evaluation.frozen.publishing import (
    JSON,
    Seal,
    cells_of,
    changed_cells,
    published,
    seal_of,
    totals_of,
)
from gridcase.evaluation.frozen.rejudging import read_kept, rejudge
from gridcase.evaluation.frozen.store import RecordKey, heads_of, key_of, last_in_chain, read_text
from gridcase.evaluation.frozen.tally import Tally
from gridcase.evaluation.once import Unit
from gridcase.evaluation.rank import RankAnswer, rank_as_json
from gridcase.evaluation.step_reading import steps_of
from gridcase.facts import Step, facts

_REQUEST = table_of(RequestRow).c
_SECOND = timedelta(seconds=1)
_APPEAL = "appeal"
_DECISIONS = ("grant", "refuse")


@dataclass(frozen=True, slots=True)
class Amendment:
    """Why a record is amended, by whom and when; `ref` is the number of the appeal or of the paper."""

    ref: str
    reason: str
    by: str
    now: datetime


def amend(database: Database, key: RecordKey, amendment: Amendment) -> Head:
    """Write the next amendment of a record; answers its head.

    Counted are the steps before T and, of later ones, only decisions about appeals; the newest imported scores.
    Raises NotFound `not_frozen`; Refused `nothing_changed` when the table stays as it is, `other_formula` when the
    record was made by other rules, `record_differs` when it is not what was sealed, `frozen_meanwhile`.
    """
    with spool() as kept:
        with database.reading() as connection:
            draft = _draft(connection, key, amendment, kept=kept)
        with writing(database, draft.head) as connection:
            write_draft(connection, draft)
    return draft.head


def _draft(connection: Connection, key: RecordKey, amendment: Amendment, *, kept: Spool) -> Draft:
    heads = heads_of(connection, key)
    if not heads:
        raise NotFound("not_frozen", f"{key.period} of {key.of} is not frozen")
    last = heads[-1]
    _check_formula(last)
    record = read_kept(connection, heads[0])
    hashed = InputsHash(last.first_line)
    tally, by = _recount(connection, heads, amendment, kept=kept, hashed=hashed)
    rows = used_scores(connection, record.request, record.units, find=record.find)
    kept.put(SCORES, packed(hashed.through(Line(score_key(row), score_line(row).encode()) for row in rows)))
    answer = rejudge(record, tally.counts, rows, judged_before=tally.judged_before)
    seal = _seal(connection, last, amendment, answer=answer, inputs_sha256=hashed.text)
    texts = {COUNTS: counts_text(by, tally.counts), **published(answer, [*map(seal_of, heads), seal], rows)}
    head = replace(
        last,
        **{field.name: getattr(seal, field.name) for field in fields(seal)},
        chain_no=last_in_chain(connection, key.district, key.of)[0] + 1,
        score_rows=len(rows),
        parts=tuple(kept.parts),
        texts=tuple(sorted((name, sha256_of(text)) for name, text in texts.items())),
    )
    return Draft(head, kept, texts, [])


def _recount(
    connection: Connection, heads: Sequence[Head], amendment: Amendment, *, kept: Spool, hashed: InputsHash
) -> tuple[Tally, Unit]:
    """The counts with the appeals, and the keys by which they are made; lines that change are spooled, all are hashed."""
    last = heads[-1]
    counts = read_text(connection, last, COUNTS)
    by = keys_of(counts)
    months = {month.period: month for month in last.months}
    tally = Tally(last.district, by, last.selection, months, counts_from(counts, by) or {}, of=last.of)
    tally.judged_before = last.judged_before
    appealed = appealed_since(connection, key_of(last), min(month.as_of for month in last.months))
    changed: list[Line] = []
    walk = _Walk(connection, heads, tally, appealed, amendment.now, changed)
    for line in walk.lines():
        hashed.take(line)
    kept.put(FACTS, packed(changed))
    return tally, by


def _seal(
    connection: Connection, last: Head, amendment: Amendment, *, answer: RankAnswer, inputs_sha256: str
) -> Seal:
    """The amendment with each changed cell of the published table. Raises Refused `nothing_changed`."""
    old, new = json.loads(read_text(connection, last, JSON)), rank_as_json(answer)
    cells = changed_cells(cells_of(old), cells_of(new))
    if not cells:
        text = f"nothing in the table of {last.period} changes"
        raise Refused([Reason("nothing_changed")], code="nothing_changed", message=text)
    return Seal(
        amendment=last.amendment + 1,
        at=amendment.now,
        by=amendment.by,
        inputs_sha256=inputs_sha256,
        previous_sha256=last_in_chain(connection, last.district, last.of)[1],
        ref=amendment.ref,
        reason=amendment.reason,
        cells=cells,
        totals=changed_cells(totals_of(old), totals_of(new)),
    )


def _check_formula(head: Head) -> None:
    if head.formula_version != FORMULA_VERSION:
        text = f"made by formulas {head.formula_version}, this program executes {FORMULA_VERSION}"
        raise Refused([Reason("other_formula")], code="other_formula", message=text)


def appealed_since(connection: Connection, key: RecordKey, moment: datetime) -> frozenset[str]:
    """The numbers of the cases of which an appeal was granted at or after the moment."""
    statement = select(_REQUEST.number).where(
        _REQUEST.district == key.district,
        _REQUEST.kind == _APPEAL,
        _REQUEST.state == "granted",
        _REQUEST.decided_at >= moment,
    )
    return frozenset(connection.scalars(statement))


@dataclass
class _Walk:
    """Walks the lines in force, makes those of appealed cases anew, and moves their counts in the tally."""

    connection: Connection
    heads: Sequence[Head]
    tally: Tally
    appealed: frozenset[str]
    now: datetime
    changed: list[Line]

    def lines(self) -> Iterator[Line]:
        """The lines of the amended record, in their order."""
        for line in fact_lines(self.connection, self.heads):
            number = line.key.partition(" ")[0]
            yield self._anew(line, number) if number in self.appealed else line

    def _anew(self, line: Line, number: str) -> Line:
        used = row_of(line)
        as_of = self.tally.months[used.period].as_of
        for _number, steps in steps_of(
            self.connection, self.tally.district, [number], before=self.now + _SECOND
        ):
            row = facts([step for step in steps if step.at < as_of or is_appeal_decision(step)])
            if row is None:
                continue
            new = replace(used, row=row)
            made = Line(line.key, fact_line(new).encode())
            if made != line:
                self.tally.add(used, sign=-1)
                self.tally.add(new)
                self.changed.append(made)
                return made
        return line


def is_appeal_decision(step: Step) -> bool:
    """Whether a step grants or refuses an appeal: the only later ones that an amendment counts."""
    return step.trigger in _DECISIONS and step.data.get("request_kind") == _APPEAL
