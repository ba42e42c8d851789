"""A frozen table as numbers again, from the answer that was published: for records that other formulas made."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from gridcase.evaluation.evaluating import Evaluation, Total, UnitResult
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.rejudging import Kept
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rank import RankAnswer
from gridcase.evaluation.ranking import Place
from gridcase.evaluation.rates import EMPTY, RATES, Rate, Ratio, parse_sum
from gridcase.evaluation.schemes import Scheme
from gridcase.evaluation.scoring import NO_DATA, UNKNOWN, Score
from gridcase.evaluation.units import JudgedUnit


def printed_answer(told: Mapping[str, Any], head: Head, kept: Kept) -> RankAnswer:
    """The table of a record or an amendment as its answer in JSON tells it; printed again it reads the same.

    `head` is that of the answer, `kept` what the record was made with.
    """
    scheme = kept.find(head.scheme)
    evaluation = Evaluation(
        scheme,
        scheme.printing,
        tuple(rates_told(told, scheme).values()),
        tuple(_unit(entry, scheme) for entry in told["units"]),
        tuple(
            Total(total["group"], total["counts"], _ratios(total["rates"], scheme.printing))
            for total in told["totals"]
        ),
    )
    return RankAnswer(
        kept.request,
        head.as_of,
        tuple(JudgedUnit(entry["code"], entry["unit"], entry["group"]) for entry in told["units"]),
        evaluation,
        head.judged_before,
        tuple(scores_told(entry) for entry in told["units"]),
    )


def rates_told(told: Mapping[str, Any], scheme: Scheme) -> dict[str, Rate]:
    """The formulas that were executed, by name."""
    found = {}
    for formula in told["formulas"]:
        name = formula["rate"]
        known = scheme.rates.get(name) or RATES.get(name)
        sums = parse_sum(formula["numerator"]), parse_sum(formula["denominator"])
        found[name] = Rate(name, known.label if known is not None else name, *sums)
    return found


def scores_told(entry: Mapping[str, Any]) -> dict[str, Fraction]:
    """The scores that went into a unit's own, as printed; by column."""
    return {name: Fraction(text) for name, text in entry.get("scores", {}).items()}


def _unit(entry: Mapping[str, Any], scheme: Scheme) -> UnitResult:
    rank, unranked = entry.get("rank"), entry.get("unranked")
    return UnitResult(
        entry["unit"],
        entry["group"],
        entry["counts"],
        _ratios(entry["rates"], scheme.printing),
        _score(entry.get("score"), scheme),
        next((grade for grade in scheme.grades if grade.grade == entry.get("grade")), None),
        None if rank is None and unranked is None else Place(rank, unranked),
    )


def _score(text: str | None, scheme: Scheme) -> Score | None:
    if text is None:
        return UNKNOWN if scheme.items else None
    return NO_DATA if text == scheme.printing.empty else Score(Fraction(text))


def _ratios(printed: Mapping[str, str], printing: Printing) -> dict[str, Ratio]:
    return {name: EMPTY if text == printing.empty else Fraction(text) / 100 for name, text in printed.items()}
