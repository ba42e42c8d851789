"""The ranking of departments and streets: counts beside rates, score, grade, rank, and the formulas below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for

from gridcase.evaluation.answer import formula_text, score_text
from gridcase.evaluation.columns import label_of
from gridcase.evaluation.evaluating import Evaluation, Total, UnitResult
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.post_intervals import intervals_of
from gridcase.evaluation.rank import RankAnswer
from gridcase.evaluation.rates import Rate, Sum, Term
from gridcase.evaluation.scheme_reads import counts_of, rates_of
from gridcase.evaluation.schemes import (
    BonusItem,
    DeductItem,
    Item,
    Scheme,
    ScoreItem,
)
from gridcase.web.context import looking
from gridcase.web.pages.figures import Shown, asked_period, months_offered, table_of_units
from gridcase.web.pages.frame import render
from gridcase.web.ranking_kinds import asked_kind, kinds_for

RANKINGS = Blueprint("rankings", __name__)

# What a list of cases is narrowed to for a unit; of a person only an inspector's own cases are listed.
_LIST_KEYS = {"departments": "department", "streets": "street"}
# Counts that belong to every table, before those that the scheme itself asks for.
_ALWAYS = ("due_count", "closed_count", "overdue_unhandled_count")


@dataclass(frozen=True)
class Column:
    """A column of the table: a rate with the two counts it is made of, or a count."""

    label: str
    rate: Rate | None = None
    count: str | None = None


@RANKINGS.get("/rankings")
def show() -> str:
    """The table of a period. Raises Invalid `bad_period`."""
    with looking() as (desk, actor):
        of = asked_kind(desk, actor, request.args.get("of", ""))
        period = asked_period(desk, request.args.get("period", "").replace("\0", ""))
        shown = table_of_units(desk, of, period)
        answer = shown.answer
        columns = columns_of(answer.evaluation)
        months = months_offered(desk)
        return render(
            desk,
            actor,
            "pages/rankings.html",
            of=of,
            kinds=kinds_for(desk, actor),
            period=period,
            months=months if period.name in months else [period.name, *months],
            answer=answer,
            columns=columns,
            heads=shown.heads,
            other_formulas=shown.other_formulas,
            is_close=shown.is_close,
            groups=groups_of(shown, columns),
            intervals=intervals_of(answer.evaluation, answer.judged) if of in POSTS else [],
            items=[item_text(item) for item in answer.evaluation.scheme.items],
            formulas=_formulas(answer.evaluation, columns),
            rule=_rule(answer.evaluation.scheme),
        )


def columns_of(evaluation: Evaluation, *, always: Sequence[str] = _ALWAYS) -> list[Column]:
    """What the scheme looks at, in the order of its items, after the counts that every table has."""
    known = {name for unit in evaluation.units for name in unit.counts}
    columns = [Column(label_of(name), count=name) for name in always if name in known or not known]
    rates = {rate.name: rate for rate in evaluation.formulas}
    for item in evaluation.scheme.items:
        for name in rates_of(item):
            if name in rates and all(column.rate is None or column.rate.name != name for column in columns):
                columns.append(Column(rates[name].label, rate=rates[name]))
        for name in _counts_of(item):
            if all(column.count != name for column in columns):
                columns.append(Column(label_of(name), count=name))
    return columns


def _counts_of(item: Item) -> Iterator[str]:
    yield from counts_of(item)
    if isinstance(item, ScoreItem) and item.mean is not None:
        # The mark is a mean over cells; what their marks come from is how many cases were filed.
        yield "filed_count"


def groups_of(shown: Shown, columns: list[Column]) -> list[dict[str, Any]]:
    """The units by group and rank, each with the cells of its row; the sums of the group last."""
    answer = shown.answer
    pairs = list(zip(answer.judged, answer.evaluation.units, strict=True))
    found = []
    for total in answer.evaluation.totals:
        members = [(judged, unit) for judged, unit in pairs if unit.group == total.group]
        members.sort(key=lambda pair: _order(pair[1]))
        rows = [_row(shown, judged.code, unit, columns=columns) for judged, unit in members]
        opened = Opened(answer, {"group": total.group}, shown.is_frozen)
        found.append({"name": total.group, "rows": rows, "total": cells_of(opened, total, columns)})
    return found


def _order(unit: UnitResult) -> tuple[bool, int]:
    rank = unit.place.rank if unit.place else None
    return rank is None, rank or 0


def _row(shown: Shown, code: str, unit: UnitResult, *, columns: list[Column]) -> dict[str, Any]:
    answer = shown.answer
    key = _LIST_KEYS.get(answer.request.of)
    wanted: dict[str, Any] = {key: code} if key else {}
    score = unit.score.value if unit.score is not None else None
    return {
        "code": code,
        "name": unit.unit,
        "path": url_for("cases.show_list", tab="all", **wanted) if wanted else None,
        "cells": cells_of(Opened(answer, {"unit": code}, shown.is_frozen), unit, columns),
        "score": score_text(unit, answer.evaluation.printing),
        "meter": float(score) if score is not None else None,
        "grade": unit.grade,
        "rank": unit.place.rank if unit.place else None,
        "unranked": unit.place.unranked if unit.place else None,
    }


@dataclass(frozen=True)
class Opened:
    """Where the numbers of one unit, or of a whole group, lead to: the cases of the record, or those at the T shown."""

    answer: RankAnswer
    whose: dict[str, Any]
    is_frozen: bool = False

    def number(self, value: int | None, columns: Sum) -> dict[str, Any]:
        """A number with the path to its cases; no path where there is none to see."""
        return {"value": value, "path": self._path(columns) if value else None}

    def _path(self, columns: Sum) -> str:
        asked, as_of = self.answer.request, self.answer.as_of.isoformat()
        return url_for(
            "ranking_cases.show",
            of=asked.of,
            period=asked.period.name,
            **self.whose,
            count=",".join(str(term) for term in columns),
            as_of=None if self.is_frozen else as_of,
        )


def cells_of(opened: Opened, unit: UnitResult | Total, columns: list[Column]) -> list[dict[str, Any]]:
    """The cells of a row: counts with the path to their cases, rates with their two counts."""
    printing = opened.answer.evaluation.printing
    cells: list[dict[str, Any]] = []
    for column in columns:
        if column.rate is None:
            name = column.count or ""
            cells.append(
                {"label": column.label, "count": opened.number(unit.counts.get(name), (Term(name),))}
            )
            continue
        ratio = unit.rates.get(column.rate.name)
        cells.append({
            "label": column.label,
            "percent": printing.percent(ratio) if ratio is not None else None,
            "parts": _parts(opened, unit, column.rate),
        })  # fmt: skip
    return cells


def _parts(opened: Opened, unit: UnitResult | Total, rate: Rate) -> list[dict[str, Any]]:
    """Numerator and denominator, when every count in them is known."""
    numbers = []
    for terms in (rate.numerator, rate.denominator):
        if any(term.column not in unit.counts for term in terms):
            return []
        value = sum(term.sign * unit.counts[term.column] for term in terms)
        numbers.append(opened.number(value, terms))
    return numbers


def item_text(item: Item) -> dict[str, Any]:
    """What an item of a scheme is called and how many points it gives, `is_bonus`, `is_deduct`, `is_mean`."""
    points = item.most if isinstance(item, BonusItem) else item.points
    return {
        "label": item.label,
        "points": f"{float(points):g}",
        "is_bonus": isinstance(item, BonusItem),
        "is_deduct": isinstance(item, DeductItem),
        "is_mean": isinstance(item, ScoreItem) and item.mean is not None,
    }


def _rule(scheme: Scheme) -> dict[str, Any] | None:
    """By what the scheme ranks and what it does with equals (evaluation.md 7); None when it ranks nothing."""
    ranking = scheme.ranking
    if ranking is None:
        return None

    def named(name: str) -> str:
        return scheme.rates[name].label if name in scheme.rates else label_of(name)

    least = ranking.min_count
    return {
        "by": None if ranking.by == "score" else named(ranking.by),
        "is_descending": ranking.is_descending,
        "then_by": [named(term.column) for term in ranking.then_by],
        "is_shared": ranking.ties == "dense",
        "least": {"label": label_of(least.column), "count": least.at_least} if least else None,
    }


def _formulas(evaluation: Evaluation, columns: list[Column]) -> dict[str, list[dict[str, str]]]:
    """The formulas that were executed, by name, code and sum: those of the columns shown, all others, and the counts
    that the scheme makes of others."""
    scheme = evaluation.scheme
    shown = {column.rate.name for column in columns if column.rate is not None}
    rates = [
        {
            "label": rate.label,
            "code": rate.name,
            "sum": f"{formula_text(rate.numerator)} ÷ {formula_text(rate.denominator)}",
        }
        for rate in evaluation.formulas
    ]
    made = {**scheme.counts, **scheme.derive}
    return {
        "shown": [rate for rate in rates if rate["code"] in shown],
        "others": [rate for rate in rates if rate["code"] not in shown],
        "counts": [
            {"label": label_of(name), "code": name, "sum": formula_text(terms)}
            for name, terms in made.items()
        ],
    }
