"""What a clock is asked: start, limit, holds and extensions, and the rules that each of them must keep."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridcase.clock.limits import Limit
from gridcase.clock.moments import write_moment
from gridcase.clock.refusals import ClockError
from gridcase.clock.rules import ClockRules

Stretch = tuple[int, int]
"""A half-open stretch of seconds of China time."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A pause `[start, end)`, both aware; time inside is not counted (clock.md 5)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Extension:
    """A granted extension: `at` is the aware moment of the request, not of the decision (clock.md 6)."""

    at: datetime
    limit: Limit


@dataclass(frozen=True, slots=True)
class Task:
    """One clock: an aware start, its limit, closed holds and granted extensions in any order."""

    start: datetime
    limit: Limit
    holds: tuple[Hold, ...] = ()
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """An extension in seconds of China time."""

    at: int
    limit: Limit


@dataclass(frozen=True, slots=True)
class Span:
    """A task in seconds of China time, checked: holds merged and ascending, extensions in order of `at`."""

    start: int
    limit: Limit
    holds: tuple[Stretch, ...] = ()
    extensions: tuple[Request, ...] = ()


def check_hold(hold: Stretch, start: int) -> None:
    """Raises ClockError `hold_reversed` or `hold_before_start` (clock.md 5)."""
    if hold[1] < hold[0]:
        raise ClockError(
            "hold_reversed", f"a hold from {write_moment(hold[0])} ends at {write_moment(hold[1])}"
        )
    if hold[0] < start:
        raise ClockError(
            "hold_before_start", f"a hold from {write_moment(hold[0])} begins before {write_moment(start)}"
        )


def check_extension(request: Request, task: Span, rules: ClockRules) -> None:
    """Raises ClockError `extension_unit`, `extension_before_start` or `extension_during_hold` (clock.md 6)."""
    at = request.at
    if rules.family(request.limit) != rules.family(task.limit):
        raise ClockError(
            "extension_unit", f"{request.limit.unit} cannot be added to a limit in {task.limit.unit}"
        )
    if at < task.start:
        raise ClockError(
            "extension_before_start", f"asked for at {write_moment(at)}, before {write_moment(task.start)}"
        )
    place = bisect_right(task.holds, at, key=_begin) - 1
    if place >= 0 and at < task.holds[place][1]:
        raise ClockError("extension_during_hold", f"asked for at {write_moment(at)}, inside a hold")


def _begin(hold: Stretch) -> int:
    return hold[0]


def merged(holds: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The union of `holds`: ascending, overlapping and touching ones joined, empty ones dropped (clock.md 5.3)."""
    union: list[Stretch] = []
    for begin, end in sorted(holds):
        if begin == end:
            continue
        if union and begin <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((begin, end))
    return tuple(union)


def in_order(requests: Sequence[Request]) -> tuple[Request, ...]:
    """`requests` in order of `at`, for equal `at` as listed (clock.md 6.3)."""
    return tuple(sorted(requests, key=_asked))


def _asked(request: Request) -> int:
    return request.at
