"""The rates of evaluation.md 4: numerator and denominator as data, and their exact value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

Values = Mapping[str, Fraction | int]


class Empty(Enum):
    """A rate over a denominator of 0: printed as the setting `print.empty`, unlike an unknown one."""

    EMPTY = "0/0"


EMPTY = Empty.EMPTY
Ratio = Fraction | Empty


@dataclass(frozen=True, slots=True)
class Term:
    """One column of a sum, counted with its sign."""

    column: str
    sign: int = 1

    def __str__(self) -> str:
        return self.column if self.sign > 0 else f"-{self.column}"


Sum = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: its name, label, and two sums of signed columns."""

    name: str
    label: str
    numerator: Sum
    denominator: Sum


def parse_sum(texts: Sequence[str]) -> Sum:
    """A sum from column names; a leading `-` subtracts."""
    return tuple(Term(text[1:], -1) if text.startswith("-") else Term(text) for text in texts)


def sum_of(terms: Sum, values: Values) -> Fraction | int | None:
    """The exact value of a sum, or None when a column of it is unknown."""
    total: Fraction | int = 0
    for term in terms:
        value = values.get(term.column)
        if value is None:
            return None
        total += term.sign * value
    return total


def ratio_of(rate: Rate, values: Values) -> Ratio | None:
    """The exact rate; EMPTY when the denominator is 0; None when a count of it is unknown."""
    above, below = sum_of(rate.numerator, values), sum_of(rate.denominator, values)
    if above is None or below is None:
        return None
    return EMPTY if below == 0 else Fraction(above) / Fraction(below)


def _rate(name: str, label: str, formula: str) -> Rate:
    """A rate from `numerator / denominator`, columns joined by blanks, each with its sign and without `_count`."""
    above, below = (parse_sum([f"{word}_count" for word in side.split()]) for side in formula.split(" / "))
    return Rate(name, label, above, below)


# In the order of evaluation.md 4, which is the order of every list of rates.
_TABLE = (
    _rate("filing_rate", "立案率", "filed / accepted"),
    _rate("dispatch_rate", "派遣率", "dispatched / filed"),
    _rate("valid_report_rate", "监督员有效上报率", "valid_reported / inspector_reported"),
    _rate("public_report_rate", "公众举报率", "public_filed / filed"),
    _rate("missed_rate", "漏报率", "missed / filed"),
    _rate("on_time_confirmation_rate", "按时核实率", "on_time_confirmed / confirm_due"),
    _rate("on_time_verification_rate", "按时核查率", "on_time_verified / verify_due"),
    _rate("on_time_confirm_sending_rate", "核实按时派发率", "on_time_confirm_sent / confirm_send_due"),
    _rate("on_time_verify_sending_rate", "核查按时派发率", "on_time_verify_sent / verify_send_due"),
    _rate("on_time_filing_rate", "按时立案率", "on_time_filed / filed"),
    _rate("accurate_filing_rate", "准确立案率", "filed / filed voided"),
    _rate("on_time_dispatch_rate", "按时派遣率", "on_time_dispatched / dispatch_due"),
    _rate("accurate_dispatch_rate", "派遣准确率", "accurate_dispatched / dispatch_due"),
    _rate("handling_rate", "处置率", "handled / handle_due"),
    _rate("on_time_handling_rate", "按期处置率", "on_time_handled / handle_due"),
    _rate("overdue_unhandled_rate", "超期待处置率", "overdue_unhandled / handle_due"),
    _rate("closing_rate", "结案率", "closed / due"),
    _rate("on_time_closing_rate", "按期结案率", "on_time_closed / due"),
    _rate("late_closing_rate", "超期结案率", "late_closed / due"),
    _rate("rework_rate", "返工率", "reworked / due"),
    _rate("extension_rate", "延期率", "extended / due"),
    _rate("on_time_desk_closing_rate", "按时结案率(值班长)", "on_time_desk_closed / desk_close_due"),
    _rate("urgent_closing_rate", "紧急案件结案率", "urgent_closed / urgent_due"),
    _rate("urgent_on_time_closing_rate", "紧急案件按期结案率", "urgent_on_time_closed / urgent_due"),
    _rate("assigned_closing_rate", "交办案件结案率", "assigned_closed / assigned_due"),
    _rate("assigned_on_time_closing_rate", "交办案件按期结案率", "assigned_on_time_closed / assigned_due"),
    _rate("local_settlement_rate", "格内解决率", "settled_locally / closed"),
    _rate("satisfaction_rate", "满意率", "satisfied / surveyed"),
    _rate("completion_rate", "完成率", "completed / target"),
    _rate("share_rate", "占比", "part / whole"),
    _rate("change_rate", "环比", "this -last / last"),
    _rate("year_change_rate", "同比", "this -year_ago / year_ago"),
)

RATES: dict[str, Rate] = {rate.name: rate for rate in _TABLE}
