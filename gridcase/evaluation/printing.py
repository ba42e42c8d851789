"""Exact numbers as text: half away from zero, padded digits, no negative zero (evaluation.md 4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from gridcase.evaluation.rates import Empty, Ratio

MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Printing:
    """The table `[print]` of a scheme: decimals of rates and score, zeros dropped or not, the sign of 0/0."""

    digits: int = 2
    strip_zeros: bool = False
    empty: str = "—"

    def number(self, value: Fraction | int) -> str:
        """A score: rounded half away from zero to the digits, padded, `0.00` for a negative that rounds to it."""
        units = _units(value, self.digits)
        text = str(abs(units)).rjust(self.digits + 1, "0")
        whole, decimals = text[: len(text) - self.digits], text[len(text) - self.digits :]
        if self.strip_zeros:
            decimals = decimals.rstrip("0")
        sign = "-" if units < 0 else ""
        return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"

    def percent(self, value: Ratio) -> str:
        """A rate as percent without the sign, or the text for 0/0."""
        return self.empty if isinstance(value, Empty) else self.number(value * 100)

    def rounded(self, value: Fraction | int) -> Fraction:
        """The value as it is printed, for comparing what people read."""
        return Fraction(_units(value, self.digits), int(10**self.digits))


def _units(value: Fraction | int, digits: int) -> int:
    """The value in units of the last printed digit, rounded half away from zero."""
    size: int = 10**digits
    scaled = abs(Fraction(value)) * size
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return -units if value < 0 else units
