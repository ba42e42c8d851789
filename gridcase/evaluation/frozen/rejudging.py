"""Judges a record anew from what it holds: its schemes, its units, counts by unit, scores; nothing else is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gridcase.clock import CHINA
from gridcase.evaluation.composing import FindScheme
from gridcase.evaluation.frozen.counts import NAME as COUNTS
from gridcase.evaluation.frozen.counts import counts_from, keys_of
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.inputs import UNITS, kept_finder, units_from
from gridcase.evaluation.frozen.lines import score_row
from gridcase.evaluation.frozen.overlay import score_lines
from gridcase.evaluation.frozen.store import read_text
from gridcase.evaluation.frozen.tally import Counts
from gridcase.evaluation.once import Unit
from gridcase.evaluation.periods import Period
from gridcase.evaluation.rank import Found, RankAnswer, RankRequest, judge
from gridcase.evaluation.score_values import ScoreRow, scores_of
from gridcase.evaluation.units import CellPlace, JudgedUnit


@dataclass(frozen=True)
class Kept:
    """What the amendments of a record share: the record itself, its schemes, who is judged."""

    head: Head
    find: FindScheme
    units: tuple[JudgedUnit, ...]
    cells: Mapping[str, tuple[CellPlace, ...]]

    @property
    def request(self) -> RankRequest:
        """The question that the record answers; its period is the one that was frozen, whatever the settings say now."""
        head = self.head
        period = Period(head.period, "", head.start.astimezone(CHINA), head.end.astimezone(CHINA))
        return RankRequest(
            head.district,
            period,
            head.of,
            scheme=self.find(head.scheme),
            now=head.at,
            as_of=head.as_of,
            raters_at_least=head.raters_at_least,
        )


def read_kept(connection: Connection, head: Head) -> Kept:
    """What a record (not an amendment) was made with. Raises Damaged."""
    texts = {name: read_text(connection, head, name) for name, _digest in head.texts}
    units, cells = units_from(texts[UNITS])
    return Kept(head, kept_finder(texts), units, cells)


def rejudge(
    kept: Kept, counts: Mapping[Unit, Counts], rows: Iterable[ScoreRow], *, judged_before: int
) -> RankAnswer:
    """The evaluation of these counts and scores by the schemes of the record."""
    found = Found(
        as_of=kept.head.as_of,
        units=kept.units,
        counts=counts,
        cells=kept.cells,
        scores=scores_of(rows, raters_at_least=kept.head.raters_at_least),
        judged_before=judged_before,
    )
    return judge(kept.request, found, kept.find)


def answer_of(connection: Connection, heads: Sequence[Head], kept: Kept) -> RankAnswer:
    """The evaluation of a record after its last amendment, in numbers that nobody has rounded yet. Raises Damaged.

    `heads` are those of the record and its amendments in order, `kept` what the record was made with.
    """
    text = read_text(connection, heads[-1], COUNTS)
    rows = [score_row(line.content) for line in score_lines(connection, heads)]
    counts = counts_from(text, keys_of(text)) or {}
    return rejudge(kept, counts, rows, judged_before=heads[-1].judged_before)
