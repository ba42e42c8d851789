"""The table of one month as the look-back reads it: that of a frozen record, or one computed and marked 未发布."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Connection

from gridcase.evaluation.answer import score_text
from gridcase.evaluation.bulletin.judged import Unit
from gridcase.evaluation.bulletin.reading import read_judged
from gridcase.evaluation.evaluating import UnitResult
from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.rank import RankAnswer
from gridcase.evaluation.rates import Rate, Ratio, ratio_of
from gridcase.evaluation.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit in one month.

    `score` as printed, `exact` before it was rounded (None where there is no number); `counts` by column; `amended`
    holds both values of what an amendment changed, by field.
    """

    name: str
    group: str
    score: str | None
    exact: Fraction | None
    grade: str | None
    rank: int | None
    unranked: str | None
    counts: Mapping[str, int] = field(default_factory=dict)
    amended: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MonthTable:
    """All units of a month by code; `rates` are the formulas that were executed.

    `amendment` is the last one of the frozen record (0 = none), None = 未发布.
    """

    period: str
    start: datetime
    end: datetime
    as_of: datetime
    amendment: int | None
    scheme: Scheme
    formula_version: int
    rates: Mapping[str, Rate]
    units: Mapping[str, Standing]

    @property
    def is_frozen(self) -> bool:
        """Whether the month was published."""
        return self.amendment is not None

    def ratio(self, code: str, name: str) -> Ratio | None:
        """A rate of a unit, exact; None when the unit is not there or the rate not known."""
        standing, rate = self.units.get(code), self.rates.get(name)
        return ratio_of(rate, standing.counts) if standing is not None and rate is not None else None


def frozen_table(connection: Connection, key: RecordKey, *, is_exact: bool = True) -> MonthTable | None:
    """The table of a frozen month after its last amendment; None when it is not frozen.

    Scores are made anew to be had unrounded, unless `is_exact` is false: then they are those that were printed.
    Raises Damaged for a record that is not what was sealed.
    """
    judged = read_judged(connection, key, is_exact=is_exact)
    if judged is None or judged.sealed is None:
        return None
    return MonthTable(
        period=judged.period,
        start=judged.start,
        end=judged.end,
        as_of=judged.as_of,
        amendment=judged.sealed.amendment,
        scheme=judged.scheme,
        formula_version=judged.formula_version,
        rates=judged.rates,
        units={unit.code: _published(unit) for unit in judged.units},
    )


def _published(unit: Unit) -> Standing:
    return Standing(
        unit.name,
        unit.group,
        unit.score,
        unit.exact,
        unit.grade,
        unit.rank,
        unit.unranked,
        unit.counts,
        unit.amended,
    )


def table_of_answer(answer: RankAnswer) -> MonthTable:
    """The table of an answer that was computed now: nobody has published it."""
    evaluation, period = answer.evaluation, answer.request.period
    return MonthTable(
        period=period.name,
        start=period.start,
        end=period.end,
        as_of=answer.as_of,
        amendment=None,
        scheme=answer.request.scheme,
        formula_version=FORMULA_VERSION,
        rates={rate.name: rate for rate in evaluation.formulas},
        units={
            judged.code: _standing(answer, unit)
            for judged, unit in zip(answer.judged, evaluation.units, strict=True)
        },
    )


def _standing(answer: RankAnswer, unit: UnitResult) -> Standing:
    return Standing(
        unit.unit,
        unit.group,
        score_text(unit, answer.evaluation.printing),
        unit.score.value if unit.score is not None else None,
        unit.grade.grade if unit.grade is not None else None,
        unit.place.rank if unit.place is not None else None,
        unit.place.unranked if unit.place is not None else None,
        unit.counts,
    )


def differences(this: MonthTable, other: MonthTable) -> tuple[str, ...]:
    """Why figures of two months may not be set against each other: `scheme`, `version`, `scheme_text`, `formula_version`.

    `scheme_text` is a scheme that was edited without raising its version. Empty: both were made by the same rules.
    """
    found = []
    if this.scheme.name != other.scheme.name:
        found.append("scheme")
    elif this.scheme.version != other.scheme.version:
        found.append("version")
    elif this.scheme.text != other.scheme.text:
        found.append("scheme_text")
    if this.formula_version != other.formula_version:
        found.append("formula_version")
    return tuple(found)
