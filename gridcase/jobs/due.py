"""What is due at a moment: computed from the schedules and the calendar day alone, without memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridcase.clock import CHINA

_DAILY = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_EVERY = re.compile(r"every (?:minute|([0-9]+) minutes)")


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is due: `key` is the same for all who ask during its day or minutes; `at` is when it became due."""

    name: str
    key: str
    at: datetime


def due_jobs(now: datetime, schedules: Mapping[str, str]) -> list[Due]:
    """The runs that are due at `now` (aware), in the order of `schedules`: job name -> setting of [jobs].

    "HH:MM" is due from that minute to the end of its China day, so a run that was missed is caught up within the
    day and never later. "every minute" and "every N minutes" are due in slots counted from 00:00 China time; of
    missed slots only the present one is made up. Raises ValueError for another text. Source: dependencies.md.
    """
    local = now.astimezone(CHINA)
    found = [_due(name, schedule, local) for name, schedule in schedules.items()]
    return [due for due in found if due is not None]


def last_due(name: str, schedule: str, now: datetime) -> Due:
    """The newest run that was due at `now` or before, be it of the day before. Raises ValueError as `due_jobs`."""
    local = now.astimezone(CHINA)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    found = _due(name, schedule, local) or _due(name, schedule, midnight - timedelta(microseconds=1))
    if found is None:
        raise ValueError(f"{schedule!r} is due on no day")
    return found


def next_due_at(schedule: str, now: datetime) -> datetime:
    """When a run becomes due next, after `now` (both aware). Raises ValueError as `due_jobs`."""
    local = now.astimezone(CHINA)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := _DAILY.fullmatch(schedule):
        at = midnight + timedelta(hours=int(match[1]), minutes=int(match[2]))
        return at if at > local else at + timedelta(days=1)
    if match := _EVERY.fullmatch(schedule):
        slot = last_due("", schedule, now).at + timedelta(minutes=int(match[1] or 1))
        return min(slot, midnight + timedelta(days=1))
    raise ValueError(f"{schedule!r} is no schedule")


def _due(name: str, schedule: str, local: datetime) -> Due | None:
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := _DAILY.fullmatch(schedule):
        at = midnight + timedelta(hours=int(match[1]), minutes=int(match[2]))
        return Due(name, f"{at:%Y-%m-%d}", at) if at <= local else None
    if match := _EVERY.fullmatch(schedule):
        minutes = int(match[1] or 1)
        minute = local.hour * 60 + local.minute
        at = midnight + timedelta(minutes=minute - minute % minutes)
        return Due(name, f"{at:%Y-%m-%dT%H:%M}", at)
    raise ValueError(f"{schedule!r} is no schedule")
