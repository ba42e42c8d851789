"""An evaluation as JSON, CSV or a table for people (evaluation.md 8)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridcase.evaluation.columns import label_of
from gridcase.evaluation.evaluating import Evaluation, UnitResult
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import Rate, Ratio, Sum
from gridcase.evaluation.text_table import text_table

FORMATS = ("json", "csv", "table")


def as_text(evaluation: Evaluation, answer_format: str) -> str:
    """The whole answer in one of the `FORMATS`, ended by a line break."""
    if answer_format == "json":
        return json_text(as_json(evaluation))
    return csv_text(evaluation) if answer_format == "csv" else table_text(evaluation)


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The answer as evaluation.md 8 shows it; a key is absent when its value is unknown."""
    printing = evaluation.printing
    return {
        "scheme": evaluation.scheme.name,
        "version": evaluation.scheme.version,
        "digits": printing.digits,
        "formulas": [
            {
                "rate": rate.name,
                "numerator": [str(term) for term in rate.numerator],
                "denominator": [str(term) for term in rate.denominator],
            }
            for rate in evaluation.formulas
        ],
        "units": [unit_as_json(unit, printing) for unit in evaluation.units],
        "totals": [
            {"group": total.group, "counts": total.counts, "rates": _printed(total.rates, printing)}
            for total in evaluation.totals
        ],
    }


def unit_as_json(unit: UnitResult, printing: Printing) -> dict[str, Any]:
    """One entry of `units`."""
    answer: dict[str, Any] = {
        "unit": unit.unit,
        "group": unit.group,
        "counts": unit.counts,
        "rates": _printed(unit.rates, printing),
    }
    score = score_text(unit, printing)
    if score is not None:
        answer["score"] = score
    if unit.grade is not None:
        answer["grade"] = unit.grade.grade
    if unit.place is not None and unit.place.rank is not None:
        answer["rank"] = unit.place.rank
    if unit.place is not None and unit.place.unranked is not None:
        answer["unranked"] = unit.place.unranked
    return answer


def score_text(unit: UnitResult, printing: Printing) -> str | None:
    """The printed score; the sign of 0/0 when there is no data for it; None when it is unknown."""
    if unit.score is None or unit.score.reason == "unknown":
        return None
    return printing.empty if unit.score.value is None else printing.number(unit.score.value)


def _printed(rates: Mapping[str, Ratio], printing: Printing) -> dict[str, str]:
    return {name: printing.percent(ratio) for name, ratio in rates.items()}


def json_text(answer: Mapping[str, Any]) -> str:
    """JSON with unescaped Chinese, ended by a line break."""
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"


def csv_text(evaluation: Evaluation) -> str:
    """Units in the order of the input: unit, group, the rates of `formulas`, score, grade, rank; empty = absent."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    names = [rate.name for rate in evaluation.formulas]
    writer.writerow(["unit", "group", *names, "score", "grade", "rank"])
    for unit in evaluation.units:
        entry = unit_as_json(unit, evaluation.printing)
        rates = [entry["rates"].get(name, "") for name in names]
        writer.writerow(
            [unit.unit, unit.group, *rates, *(entry.get(key, "") for key in ("score", "grade", "rank"))]
        )
    return output.getvalue()


# Under a table where `differs_behind_print`.
COMPARED_UNROUNDED = "印出的数相同而名次不同的，按未经舍入的数值比较"
# What stands in place of a rank, by its reason.
UNRANKED = {"unknown": "缺数据", "no_data": "无数据", "too_few": "件数不足"}


@dataclass(frozen=True)
class Changes:
    """What stands in place of values that were amended: by unit, in their order, and by group; field -> text."""

    units: Sequence[Mapping[str, str]]
    totals: Mapping[str, Mapping[str, str]]


def table_text(evaluation: Evaluation, *, notes: Sequence[str] = (), changes: Changes | None = None) -> str:
    """A table for people, by group and rank, totals last; under it the formulas, the scheme and `notes`."""
    rates = evaluation.formulas
    header = ["分组", "单位", *(rate.label for rate in rates), "得分", "等级", "排名"]
    groups = [total.group for total in evaluation.totals]
    changed = changes or Changes([{}] * len(evaluation.units), {})
    pairs = sorted(
        zip(evaluation.units, changed.units, strict=True),
        key=lambda pair: (groups.index(pair[0].group), *_rank_order(pair[0])),
    )
    rows = [_row_of_unit(unit, rates, evaluation.printing, changed=own) for unit, own in pairs]
    for total in evaluation.totals:
        printed = {**_printed(total.rates, evaluation.printing), **changed.totals.get(total.group, {})}
        rows.append([total.group, "合计", *(printed.get(rate.name, "") for rate in rates), "", "", ""])
    close = [COMPARED_UNROUNDED] if differs_behind_print(evaluation) else []
    parts = [text_table(header, rows, left=2), "", *formula_lines(evaluation), *close, *notes]
    return "\n".join(parts) + "\n"


def differs_behind_print(evaluation: Evaluation) -> bool:
    """Whether units of a group print alike in what ranks them and yet have several ranks: compared unrounded."""
    ranking, printing = evaluation.scheme.ranking, evaluation.printing
    if ranking is None or evaluation.scheme.compares_printed:
        return False
    ranks: dict[tuple[str, str | None], int] = {}
    for unit in evaluation.units:
        if unit.place is None or unit.place.rank is None:
            continue
        is_rate = ranking.by in unit.rates
        printed = printing.percent(unit.rates[ranking.by]) if is_rate else score_text(unit, printing)
        if ranks.setdefault((unit.group, printed), unit.place.rank) != unit.place.rank:
            return True
    return False


def _rank_order(unit: UnitResult) -> tuple[int, int]:
    rank = unit.place.rank if unit.place is not None else None
    return (1, 0) if rank is None else (0, rank)


def _row_of_unit(
    unit: UnitResult, rates: Sequence[Rate], printing: Printing, *, changed: Mapping[str, str]
) -> list[str]:
    printed = {**_printed(unit.rates, printing), **changed}
    place = unit.place
    rank = (
        "" if place is None else str(place.rank) if place.rank is not None else UNRANKED[place.unranked or ""]
    )
    last = {
        "score": score_text(unit, printing) or "",
        "grade": unit.grade.grade if unit.grade is not None else "",
        "rank": rank,
    }
    ends = [changed.get(name, value) for name, value in last.items()]
    return [unit.group, unit.unit, *(printed.get(rate.name, "") for rate in rates), *ends]


def formula_lines(evaluation: Evaluation) -> list[str]:
    """The formulas from the same data that were executed, and which scheme and selection they belong to."""
    scheme = evaluation.scheme
    lines = [
        f"{rate.label} {rate.name} = {formula_text(rate.numerator)} ÷ {formula_text(rate.denominator)}"
        for rate in evaluation.formulas
    ]
    for word, sums in (("计数", scheme.counts), ("补数", scheme.derive)):
        lines += [f"{word} {label_of(column)} = {formula_text(terms)}" for column, terms in sums.items()]
    return [
        *lines,
        f"方案 {scheme.name} 第 {scheme.version} 版 {scheme.title}；选取方式 {scheme.selection.mode}",
    ]


def formula_text(terms: Sum) -> str:
    """A sum of counts by their labels: `立案数 − 按期待处置数`, in brackets where there are several."""
    labels = [f"{'−' if term.sign < 0 else '+'} {label_of(term.column)}" for term in terms]
    text = " ".join(labels).removeprefix("+ ")
    return f"({text})" if len(terms) > 1 else text
