"""Reads what a bulletin is made from: a frozen record with its rows, or a draft of one that nobody has written yet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from gridcase.clock import CHINA
from gridcase.evaluation.bulletin.breakdown import Breakdown, Frame, break_down, through
from gridcase.evaluation.bulletin.judged import Correction, Judged, Sealed, Unit
from gridcase.evaluation.composing import FindScheme
from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.counts import frozen_month
from gridcase.evaluation.frozen.gathering import used_rows
from gridcase.evaluation.frozen.heads import Head, Month, month_of
from gridcase.evaluation.frozen.lines import UsedRow
from gridcase.evaluation.frozen.overlay import fact_lines, row_of
from gridcase.evaluation.frozen.printed import rates_told, scores_told
from gridcase.evaluation.frozen.publishing import JSON
from gridcase.evaluation.frozen.rejudging import Kept, answer_of, read_kept
from gridcase.evaluation.frozen.store import RecordKey, heads_of, read_text
from gridcase.evaluation.frozen.tally import Tally
from gridcase.evaluation.once import OnceQuery
from gridcase.evaluation.rank import (
    RankAnswer,
    RankRequest,
    asked_scores,
    check,
    counted,
    finder,
    judge,
    once_query,
    rank_as_json,
)
from gridcase.evaluation.scheme_folder import SchemeFolder

Exact = Mapping[str, "_Exact"]


@dataclass(frozen=True, slots=True)
class _Exact:
    """What printing rounds: the score of a unit and the scores that went into it."""

    score: Fraction | None
    inputs: Mapping[str, Fraction]


# --- a frozen record ------------------------------------------------------------------------------------------------


def read_judged(connection: Connection, key: RecordKey, *, is_exact: bool = True) -> Judged | None:
    """The table of a frozen period after its last amendment; None when it is not frozen. Raises Damaged.

    Scores are made anew to be had unrounded, unless `is_exact` is false or other formulas made the record.
    """
    heads = heads_of(connection, key)
    if not heads:
        return None
    first, last = heads[0], heads[-1]
    told: dict[str, Any] = json.loads(read_text(connection, last, JSON))
    kept = read_kept(connection, first)
    scheme = kept.find(first.scheme)
    is_exact = is_exact and last.formula_version == FORMULA_VERSION
    exact = _exact_of_record(connection, heads, kept) if is_exact else {}
    return Judged(
        district=last.district,
        of=last.of,
        period=last.period,
        start=last.start.astimezone(CHINA),
        end=last.end.astimezone(CHINA),
        as_of=last.as_of.astimezone(CHINA),
        months=last.months,
        selection=last.selection,
        scheme=scheme,
        formula_version=last.formula_version,
        rates=rates_told(told, scheme),
        units=tuple(_unit(entry, exact) for entry in told["units"]),
        judged_before=last.judged_before,
        sealed=Sealed(
            last.amendment,
            first.at,
            last.inputs_sha256,
            last.sha256,
            tuple(_correction(head) for head in heads[1:]),
        ),
        amended={total["group"]: total["amended"] for total in told["totals"] if "amended" in total},
    )


def frame_of(judged: Judged) -> Frame:
    """By what the rows of a table are added up."""
    months = {month.period: month for month in judged.months}
    return Frame(judged.district, judged.of, months, judged.scheme, judged.selection)


def frozen_rows(connection: Connection, judged: Judged, *, signs: Sequence[bytes] = ()) -> Iterator[UsedRow]:
    """The fact rows of a frozen table, those alone whose lines hold all of `signs`. Raises Damaged."""
    key = RecordKey(judged.district, judged.of, judged.period)
    for line in fact_lines(connection, heads_of(connection, key)):
        if all(sign in line.content for sign in signs):
            yield row_of(line)


def frozen_breakdown(connection: Connection, judged: Judged) -> Breakdown:
    """The sums of a frozen table by other keys. Raises Damaged."""
    return break_down(frozen_rows(connection, judged), frame_of(judged))


def _exact_of_record(connection: Connection, heads: Sequence[Head], kept: Kept) -> Exact:
    """Scores before they were rounded, made anew by the formulas that made them."""
    return _exact(answer_of(connection, heads, kept))


def _exact(answer: RankAnswer) -> Exact:
    return {
        judged.code: _Exact(unit.score.value if unit.score is not None else None, scores)
        for judged, unit, scores in zip(answer.judged, answer.evaluation.units, answer.scores, strict=True)
    }


def _unit(entry: Mapping[str, Any], exact: Exact) -> Unit:
    own = exact.get(entry["code"]) or _as_printed(entry)
    return Unit(
        code=entry["code"],
        name=entry["unit"],
        group=entry["group"],
        counts=entry["counts"],
        rates=entry["rates"],
        inputs=own.inputs,
        score=entry.get("score"),
        exact=own.score,
        grade=entry.get("grade"),
        rank=entry.get("rank"),
        unranked=entry.get("unranked"),
        amended=entry.get("amended", {}),
    )


def _as_printed(entry: Mapping[str, Any]) -> _Exact:
    """What is left of a record that other formulas made: the numbers as they were printed."""
    return _Exact(_number(entry.get("score")), scores_told(entry))


def _number(text: str | None) -> Fraction | None:
    try:
        return None if text is None else Fraction(text)
    except ValueError:
        return None


def _correction(head: Head) -> Correction:
    return Correction(
        head.amendment, head.ref or "", head.reason or "", head.at.astimezone(CHINA), head.cells
    )


# --- a draft --------------------------------------------------------------------------------------------------------


def draft(connection: Connection, request: RankRequest, schemes: SchemeFolder) -> tuple[Judged, Breakdown]:
    """What would be frozen now, counted from the case history; nothing is written. Raises as `rank`."""
    check(request)
    find = finder(schemes, request.period)
    query = once_query(request, find)
    tally = _tally(connection, request, query)
    frame = Frame(request.district, request.of, tally.months, request.scheme, query.selection)
    found = Breakdown()
    for _used in through(used_rows(connection, query, tally), frame, found):
        pass
    answer = _judge(connection, request, find, tally=tally)
    return _drafted(request, answer, tally), found


def draft_rows(
    connection: Connection, request: RankRequest, schemes: SchemeFolder, *, is_overdue_only: bool = False
) -> tuple[Iterator[UsedRow], Mapping[str, Month]]:
    """The fact rows that `draft` counts, or those among them that may be overdue at T, and the months with their T.

    Raises as `rank`.
    """
    check(request)
    query = once_query(request, finder(schemes, request.period))
    tally = _tally(connection, request, query)
    return used_rows(connection, query, tally, is_overdue_only=is_overdue_only), tally.months


def _tally(connection: Connection, request: RankRequest, query: OnceQuery) -> Tally:
    months = {}
    for period, at in query.moments:
        frozen = frozen_month(connection, query, period)
        months[period.name] = month_of(period, at if frozen is None else frozen.as_of)
    return Tally(request.district, query.by, query.selection, months)


def _judge(connection: Connection, request: RankRequest, find: FindScheme, *, tally: Tally) -> RankAnswer:
    found = counted(connection, request, find, counts=tally.counts, judged_before=tally.judged_before)
    return judge(request, replace(found, scores=asked_scores(connection, request)), find)


def _drafted(request: RankRequest, answer: RankAnswer, tally: Tally) -> Judged:
    told, exact = rank_as_json(answer), _exact(answer)
    return Judged(
        district=request.district,
        of=request.of,
        period=request.period.name,
        start=request.period.start,
        end=request.period.end,
        as_of=answer.as_of.astimezone(CHINA),
        months=tuple(tally.months.values()),
        selection=request.scheme.selection,
        scheme=request.scheme,
        formula_version=FORMULA_VERSION,
        rates=rates_told(told, request.scheme),
        units=tuple(_unit(entry, exact) for entry in told["units"]),
        judged_before=tally.judged_before,
        sealed=None,
        amended={},
    )
