"""The settings of on-site checks: limits of dust by road class, targets of lamps, weights of the parts of `site_score`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gridcase.config.rules import Rule, number, setting

_CLASSES = 4


def _read_limits(value: Any) -> tuple[Decimal, ...] | None:
    if not isinstance(value, list) or len(value) != _CLASSES:
        return None
    if any(type(each) not in (int, Decimal) or not 0 < each < 10_000 for each in value):
        return None
    return tuple(Decimal(each) for each in value)


_LIMITS = Rule("a list of 4 numbers, grams a square metre for road classes 1 to 4", _read_limits)
_PERCENT = number(0, 100, Decimal)
_WEIGHT = number(0, 1000, Decimal)


@dataclass(frozen=True)
class Onsite:
    dust_limits: tuple[Decimal, ...] = setting((Decimal(10), Decimal(12), Decimal(15), Decimal(20)), _LIMITS)
    main_lit: Decimal = setting(Decimal(98), _PERCENT)
    other_lit: Decimal = setting(Decimal(96), _PERCENT)
    intact: Decimal = setting(Decimal(95), _PERCENT)
    dust_weight: Decimal = setting(Decimal(1), _WEIGHT)
    lamp_weight: Decimal = setting(Decimal(1), _WEIGHT)
    exam_weight: Decimal = setting(Decimal(1), _WEIGHT)
