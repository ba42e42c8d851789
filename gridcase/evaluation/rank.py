"""rank(): the evaluation of all units of one kind in a period, from the case history (evaluation.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import Connection

from gridcase.clock import CHINA
from gridcase.errors import Invalid
from gridcase.evaluation.answer import as_json, csv_text, json_text, table_text
from gridcase.evaluation.composing import CountedCell, CountedUnit, FindScheme, computed_scores, needs_cells
from gridcase.evaluation.counting import Counts, count_period, moments_of
from gridcase.evaluation.counts_file import UnitCounts
from gridcase.evaluation.evaluating import Evaluation, evaluate
from gridcase.evaluation.fact_sums import Unit
from gridcase.evaluation.periods import Period
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import Scheme
from gridcase.evaluation.units import KEYS, CellPlace, JudgedUnit, cells_on, judged_units
from gridcase.facts.blocks import COLUMN_NAMES

Scores = Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True)
class RankRequest:
    """What is asked: `of` is a key of `KEYS`; `as_of` is T when it is given, else it follows from `now`.

    `scores` holds imported scores by unit code and column.
    """

    district: str
    period: Period
    of: str
    scheme: Scheme
    now: datetime
    as_of: datetime | None = None
    scores: Scores = field(default_factory=dict)


@dataclass(frozen=True)
class RankAnswer:
    """A table that is not a frozen record: the evaluation, whose units stand in the order of `judged`."""

    request: RankRequest
    as_of: datetime
    judged: tuple[JudgedUnit, ...]
    evaluation: Evaluation
    judged_before: int = 0


def rank(connection: Connection, request: RankRequest, schemes: SchemeFolder) -> RankAnswer:
    """Count, score and rank all units. Reads only the steps before T (evaluation.md 1).

    Raises Invalid `unknown_of`; `mode_act` for a scheme that counts the acts of people; DefinitionError for a
    faulty scheme that this one takes scores from.
    """
    if request.of not in KEYS:
        raise Invalid("unknown_of", f"{request.of!r} is none of {', '.join(KEYS)}", of=request.of)
    if request.scheme.selection.mode == "act":
        text = f"the scheme {request.scheme.name} counts acts of people, not cases of {request.of}"
        raise Invalid("mode_act", text, scheme=request.scheme.name, of=request.of)

    @cache
    def find(name: str) -> Scheme:
        return schemes.find(name, on=request.period.first_day)

    moments = moments_of(
        request.period,
        now=request.now,
        delay_hours=request.scheme.selection.as_of_delay_hours,
        as_of=request.as_of,
    )
    judged, counted = _count(connection, request, find, moments=moments)
    rows = [
        UnitCounts(unit.name, unit.group, dict(own.counts), computed_scores(request.scheme, own, find))
        for unit, own in zip(judged, counted, strict=True)
    ]
    return RankAnswer(request, moments[-1][1], tuple(judged), evaluate(request.scheme, rows))


def _count(
    connection: Connection,
    request: RankRequest,
    find: FindScheme,
    *,
    moments: list[tuple[Period, datetime]],
) -> tuple[list[JudgedUnit], list[CountedUnit]]:
    """The units by code and their counts; with the counts of their cells when the scheme asks for marks of cells."""
    key, last_day = KEYS[request.of], request.period.last_day
    has_cells = request.of != "departments" and needs_cells(request.scheme, find)
    by: Unit = (key, "cell") if has_cells else (key,)
    found = count_period(
        connection, request.district, by=by, moments=moments, selection=request.scheme.selection
    )
    sums = _summed_by(found, 0)
    with_cases = [code for code, counts in sums.items() if any(counts.values())]
    judged = judged_units(connection, request.district, of=request.of, on=last_day, with_cases=with_cases)
    cells: dict[str, list[CountedCell]] = {}
    if has_cells:
        places = cells_on(connection, request.district, last_day)
        cells = _cells_by_unit(places, _summed_by(found, 1), request)
    counted = [
        CountedUnit(
            _columns(sums.get(unit.code, {})), cells.get(unit.code, ()), request.scores.get(unit.code, {})
        )
        for unit in judged
    ]
    return judged, counted


def _summed_by(found: Mapping[Unit, Counts], position: int) -> dict[str, Counts]:
    """The counts by one of the keys, added over the others."""
    sums: dict[str, Counts] = {}
    for unit, counts in found.items():
        own = sums.setdefault(unit[position], dict.fromkeys(COLUMN_NAMES, 0))
        for name, value in counts.items():
            own[name] += value
    return sums


def _cells_by_unit(
    places: list[CellPlace], counts: Mapping[str, Counts], request: RankRequest
) -> dict[str, list[CountedCell]]:
    key = KEYS[request.of]
    answer: dict[str, list[CountedCell]] = {}
    for place in places:
        unit = {
            "cell": place.code,
            "community": place.community,
            "street": place.street,
            "district": request.district,
        }[key]
        if unit is not None:
            cell = CountedCell(place.area_class, _columns(counts.get(place.code, {})))
            answer.setdefault(unit, []).append(cell)
    return answer


def _columns(counts: Mapping[str, int]) -> dict[str, int]:
    """All counts under their names in files and schemes, 0 where there is no case."""
    return {f"{name}_count": counts.get(name, 0) for name in COLUMN_NAMES}


def rank_as_json(answer: RankAnswer) -> dict[str, Any]:
    """The answer of `evaluate` with codes, period, T and selection (evaluation.md 9); moments in `+08:00`."""
    request, found = answer.request, as_json(answer.evaluation)
    units = [
        {"unit": entry.pop("unit"), "code": unit.code, **entry}
        for unit, entry in zip(answer.judged, found["units"], strict=True)
    ]
    return {
        **found,
        "units": units,
        "period": request.period.name,
        "from": _moment_text(request.period.start),
        "to": _moment_text(request.period.end),
        "as_of": _moment_text(answer.as_of),
        "of": request.of,
        "selection": asdict(request.scheme.selection),
        "judged_before": answer.judged_before,
        "frozen": None,
    }


def rank_as_text(answer: RankAnswer, answer_format: str) -> str:
    """The answer as `json`, `csv` or `table`; a table that is no frozen record is marked 未发布."""
    if answer_format == "json":
        return json_text(rank_as_json(answer))
    if answer_format == "csv":
        return csv_text(answer.evaluation)
    period = answer.request.period
    notes = [
        f"统计周期 {period.name}: {_moment_text(period.start)} 至 {_moment_text(period.end)}(不含); 截至 {_moment_text(answer.as_of)}",
        "未发布",
    ]
    return table_text(answer.evaluation, notes=notes)


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(CHINA).isoformat()
