"""rank(): the evaluation of all units of one kind in a period, from the case history (evaluation.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import Connection

from gridcase.errors import Invalid
from gridcase.evaluation.answer import as_json, csv_text, json_text, table_text
from gridcase.evaluation.composing import CountedCell, CountedUnit, FindScheme, computed_scores, needs_cells
from gridcase.evaluation.counting import Counts, moments_of
from gridcase.evaluation.counts_file import UnitCounts
from gridcase.evaluation.evaluating import Evaluation, evaluate
from gridcase.evaluation.judged_once import count_once
from gridcase.evaluation.once import OnceQuery, Unit
from gridcase.evaluation.periods import Period, moment_text
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.post_intervals import fairness_notes, intervals_as_json, intervals_of
from gridcase.evaluation.post_units import judged_people
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import Scheme
from gridcase.evaluation.score_queries import newest_scores
from gridcase.evaluation.score_values import Scores, scores_of
from gridcase.evaluation.units import KEYS, CellPlace, JudgedUnit, cells_on, judged_units
from gridcase.facts.blocks import COLUMN_NAMES


@dataclass(frozen=True)
class RankRequest:
    """What is asked: `of` is a key of `KEYS` or of `POSTS`; `as_of` is T when it is given, else it follows from `now`.

    `scores` holds scores from elsewhere by unit code and column; None = the imported ones, of which
    `raters_at_least` (0 = all) must be present where several rate.
    """

    district: str
    period: Period
    of: str
    scheme: Scheme
    now: datetime
    as_of: datetime | None = None
    scores: Scores | None = None
    raters_at_least: int = 0

    @property
    def moments(self) -> list[tuple[Period, datetime]]:
        """What is counted at which T."""
        delay = self.scheme.selection.as_of_delay_hours
        return moments_of(self.period, now=self.now, delay_hours=delay, as_of=self.as_of)


@dataclass(frozen=True)
class Found:
    """What an evaluation is made of: the units by code, the cells of areas, all counts, the scores from elsewhere.

    `counts` are by unit code, or by unit code and cell when the scheme asks for marks of cells.
    """

    as_of: datetime
    units: tuple[JudgedUnit, ...]
    counts: Mapping[Unit, Counts]
    cells: Mapping[str, tuple[CellPlace, ...]] = field(default_factory=dict)
    scores: Scores = field(default_factory=dict)
    judged_before: int = 0


@dataclass(frozen=True)
class RankAnswer:
    """The evaluation, whose units stand in the order of `judged`; `scores` are those that each unit was given."""

    request: RankRequest
    as_of: datetime
    judged: tuple[JudgedUnit, ...]
    evaluation: Evaluation
    judged_before: int = 0
    scores: tuple[Mapping[str, Fraction], ...] = ()


def rank(connection: Connection, request: RankRequest, schemes: SchemeFolder) -> RankAnswer:
    """Count, score and rank all units. Reads only the steps before T (evaluation.md 1).

    Raises Invalid `unknown_of`; `mode_act` for a scheme that counts the acts of people, `mode_posts` for people and
    a scheme that counts cases reported; DefinitionError for a faulty scheme that this one takes scores from.
    """
    check(request)
    find = finder(schemes, request.period)
    return judge(request, gather(connection, request, find), find)


def gather(connection: Connection, request: RankRequest, find: FindScheme) -> Found:
    """Who is judged and what was counted, before anything is scored."""
    once = count_once(connection, once_query(request, find))
    found = counted(connection, request, find, counts=once.counts, judged_before=once.judged_before)
    return replace(found, scores=asked_scores(connection, request))


def counted(
    connection: Connection,
    request: RankRequest,
    find: FindScheme,
    *,
    counts: Mapping[Unit, Counts],
    judged_before: int,
) -> Found:
    """What these counts are counts of: who is judged, the cells of areas; without scores from elsewhere."""
    return Found(
        as_of=request.moments[-1][1],
        units=find_units(connection, request, counts),
        counts=counts,
        cells=find_cells(connection, request, find),
        judged_before=judged_before,
    )


def check(request: RankRequest) -> None:
    """Raises Invalid for units or a scheme that cannot be counted from cases."""
    if request.of in POSTS:
        if request.scheme.selection.mode == "reported":
            text = f"the scheme {request.scheme.name} counts cases reported, not acts of {request.of}"
            raise Invalid("mode_posts", text, scheme=request.scheme.name, of=request.of)
        return
    if request.of not in KEYS:
        raise Invalid("unknown_of", f"{request.of!r} is none of {', '.join(KEYS)}", of=request.of)
    if request.scheme.selection.mode == "act":
        text = f"the scheme {request.scheme.name} counts acts of people, not cases of {request.of}"
        raise Invalid("mode_act", text, scheme=request.scheme.name, of=request.of)


def finder(schemes: SchemeFolder, period: Period) -> FindScheme:
    """Finds the schemes that another one takes scores from, in the versions valid at the start of the period."""

    @cache
    def find(name: str) -> Scheme:
        return schemes.find(name, on=period.first_day)

    return find


def once_query(request: RankRequest, find: FindScheme) -> OnceQuery:
    """What is counted for a request."""
    return OnceQuery(
        district=request.district,
        of=request.of,
        by=unit_keys(request, find),
        moments=request.moments,
        selection=request.scheme.selection,
        as_of=request.as_of,
    )


def unit_keys(request: RankRequest, find: FindScheme) -> Unit:
    """By which keys of the fact row is counted: the unit, and the cell too when the scheme asks for marks of cells."""
    if request.of in POSTS:
        return ("person",)
    key = KEYS[request.of]
    return (key, "cell") if _has_cells(request, find) else (key,)


def _has_cells(request: RankRequest, find: FindScheme) -> bool:
    is_area = request.of in KEYS and request.of != "departments"
    return is_area and needs_cells(request.scheme, find)


def asked_scores(connection: Connection, request: RankRequest) -> Scores:
    """The scores given, else the newest imported ones; a moment that is given is never looked past (evaluation.md 9)."""
    if request.scores is not None:
        return request.scores
    rows = newest_scores(connection, request.district, request.period.name, before=request.as_of)
    return scores_of(rows, raters_at_least=request.raters_at_least)


def find_units(
    connection: Connection, request: RankRequest, counts: Mapping[Unit, Counts]
) -> tuple[JudgedUnit, ...]:
    """Who is judged: areas valid on the last day of the period, departments, people of a post; by code."""
    with_cases = {unit[0] for unit, own in counts.items() if any(own.values())}
    if request.of in POSTS:
        return tuple(
            judged_people(connection, request.district, POSTS[request.of], with_acts=sorted(with_cases))
        )
    found = judged_units(
        connection, request.district, of=request.of, on=request.period.last_day, with_cases=with_cases
    )
    return tuple(found)


def find_cells(
    connection: Connection, request: RankRequest, find: FindScheme
) -> dict[str, tuple[CellPlace, ...]]:
    """The cells valid on the last day of the period by unit code; nothing when the scheme asks for none."""
    if not _has_cells(request, find):
        return {}
    found: dict[str, list[CellPlace]] = {}
    for place in cells_on(connection, request.district, request.period.last_day):
        unit = {
            "cell": place.code,
            "community": place.community,
            "street": place.street,
            "district": request.district,
        }[KEYS[request.of]]
        if unit is not None:
            found.setdefault(unit, []).append(place)
    return {unit: tuple(places) for unit, places in found.items()}


def judge(request: RankRequest, found: Found, find: FindScheme) -> RankAnswer:
    """Score and rank what was found: a pure function, the same for a table computed now and for a frozen one."""
    by_unit = _summed_by(found.counts, 0)
    by_cell = _summed_by(found.counts, 1) if found.cells else {}
    rows = []
    for unit in found.units:
        cells = [
            CountedCell(place.area_class, _columns(by_cell.get(place.code, {})))
            for place in found.cells.get(unit.code, ())
        ]
        # What is not the work of a post is unknown, not zero.
        names = POSTS[request.of].columns if request.of in POSTS else COLUMN_NAMES
        counts = _columns(by_unit.get(unit.code, {}), names)
        own = CountedUnit(counts, cells, found.scores.get(unit.code, {}))
        scores = computed_scores(request.scheme, own, find)
        rows.append(UnitCounts(unit.name, unit.group, dict(own.counts), scores))
    return RankAnswer(
        request,
        found.as_of,
        found.units,
        evaluate(request.scheme, rows),
        found.judged_before,
        tuple(row.scores for row in rows),
    )


def _summed_by(found: Mapping[Unit, Counts], position: int) -> dict[str, Counts]:
    """The counts by one of the keys, added over the others."""
    sums: dict[str, Counts] = {}
    for unit, counts in found.items():
        own = sums.setdefault(unit[position], dict.fromkeys(COLUMN_NAMES, 0))
        for name, value in counts.items():
            own[name] += value
    return sums


def _columns(counts: Mapping[str, int], names: Iterable[str] = COLUMN_NAMES) -> dict[str, int]:
    """All counts under their names in files and schemes, 0 where there is no case."""
    return {f"{name}_count": counts.get(name, 0) for name in names}


def rank_as_json(answer: RankAnswer) -> dict[str, Any]:
    """The answer of `evaluate` with codes, period, T and selection (evaluation.md 9); moments in `+08:00`."""
    request, found = answer.request, as_json(answer.evaluation)
    printing = answer.evaluation.printing
    units = []
    for unit, entry, scores in zip(answer.judged, found["units"], answer.scores, strict=True):
        told = {"scores": {name: printing.number(scores[name]) for name in sorted(scores)}} if scores else {}
        units.append({"unit": entry.pop("unit"), "code": unit.code, **entry, **told})
    return {
        **found,
        "units": units,
        "period": request.period.name,
        "from": moment_text(request.period.start),
        "to": moment_text(request.period.end),
        "as_of": moment_text(answer.as_of),
        "of": request.of,
        "selection": asdict(request.scheme.selection),
        "judged_before": answer.judged_before,
        "frozen": None,
        **_intervals(answer),
    }


def _intervals(answer: RankAnswer) -> dict[str, Any]:
    """How far chance alone may carry the rates of people (evaluation.md 5, posts)."""
    if answer.request.of not in POSTS:
        return {}
    found = intervals_of(answer.evaluation, answer.judged)
    return {"intervals": intervals_as_json(found, answer.evaluation.printing)}


def rank_as_text(answer: RankAnswer, answer_format: str) -> str:
    """The answer as `json`, `csv` or `table`; a table that is no frozen record is marked 未发布."""
    if answer_format == "json":
        return json_text(rank_as_json(answer))
    if answer_format == "csv":
        return csv_text(answer.evaluation)
    return table_text(answer.evaluation, notes=[*notes_of(answer), "未发布"])


def notes_of(answer: RankAnswer) -> list[str]:
    """What stands under a table: how fair rates of few acts are, its period and T."""
    fairness: list[str] = []
    if answer.request.of in POSTS:
        fairness = fairness_notes(intervals_of(answer.evaluation, answer.judged), answer.evaluation.printing)
    period = answer.request.period
    start, end = moment_text(period.start), moment_text(period.end)
    return [*fairness, f"统计周期 {period.name}: {start} 至 {end}(不含); 截至 {moment_text(answer.as_of)}"]
