"""What the settings of the integrity page are: from which numbers on something is asked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gridcase.config.rules import number, setting, whole

_MOST = 100_000


@dataclass(frozen=True)
class Integrity:
    void_hours: int = setting(24, whole(1, 744))
    voids_at_least: int = setting(2, whole(1, _MOST))
    closing_minutes: int = setting(30, whole(1, 1440))
    closings_at_least: int = setting(3, whole(1, _MOST))
    cell_months: int = setting(3, whole(1, 12))
    cell_reports_at_least: int = setting(3, whole(1, _MOST))
    pair_verifications_at_least: int = setting(20, whole(1, _MOST))
    pair_chance_below: Decimal = setting(Decimal(1), number(0, 100, Decimal))
    photo_bits: int = setting(3, whole(0, 3))
    self_handled_at_least: int = setting(10, whole(1, _MOST))
    self_handled_times: Decimal = setting(Decimal(3), number(1, 1000, Decimal))
    burst_at_least: int = setting(5, whole(2, _MOST))
    burst_minutes: int = setting(10, whole(1, 1440))
