"""The rate table of evaluation.md 4."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.evaluation.columns import LABELS, is_count
from gridcase.evaluation.rates import EMPTY, RATES, ratio_of
from gridcase.facts.blocks import COLUMN_NAMES
from tests.evaluation.schemes import result, scheme, unit


def test_every_rate_names_known_columns_only() -> None:
    for rate in RATES.values():
        assert all(is_count(term.column) for term in (*rate.numerator, *rate.denominator)), rate.name
        assert rate.label
        assert rate.numerator
        assert rate.denominator


def test_every_column_of_the_facts_has_a_label_and_plain_tables_have_seven_more() -> None:
    plain = {"target", "completed", "part", "whole", "this", "last", "year_ago"}

    assert set(LABELS) - set(COLUMN_NAMES) == plain
    assert set(COLUMN_NAMES) <= set(LABELS)


@pytest.mark.parametrize(
    ("name", "counts", "expected"),
    [
        ("accurate_filing_rate", {"filed": 3, "voided": 1}, Fraction(3, 4)),
        ("change_rate", {"this": 3, "last": 4}, Fraction(-1, 4)),
        ("year_change_rate", {"this": 5, "year_ago": 4}, Fraction(1, 4)),
        ("completion_rate", {"completed": 12, "target": 10}, Fraction(6, 5)),
        ("handling_rate", {"handled": 532, "handle_due": 647}, Fraction(532, 647)),
    ],
)
def test_rates_are_exact(name: str, counts: dict[str, int], expected: Fraction) -> None:
    values = {f"{key}_count": value for key, value in counts.items()}

    assert ratio_of(RATES[name], values) == expected


def test_nothing_over_nothing_is_empty_and_a_missing_count_is_unknown() -> None:
    closing = RATES["closing_rate"]

    assert ratio_of(closing, {"closed_count": 0, "due_count": 0}) is EMPTY
    assert ratio_of(closing, {"closed_count": 3, "due_count": 0}) is EMPTY
    assert ratio_of(closing, {"closed_count": 3}) is None
    assert ratio_of(closing, {"due_count": 0}) is None


def test_a_scheme_replaces_numerator_and_denominator() -> None:
    own = scheme(
        '[rates.rework_rate]\nnumerator = "reworked_count"\ndenominator = ["filed_count", "-held_count"]\n'
    )

    found = result(own, unit(reworked=1, filed=5, held=1, due=9)).units[0]

    assert found.rates["rework_rate"] == Fraction(1, 4)


def test_the_total_row_computes_its_rates_from_the_sums() -> None:
    found = result(scheme(), unit("甲", closed=1, due=1), unit("乙", closed=0, due=3))

    assert found.totals[0].counts == {"due_count": 4, "closed_count": 1, "overdue_unclosed_count": 3}
    assert found.totals[0].rates["closing_rate"] == Fraction(1, 4)


def test_a_total_shows_a_count_only_when_every_unit_of_the_group_has_it() -> None:
    rows = [unit("甲", "一", filed=1, accepted=2), unit("乙", "二", filed=5), unit("丙", "一", accepted=3)]

    first, second = result(scheme(), *rows).totals

    assert (first.group, first.counts) == ("一", {"accepted_count": 5})
    assert (second.group, second.counts) == ("二", {"filed_count": 5})


def test_formulas_list_the_rates_known_for_at_least_one_unit_in_the_order_of_the_table() -> None:
    found = result(scheme(), unit("甲", closed=1, due=1), unit("乙", filed=1, accepted=3))

    assert [rate.name for rate in found.formulas] == ["filing_rate", "closing_rate"]
    assert list(found.units[1].rates) == ["filing_rate"]


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_no_digit_is_lost_in_large_counts(above: int, below: int) -> None:
    found = result(scheme(), unit(closed=above, due=below)).units[0]

    assert found.rates["closing_rate"] == Fraction(above, below)
