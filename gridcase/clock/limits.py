"""Limits: the five units and how the text of a limit is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from gridcase.clock.refusals import ClockError, shortened

MAX_VALUE = 9999


class Unit(StrEnum):
    """The five units of clock.md 2, by the word that stands in the text of a limit."""

    URGENT_HOUR = "紧急工作时"
    URGENT_DAY = "紧急工作日"
    CALENDAR_DAY = "自然日"
    WORKING_HOUR = "工作时"
    WORKING_DAY = "工作日"


HOUR_UNITS = frozenset({Unit.URGENT_HOUR, Unit.WORKING_HOUR})
ROUND_THE_CLOCK_UNITS = frozenset({Unit.URGENT_HOUR, Unit.URGENT_DAY, Unit.CALENDAR_DAY})


@dataclass(frozen=True, slots=True)
class Limit:
    """A span of a case: `value` units; `text` as it was given.

    `count` is what the arithmetic uses: whole seconds for hour units, whole days for day units.
    """

    value: Decimal
    unit: Unit
    text: str
    count: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        count = self.value * 3600 if self.unit in HOUR_UNITS else self.value
        object.__setattr__(self, "count", int(count))


_UNITS = {unit.value: unit for unit in Unit}
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_ASCII = str.maketrans("０１２３４５６７８９．－", "0123456789.-")


def parse_limit(text: object) -> Limit:
    """Reads the text of a limit such as `4工作时`, `0.25紧急工作时`, `15 工作日`.

    Raises ClockError `bad_limit`, `unknown_unit` or `limit_not_positive`, checked in the order of clock.md 2.
    """
    if not isinstance(text, str):
        raise ClockError("bad_limit", f"a limit is a text like 4工作时, not {shortened(text)}")
    return _parse(text)


@lru_cache(maxsize=1024)
def _parse(text: str) -> Limit:
    number, words = parted(text)
    if number is None:
        raise ClockError("bad_limit", f"{shortened(text)} does not begin with a number")
    minus, whole, decimals = number.groups()
    unit = _UNITS.get(words)
    if unit is None:
        raise ClockError("unknown_unit", f"{shortened(text)}: the unit must be one of {'、'.join(_UNITS)}")
    whole = whole.lstrip("0")
    if minus or not (whole or (decimals or "").strip("0")):
        raise ClockError("limit_not_positive", f"{shortened(text)}: a limit is more than 0")
    if decimals is not None and (unit not in HOUR_UNITS or len(decimals) > 2):
        raise ClockError("bad_limit", f"{shortened(text)}: only hour units take decimals, at most two")
    value = _value(whole, decimals)
    if value is None:
        raise ClockError("bad_limit", f"{shortened(text)}: a limit is at most {MAX_VALUE}")
    return Limit(value, unit, text)


def parted(text: str) -> tuple[re.Match[str] | None, str]:
    """The number at the beginning of the text of a limit, if it has one, and the words behind it (clock.md 2, 1–2)."""
    plain = "".join(text.translate(_ASCII).split())
    number = _NUMBER.match(plain)
    return number, plain[number.end() :] if number is not None else plain


def _value(whole: str, decimals: str | None) -> Decimal | None:
    if len(whole) > len(str(MAX_VALUE)):
        return None
    value = Decimal(f"{whole or '0'}.{decimals or '0'}")
    return value if value <= MAX_VALUE else None
