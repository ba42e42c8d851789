"""Rounding and printing of exact numbers (evaluation.md 4)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import EMPTY


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 32), "3.13"),
        (Fraction(-1, 32), "-3.13"),
        (Fraction(1), "100.00"),
        (Fraction(911, 972), "93.72"),
        (Fraction(0), "0.00"),
        (Fraction(-1, 10**9), "0.00"),
        (Fraction(1, 20000), "0.01"),
        (Fraction(-1, 20000), "-0.01"),
        (Fraction(-1, 20001), "0.00"),
        (Fraction(3, 2), "150.00"),
    ],
)
def test_a_rate_prints_as_percent_rounded_half_away_from_zero(value: Fraction, text: str) -> None:
    assert Printing().percent(value) == text


def test_a_rate_over_nothing_prints_as_the_setting_says() -> None:
    assert Printing().percent(EMPTY) == "—"
    assert Printing(empty="无").percent(EMPTY) == "无"


@pytest.mark.parametrize(
    ("digits", "text"), [(0, "13"), (1, "12.5"), (2, "12.50"), (3, "12.500"), (6, "12.500000")]
)
def test_digits_are_padded(digits: int, text: str) -> None:
    assert Printing(digits=digits).percent(Fraction(1, 8)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1), "100"),
        (Fraction(975, 1000), "97.5"),
        (Fraction(0), "0"),
        (Fraction(8223, 10000), "82.23"),
    ],
)
def test_trailing_zeros_can_be_dropped(value: Fraction, text: str) -> None:
    assert Printing(strip_zeros=True).percent(value) == text


def test_zeros_before_the_point_are_never_dropped() -> None:
    assert Printing(digits=0, strip_zeros=True).number(200) == "200"
    assert Printing(digits=2, strip_zeros=True).number(-100) == "-100"


@given(st.fractions(max_denominator=10**6), st.integers(0, 6))
def test_printing_equals_decimal_rounding_with_ample_precision(value: Fraction, digits: int) -> None:
    with localcontext() as context:
        context.prec = 200
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        expected = decimal.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    expected = abs(expected) if expected == 0 else expected

    assert Printing(digits=digits).number(value) == f"{expected:f}"


@given(st.fractions(max_denominator=10**6), st.integers(0, 6), st.booleans())
def test_the_printed_text_reads_back_as_the_rounded_value(
    value: Fraction, digits: int, strip_zeros: bool
) -> None:
    printing = Printing(digits=digits, strip_zeros=strip_zeros)

    assert Fraction(printing.number(value)) == printing.rounded(value)
    assert abs(printing.rounded(value) - value) * 2 <= Fraction(1, 10**digits)
