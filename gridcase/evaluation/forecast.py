"""Which cases a department must close to reach a rank, other units held still (evaluation.md 12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gridcase.errors import Invalid, Reason, Refused
from gridcase.evaluation.composing import CountedUnit, FindScheme, computed_scores
from gridcase.evaluation.counts_file import UnitCounts
from gridcase.evaluation.evaluating import candidate_of, completed_counts
from gridcase.evaluation.forecast_cases import (
    Judged,
    OpenCase,
    change_until,
    open_cases,
    rows_that_may_change,
)
from gridcase.evaluation.forecast_effects import CaseEffect, EffectOf
from gridcase.evaluation.judged_once import judged_before
from gridcase.evaluation.periods import moment_text
from gridcase.evaluation.rank import Found, RankAnswer, RankRequest, check, finder, gather, judge
from gridcase.evaluation.ranking import Candidate, Place, Rivals
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.scheme_reads import counts_read
from gridcase.evaluation.scoring import Score
from gridcase.evaluation.units import JudgedUnit, named_unit
from gridcase.facts import FactRow
from gridcase.facts.blocks import COLUMN_NAMES

OF = "departments"


@dataclass(frozen=True, slots=True)
class Standing:
    """A place with the score that gives it; both None where the scheme does not score or rank."""

    place: Place | None
    score: Score | None

    @property
    def rank(self) -> int | None:
        """The rank, None where there is none."""
        return self.place.rank if self.place is not None else None

    def is_at_least(self, rank: int) -> bool:
        """Whether this is that rank or a better one."""
        return self.rank is not None and self.rank <= rank


@dataclass(frozen=True, slots=True)
class Reach:
    """Closing the first `count` open cases is the least that gives this standing or a better one."""

    count: int
    standing: Standing


@dataclass(frozen=True)
class Prospect:
    """Where a department stands in a period as known at T, and what each open case is worth, the others held still.

    `answer` is the table at T and `now` the department's standing in it; `cases` are the open ones that can change
    it, those of most gain first, `effects` what each is worth by its number.
    """

    answer: RankAnswer
    unit: JudgedUnit
    now: Standing
    cases: tuple[OpenCase, ...]
    effects: Mapping[str, CaseEffect]

    @property
    def group_size(self) -> int:
        """How many units are ranked in the group, this one included."""
        places = [unit.place for unit in self.answer.evaluation.units if unit.group == self.unit.group]
        return sum(place is not None and place.rank is not None for place in places)


@dataclass(frozen=True)
class Forecast(Prospect):
    """What a department may still reach in a period.

    `reaches` is every better rank that closing the first cases gives, best last; `all_closed` the standing with all
    of them closed; `idle` that at the end of the period when nothing more is done. `wanted` is the rank that was
    asked for.
    """

    reaches: tuple[Reach, ...]
    all_closed: Standing
    idle: Standing
    wanted: int | None = None

    @property
    def needed(self) -> Reach | None:
        """The least that gives the rank asked for, or a better one; None when it cannot be reached."""
        if self.wanted is None:
            return None
        reaches = (Reach(0, self.now), *self.reaches)
        return next((reach for reach in reaches if reach.standing.is_at_least(self.wanted)), None)

    @property
    def is_beyond(self) -> bool:
        """Whether fewer units are ranked than the rank asked for counts: whoever has one has a better one."""
        return self.wanted is not None and self.now.rank is not None and self.wanted > self.group_size


@dataclass(frozen=True)
class Gathered:
    """What the forecasts of all departments in one period have in common: what was counted, and the table at T."""

    request: RankRequest
    find: FindScheme
    found: Found
    answer: RankAnswer


def gather_for_forecasts(connection: Connection, request: RankRequest, schemes: SchemeFolder) -> Gathered:
    """Count and rank once for the forecasts of any departments. Raises as `forecast`, but for the unit."""
    _check(request)
    find = finder(schemes, request.period)
    found = gather(connection, request, find)
    return Gathered(request, find, found, judge(request, found, find))


def forecast(
    connection: Connection,
    request: RankRequest,
    schemes: SchemeFolder,
    *,
    unit: str,
    wanted: int | None = None,
) -> Forecast:
    """The forecast of the department called `unit` (name or code) in the period of the request, from its T on.

    Every number of closed cases is tried, one after the other: a rank need not rise with each case (a case closed
    late may cost points), so that no number may be skipped. Raises Invalid `unit_not_found`, `ambiguous_unit`,
    `unknown_of`, `bad_period` (a sum of months has no forecast), Refused `period_over`, `not_ranked`.
    """
    return forecast_in(
        connection, gather_for_forecasts(connection, request, schemes), unit=unit, wanted=wanted
    )


def forecast_in(
    connection: Connection, gathered: Gathered, *, unit: str, wanted: int | None = None
) -> Forecast:
    """As `forecast`, at the T of what was gathered. Raises Invalid `unit_not_found`, `ambiguous_unit`."""
    own = _own(connection, gathered, unit)
    reaches, all_closed = _try_all(own.standings, own.cases)
    end = gathered.request.period.span.end
    return Forecast(
        **_prospect(gathered, own),
        reaches=tuple(reaches),
        all_closed=all_closed,
        idle=own.standings.after(change_until(own.rows, own.judged, end=end)),
        wanted=wanted,
    )


def prospect_in(connection: Connection, gathered: Gathered, *, unit: str) -> Prospect:
    """As `forecast_in`, without looking for the ranks that may be reached."""
    return Prospect(**_prospect(gathered, _own(connection, gathered, unit)))


@dataclass(frozen=True)
class _Own:
    """The department of a forecast: its rows that may change, its open cases, its standing after any change."""

    unit: JudgedUnit
    judged: Judged
    rows: list[tuple[str, FactRow]]
    cases: list[OpenCase]
    standings: _Standings


def _own(connection: Connection, gathered: Gathered, unit: str) -> _Own:
    request, find, found = gathered.request, gathered.find, gathered.found
    own = named_unit(found.units, unit)
    left_out = judged_before(connection, request.district, OF, period=request.period, at=found.as_of)
    judged = Judged(request.period.span, found.as_of, request.scheme.selection, frozenset(left_out))
    rows = rows_that_may_change(connection, request.district, own.code, judged=judged)
    cases = open_cases(rows, judged, counted=counts_read(request.scheme, find))
    return _Own(own, judged, rows, cases, _Standings(gathered.answer, found, own=own, find=find))


def _prospect(gathered: Gathered, own: _Own) -> dict[str, Any]:
    return {
        "answer": gathered.answer,
        "unit": own.unit,
        "now": own.standings.after({}),
        "cases": tuple(own.cases),
        "effects": EffectOf(gathered.request.scheme, own.standings.candidate).of_cases(own.cases),
    }


def _check(request: RankRequest) -> None:
    period = request.period
    check(request)
    if request.of != OF:
        raise Invalid("unknown_of", f"forecasts are made of {OF} only", of=request.of)
    if period.months:
        raise Invalid(
            "bad_period", f"{period.name} is a sum of months: ask for one of them", text=period.name
        )
    if request.scheme.ranking is None:
        text = f"not_ranked: the scheme {request.scheme.name} ranks nothing"
        raise Refused([Reason("not_ranked", {"scheme": request.scheme.name})], message=text)
    if (request.as_of or request.now) >= period.end:
        text = f"period_over: {period.name} ended at {moment_text(period.end)}, nothing can be reached in it any more"
        raise Refused([Reason("period_over", {"period": period.name})], message=text)


class _Standings:
    """The standing of one department for any change of its counts, the others held still."""

    def __init__(self, answer: RankAnswer, found: Found, *, own: JudgedUnit, find: FindScheme) -> None:
        self._scheme, self._find, self._own = answer.request.scheme, find, own
        self._counts = found.counts.get((own.code,), {})
        self._scores = found.scores.get(own.code, {})
        self._rivals = _rivals(answer, own)

    def after(self, change: Mapping[str, int]) -> Standing:
        """The standing when these counts (names without `_count`) have changed by so much."""
        candidate = self.candidate(change)
        return Standing(self._rivals.place(candidate), candidate.score)

    def candidate(self, change: Mapping[str, int]) -> Candidate:
        """The department as the ranking would see it then."""
        counts = {f"{name}_count": self._counts.get(name, 0) + change.get(name, 0) for name in COLUMN_NAMES}
        scores = computed_scores(self._scheme, CountedUnit(counts, (), self._scores), self._find)
        row = UnitCounts(self._own.name, self._own.group, dict(counts), scores)
        return candidate_of(self._scheme, row, completed_counts(self._scheme, row))


def _rivals(answer: RankAnswer, own: JudgedUnit) -> Rivals:
    """The others of the group as they stand in the table."""
    scheme = answer.request.scheme
    before: list[Candidate] = []
    after: list[Candidate] = []
    units = zip(answer.judged, answer.evaluation.units, answer.scores, strict=True)
    side = before
    for judged, unit, scores in units:
        if judged.code == own.code:
            side = after
        elif judged.group == own.group:
            side.append(Candidate(judged.group, {**scores, **unit.counts}, unit.score))
    return Rivals(scheme, answer.evaluation.printing, before=before, after=after)


def _try_all(standings: _Standings, cases: Sequence[OpenCase]) -> tuple[list[Reach], Standing]:
    """The least number of cases for each better rank, and the standing with all of them closed."""
    change: dict[str, int] = defaultdict(int)
    standing = standings.after(change)
    best, reaches = standing.rank, []
    for count, case in enumerate(cases, start=1):
        for name, value in case.change.items():
            change[name] += value
        standing = standings.after(change)
        if standing.rank is not None and (best is None or standing.rank < best):
            best = standing.rank
            reaches.append(Reach(count, standing))
    return reaches, standing
