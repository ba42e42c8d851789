"""The rules of a clock: calendar, slots and reading of 工作日, with their scales compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from gridcase.clock.calendars import WorkCalendar
from gridcase.clock.limits import ROUND_THE_CLOCK_UNITS, Limit, Unit
from gridcase.clock.moments import DAY
from gridcase.clock.refusals import ClockError, shortened
from gridcase.clock.tables import ClosingScale, Scale, SlotScale, WallScale

SPAN = "span"
CLOSE_OF_BUSINESS = "close_of_business"

ROUND_THE_CLOCK = "round_the_clock"
SLOTS = "slots"
CLOSINGS = "closings"

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class UnitRule:
    """How one unit counts: its family, how much one of `Limit.count` is, and the scale of the family."""

    family: str
    factor: int
    scale: Scale


@dataclass(frozen=True, slots=True, eq=False)
class ClockRules:
    """Calendar, slots (seconds of the day, half-open) and the reading of 工作日 (`span`, `close_of_business`).

    Make it with `make_rules`, which checks the values. `units` is compiled: one rule for each unit.
    """

    calendar: WorkCalendar
    slots: tuple[tuple[int, int], ...]
    workday: str
    units: Mapping[Unit, UnitRule] = field(init=False, repr=False)
    slot_scale: SlotScale = field(init=False, repr=False)

    def __post_init__(self) -> None:
        slot_scale = SlotScale(self.calendar, self.slots)
        wall = WallScale()
        units = {
            Unit.URGENT_HOUR: UnitRule(ROUND_THE_CLOCK, 1, wall),
            Unit.URGENT_DAY: UnitRule(ROUND_THE_CLOCK, DAY, wall),
            Unit.CALENDAR_DAY: UnitRule(ROUND_THE_CLOCK, DAY, wall),
            Unit.WORKING_HOUR: UnitRule(SLOTS, 1, slot_scale),
            Unit.WORKING_DAY: UnitRule(SLOTS, slot_scale.day_seconds, slot_scale),
        }
        if self.workday == CLOSE_OF_BUSINESS:
            units[Unit.WORKING_DAY] = UnitRule(CLOSINGS, 1, ClosingScale(self.calendar, self.closing))
        object.__setattr__(self, "units", MappingProxyType(units))
        object.__setattr__(self, "slot_scale", slot_scale)

    @property
    def closing(self) -> int:
        """The second of the day at which the last slot ends."""
        return self.slots[-1][1]

    def total(self, limit: Limit) -> int:
        """What `limit` is in its family's count: seconds, or days in a closings clock."""
        return limit.count * self.units[limit.unit].factor

    def family(self, limit: Limit) -> str:
        """`round_the_clock`, `slots` or `closings` (clock.md 2)."""
        return self.units[limit.unit].family

    def measure(self, limit: Limit) -> Scale:
        """The scale by which the lamp measures: time for round-the-clock units, else working time (clock.md 7)."""
        return self.units[limit.unit].scale if limit.unit in ROUND_THE_CLOCK_UNITS else self.slot_scale


def make_rules(calendar: WorkCalendar, slots: object, workday: object) -> ClockRules:
    """The rules for `slots` (pairs of `HH:MM`) and `workday`, compiled once for each calendar and setting.

    Raises ClockError `bad_slots` or `bad_workday` (source: clock.md 3 and 4).
    """
    seconds = parse_slots(slots)
    return _compiled(calendar, seconds, parse_workday(workday))


def with_settings(rules: ClockRules, *, slots: tuple[tuple[int, int], ...], workday: str) -> ClockRules:
    """The calendar of `rules` with other checked slots (seconds of the day) and reading."""
    return _compiled(rules.calendar, slots, workday)


# Few: compiling is cheap, but each entry keeps the tables of its calendar (2 MB) alive.
@lru_cache(maxsize=16)
def _compiled(calendar: WorkCalendar, slots: tuple[tuple[int, int], ...], workday: str) -> ClockRules:
    return ClockRules(calendar, slots, workday)


def parse_slots(slots: object) -> tuple[tuple[int, int], ...]:
    """The slots in seconds of the day: pairs `HH:MM`, ascending, not overlapping, `24:00` only as an end.

    Raises ClockError `bad_slots`, also for an empty list (source: clock.md 3).
    """
    if not isinstance(slots, list | tuple) or not slots:
        raise ClockError("bad_slots", "slots are a list of pairs of times like 08:00, not empty")
    return _parse_slots(tuple(_pair(slot) for slot in slots))


def _pair(slot: object) -> tuple[str, str]:
    if (
        not isinstance(slot, list | tuple)
        or len(slot) != 2
        or not all(isinstance(edge, str) for edge in slot)
    ):
        raise ClockError("bad_slots", "a slot is a pair of times like 08:00 and 12:00")
    return slot[0], slot[1]


@lru_cache(maxsize=256)
def _parse_slots(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    earliest = 0
    for first, last in pairs:
        start, end = _time(first), DAY if last == "24:00" else _time(last)
        if not earliest <= start < end:
            raise ClockError(
                "bad_slots", f"{shortened(f'{first}-{last}')}: slots ascend, do not overlap or be empty"
            )
        earliest = end
        found.append((start, end))
    return tuple(found)


def _time(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ClockError("bad_slots", f"{shortened(text)} is not a time of day like 08:00")
    return int(match[1]) * 3600 + int(match[2]) * 60


def parse_workday(workday: object) -> str:
    """`workday` when it is a reading of 工作日; raises ClockError `bad_workday` otherwise."""
    if not isinstance(workday, str) or workday not in (SPAN, CLOSE_OF_BUSINESS):
        raise ClockError("bad_workday", f"{shortened(workday)} is not span or close_of_business")
    return workday
