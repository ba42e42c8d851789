"""How near and how recent an open case of the same class must be to count as its duplicate, by category."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gridcase.config.rules import Rule, number, whole

RADIUS, DAYS = number(0, 5000, float), whole(0, 3650)
_CATEGORY = re.compile(r"(?:component|event)(?:/[0-9]{2}(?:/[0-9]{2,3})?)?")
_KEYS = frozenset({"category", "radius_m", "days"})


@dataclass(frozen=True, slots=True)
class Reach:
    """Within so many metres, reported within so many days (0 = however old); None leaves it as it is elsewhere.

    `category` is kind, kind/main or kind/main/sub.
    """

    category: str
    radius_m: float | None = None
    days: int | None = None


def reach_of(category: str, reaches: Iterable[Reach], otherwise: Reach) -> Reach:
    """The reach of `kind/main/sub`, each part by the longest category that tells it."""
    found = otherwise
    for reach in sorted(reaches, key=lambda each: len(each.category)):
        if f"{category}/".startswith(f"{reach.category}/"):
            radius = found.radius_m if reach.radius_m is None else reach.radius_m
            found = Reach(category, radius, found.days if reach.days is None else reach.days)
    return found


def _read_reaches(value: Any) -> tuple[Reach, ...] | None:
    if not isinstance(value, list):
        return None
    reaches = [_read_reach(each) for each in value]
    told = [reach for reach in reaches if reach is not None]
    is_sound = len(told) == len(value) and len({reach.category for reach in told}) == len(told)
    return tuple(told) if is_sound else None


def _read_reach(value: Any) -> Reach | None:
    if not isinstance(value, Mapping) or len(value) < 2 or not set(value) <= _KEYS:
        return None
    category = value.get("category")
    if not isinstance(category, str) or not _CATEGORY.fullmatch(category):
        return None
    read = {
        name: rule.read(value[name]) for name, rule in (("radius_m", RADIUS), ("days", DAYS)) if name in value
    }
    return None if None in read.values() else Reach(category, **read)


REACHES = Rule(
    'a list of tables such as { category = "event/01/10", radius_m = 100, days = 14 }, each category once',
    _read_reaches,
)
