"""How probable a row of passes is when each fails as often as all of them do: exact fractions, and how they are printed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import fsum

# Percent of which no more is said than that it lies below.
_LEAST = Fraction(1, 10_000)
_FIGURES = 2


def chance_of_passes(count: int, *, failed: int, whole: int) -> Fraction:
    """The probability that `count` independent verifications all pass when `failed` of `whole` fail: binomial, exact.

    `((whole - failed) / whole) ** count`. ValueError without any verification.
    """
    if not 0 <= failed <= whole or not whole:
        raise ValueError(f"{failed} of {whole} is no share")
    return Fraction(whole - failed, whole) ** count


def expected(chances: Iterable[Fraction]) -> Fraction:
    """How many of independent events are to be expected by chance alone: the sum of their probabilities.

    Each is rounded to a float first: exact sums of such fractions have millions of digits.
    """
    return Fraction(fsum(float(chance) for chance in chances))


def percent_text(chance: Fraction) -> str:
    """A probability as percent with two significant figures, half away from zero; `<0.0001` below that."""
    percent = chance * 100
    if percent < _LEAST:
        return "<0.0001" if chance else "0"
    digits = 0
    while percent * 10**digits < 10 ** (_FIGURES - 1) and digits < 6:
        digits += 1
    return decimal_text(percent, digits)


def decimal_text(value: Fraction, digits: int) -> str:
    """A value that is not negative with so many decimals, half up, zeros at the end dropped."""
    scaled = value * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(units).rjust(digits + 1, "0")
    whole, decimals = text[: len(text) - digits], text[len(text) - digits :].rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole
