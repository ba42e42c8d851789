"""Judges a past month by another scheme, from the rows of its frozen record where these hold all that the scheme counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gridcase.evaluation.frozen.amending import appealed_since, is_appeal_decision
from gridcase.evaluation.frozen.counts import NAME as COUNTS
from gridcase.evaluation.frozen.counts import counts_from, keys_of
from gridcase.evaluation.frozen.gathering import used_rows
from gridcase.evaluation.frozen.heads import Head, Month
from gridcase.evaluation.frozen.lines import UsedRow, score_row
from gridcase.evaluation.frozen.overlay import score_lines, used_rows_of
from gridcase.evaluation.frozen.rejudging import Kept, read_kept
from gridcase.evaluation.frozen.store import key_of, read_text
from gridcase.evaluation.frozen.tally import Counts, Tally
from gridcase.evaluation.look_back.judged import JudgedAnew, add_rows
from gridcase.evaluation.look_back.trial import Replayed, Trial
from gridcase.evaluation.once import Unit
from gridcase.evaluation.periods import Period
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.rank import (
    Found,
    RankRequest,
    asked_scores,
    counted,
    find_cells,
    find_units,
    gather,
    judge,
    once_query,
)
from gridcase.evaluation.score_values import Scores, scores_of
from gridcase.evaluation.step_reading import steps_of
from gridcase.evaluation.units import JudgedUnit
from gridcase.facts import FactRow, Selection, facts

RECORD, REGISTER = "record", "register"
OTHER_AS_OF, OTHER_MODE = "other_as_of", "other_mode"
_SECOND = timedelta(seconds=1)


@dataclass
class Replayer:
    """Replays the months of a trial, the earliest first. Reads only."""

    connection: Connection
    trial: Trial
    judged: JudgedAnew = field(init=False)

    def __post_init__(self) -> None:
        self.judged = JudgedAnew(self.trial.district, self.trial.of)

    def open_month(self, period: Period) -> Replayed:
        """A month that nobody has frozen, from the history at its own T. Raises as `rank`."""
        trial = self.trial
        request, find = trial.request(period, trial.scheme), trial.finder(period)
        judged = self.judged.before(self.connection, period) if self._is_by_due else None
        if judged is None:
            found = gather(self.connection, request, find)
        else:
            tally, _may_move = self._counted_anew(request, judged=judged, rows={})
            found = counted(
                self.connection, request, find, counts=tally.counts, judged_before=tally.judged_before
            )
            found = replace(found, scores=asked_scores(self.connection, request))
        return Replayed(judge(request, found, find), find, REGISTER)

    def rows_to_read(self, heads: Sequence[Head]) -> int:
        """How many fact rows a replay of this frozen month would read; 0 when the counts kept beside them serve."""
        head = heads[-1]
        selection = self.trial.scheme.selection
        if _why_not_from_rows(head, selection) is not None:
            return head.fact_rows
        kept = read_kept(self.connection, heads[0])
        query = once_query(self._request(kept, head.as_of), self.trial.finder(kept.request.period))
        return 0 if self._kept_counts(head, query.by, selection) is not None else head.fact_rows

    def frozen_month(self, heads: Sequence[Head]) -> Replayed:
        """A frozen month after its last amendment; `heads` are those of the record and its amendments. Raises Damaged."""
        kept = read_kept(self.connection, heads[0])
        why = _why_not_from_rows(heads[0], self.trial.scheme.selection)
        if why is None:
            return self._from_rows(heads, kept)
        return self._from_history(heads, kept, why)

    @property
    def _is_by_due(self) -> bool:
        return self.trial.scheme.selection.mode == "due" and self.trial.of not in POSTS

    # --- from the rows of the record ----------------------------------------------------------------------------

    def _from_rows(self, heads: Sequence[Head], kept: Kept) -> Replayed:
        head, period = heads[-1], kept.request.period
        request = self._request(kept, head.as_of)
        query = once_query(request, self.trial.finder(period))
        judged = self.judged.before(self.connection, period) if self._is_by_due else None
        months = {month.period: month for month in head.months}
        tally = Tally(head.district, query.by, request.scheme.selection, months, of=head.of)
        counts = None if judged is not None else self._kept_counts(head, query.by, request.scheme.selection)
        if counts is not None:
            # What the rows add up to is kept beside them, and `check-frozen` compares the two.
            tally.counts, tally.judged_before = counts, head.judged_before
        else:
            may_move = add_rows(used_rows_of(self.connection, heads), tally, judged=judged)
            if judged is not None:
                self.judged.add(period, may_move)
        return self._judged(heads, kept, tally, request=request)

    def _kept_counts(self, head: Head, by: Unit, selection: Selection) -> dict[Unit, Counts] | None:
        if selection != head.selection:
            return None
        text = read_text(self.connection, head, COUNTS)
        return counts_from(text, by) if keys_of(text) == by else None

    # --- from the history -----------------------------------------------------------------------------------------

    def _from_history(self, heads: Sequence[Head], kept: Kept, why: str) -> Replayed:
        """The month counted anew: at the record's T, or at that of the scheme when it judges at another moment."""
        period = kept.request.period
        as_of = heads[-1].as_of if why == OTHER_MODE else None
        request = self._request(kept, as_of)
        judged = self.judged.before(self.connection, period) if self._is_by_due else None
        rows = self._appealed(heads, request.moments[-1][1])
        tally, may_move = self._counted_anew(request, judged=judged, rows=rows)
        if self._is_by_due:
            self.judged.add(period, may_move)
        found = self._judged(heads, kept, tally, request=request)
        return replace(found, basis=REGISTER, why=why)

    def _counted_anew(
        self, request: RankRequest, *, judged: frozenset[str] | None, rows: Mapping[str, FactRow]
    ) -> tuple[Tally, list[str]]:
        """The counts of the month from the fact rows at T, and the cases that it judges and that may still move.

        `rows` take the place of the fact rows of these cases.
        """
        query = once_query(request, self.trial.finder(request.period))
        months = {
            period.name: Month(period.name, period.span.start, period.span.end, at)
            for period, at in query.moments
        }
        found, tally = (
            Tally(request.district, query.by, query.selection, months, of=request.of) for _n in range(2)
        )
        used = _exchanged(used_rows(self.connection, query, found), rows)
        return tally, add_rows(used, tally, judged=judged)

    def _appealed(self, heads: Sequence[Head], as_of: datetime) -> dict[str, FactRow]:
        """The rows of cases whose appeals the amendments counted: steps before T and decisions about appeals."""
        last = heads[-1]
        if len(heads) == 1:
            return {}
        numbers = sorted(appealed_since(self.connection, key_of(last), as_of))
        found = {}
        for number, steps in steps_of(self.connection, last.district, numbers, before=last.at + _SECOND):
            row = facts([step for step in steps if step.at < as_of or is_appeal_decision(step)])
            if row is not None:
                found[number] = row
        return found

    # --- both -------------------------------------------------------------------------------------------------------

    def _request(self, kept: Kept, as_of: datetime | None) -> RankRequest:
        own = kept.request
        asked = self.trial.request(own.period, self.trial.scheme, as_of=as_of)
        return replace(asked, raters_at_least=own.raters_at_least)

    def _judged(self, heads: Sequence[Head], kept: Kept, tally: Tally, *, request: RankRequest) -> Replayed:
        find = self.trial.finder(request.period)
        found = Found(
            as_of=request.moments[-1][1],
            units=self._units(kept, request, tally),
            counts=tally.counts,
            cells=kept.cells or find_cells(self.connection, request, find),
            scores=self._scores(heads),
            judged_before=tally.judged_before,
        )
        return Replayed(judge(request, found, find), find, RECORD)

    def _scores(self, heads: Sequence[Head]) -> Scores:
        """Those that the record holds: what it did not look at is unknown, whatever was imported."""
        rows = [score_row(line.content) for line in score_lines(self.connection, heads)]
        return scores_of(rows, raters_at_least=heads[-1].raters_at_least)

    def _units(self, kept: Kept, request: RankRequest, tally: Tally) -> tuple[JudgedUnit, ...]:
        """The units of the record, and those that have cases by this scheme alone; by code."""
        known = {unit.code for unit in kept.units}
        with_cases = {unit[0] for unit, counts in tally.counts.items() if any(counts.values())}
        if with_cases <= known:
            return kept.units
        others = find_units(self.connection, request, tally.counts)
        more = [unit for unit in others if unit.code in with_cases - known]
        return tuple(sorted((*kept.units, *more), key=lambda unit: unit.code))


def _why_not_from_rows(head: Head, selection: Selection) -> str | None:
    """Why the rows of a record are not those that the tried scheme would have counted; None when they are.

    A record by due moments also holds every case reported in its month: both count the report. One by reports lacks
    what was reported before and fell due in the month.
    """
    own = head.selection
    if own.as_of_delay_hours != selection.as_of_delay_hours:
        return OTHER_AS_OF
    if head.of not in POSTS and own.mode == "reported" and selection.mode == "due":
        return OTHER_MODE
    return None


def _exchanged(rows: Iterator[UsedRow], others: Mapping[str, FactRow]) -> Iterator[UsedRow]:
    for used in rows:
        other = others.get(used.number)
        yield used if other is None else replace(used, row=other)
