"""A second opinion on the rankings: counts and scores made from the raw step rows, without a line of the program.

Due moments are walked day by day over the calendar file; counts follow the words of evaluation.md 3 for the columns
that the schemes department-d1 and area use; scores are fractions. Nothing of `gridcase` is imported.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

CHINA = timezone(timedelta(hours=8))
SLOTS = ((8, 12), (14, 18))
# Unit -> seconds, and whether only working time counts.
UNITS = {
    "紧急工作时": (3600, False),
    "紧急工作日": (86400, False),
    "自然日": (86400, False),
    "工作时": (3600, True),
    "工作日": (8 * 3600, True),
}
BANDS = {1: (0, 2, 4, 6, 8), 2: (0, 3, 5, 7, 9)}
MARKS = (100, 90, 75, 60, 40)


# --- the clock ------------------------------------------------------------------------------------------------


class Days:
    """Working days by the calendar file, weekends where it is silent."""

    def __init__(self, folder: Path) -> None:
        self._kinds = {
            date.fromisoformat(row["date"]): row["kind"]
            for path in folder.glob("*.csv")
            for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        }

    def is_working(self, on: date) -> bool:
        kind = self._kinds.get(on)
        return kind == "workday" or (kind is None and on.weekday() < 5)


def counted_stretches(start: datetime, days: Days, *, only_work: bool) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of time that count from `start` on, day by day."""
    on = start.astimezone(CHINA).date()
    while True:
        midnight = datetime.combine(on, time(), CHINA)
        hours = SLOTS if only_work else ((0, 24),)
        for first, last in hours if days.is_working(on) or not only_work else ():
            begin, end = midnight + timedelta(hours=first), midnight + timedelta(hours=last)
            if end > start:
                yield max(begin, start), end
        on += timedelta(days=1)


def without_holds(
    stretch: tuple[datetime, datetime], holds: list[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of a stretch when the holds are taken out."""
    begin, end = stretch
    for first, last in sorted(holds):
        if last <= begin or first >= end:
            continue
        if first > begin:
            yield begin, first
        begin = max(begin, last)
    if begin < end:
        yield begin, end


def due_of(start: datetime, limit: str, times: int, *, holds: list[Any], days: Days) -> datetime:
    """When `times` times the limit has been counted since `start`, outside holds."""
    match = re.fullmatch(r"([0-9.]+)(\D+)", limit)
    assert match is not None
    seconds, only_work = UNITS[match[2]]
    left = float(match[1]) * seconds * times
    for stretch in counted_stretches(start, days, only_work=only_work):
        for begin, end in without_holds(stretch, holds):
            length = (end - begin).total_seconds()
            if length >= left:
                return begin + timedelta(seconds=left)
            left -= length
    raise AssertionError("time ended")


# --- a case ---------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What the steps of one case tell up to T."""

    cell: str = ""
    is_public: bool = False
    filed_at: datetime | None = None
    limit: str = ""
    department: str | None = None
    started_at: datetime | None = None
    extensions: int = 0
    holds: list[tuple[datetime, datetime]] = field(default_factory=list)
    held_from: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    is_reworked: bool = False
    is_gone: bool = False
    is_dropped: bool = False

    def begin(self, at: datetime) -> None:
        self.started_at, self.extensions, self.holds, self.held_from = at, 0, [], None
        self.handled_at = None

    def due_at(self, days: Days) -> datetime | None:
        if self.started_at is None:
            return None
        due = due_of(self.started_at, self.limit, 1 + self.extensions, holds=self.holds, days=days)
        return None if self.held_from is not None and self.held_from < due else due


def tell(steps: list[dict[str, Any]]) -> Told:
    told = Told()
    for step in steps:
        trigger, at, data = step["trigger"], step["at"], step["data"]
        if step["no"] == 1:
            told.cell, told.is_public = data["cell"], bool(data["is_public"])
        if "filing" in data:
            told.filed_at, told.limit = told.filed_at or at, data["filing"]["limit"]
            told.cell = data["filing"]["cell"]
        if trigger in ("dispatch", "redispatch"):
            if told.held_from is not None and told.department == data["department"]:
                told.holds.append((told.held_from, at))
                told.held_from = None
            else:
                told.begin(at)
            told.department = data["department"]
        _tell_handling(told, trigger, at, data)
        _tell_end(told, trigger, at)
    return told


def _tell_handling(told: Told, trigger: str, at: datetime, data: dict[str, Any]) -> None:
    kind = data.get("request_kind")
    if trigger == "rework":
        told.begin(at)
        told.is_reworked = True
    elif trigger == "hand_back" or (trigger == "grant" and kind == "suspension"):
        told.held_from = at
    elif trigger == "release" and told.held_from is not None:
        told.holds.append((told.held_from, at))
        told.held_from = None
    elif trigger == "grant" and kind == "extension":
        told.extensions += 1
    elif trigger == "give_feedback":
        told.handled_at = at
    elif trigger == "return_feedback" and told.handled_at is not None:
        told.holds.append((told.handled_at, at))
        told.handled_at = None
    elif trigger == "return_to_intake":
        told.started_at, told.held_from, told.handled_at, told.department = None, None, None, None


def _tell_end(told: Told, trigger: str, at: datetime) -> None:
    if trigger == "close" or (trigger == "force_close" and told.handled_at is not None):
        told.closed_at = at
    elif trigger == "force_close":
        told.is_dropped = True
    elif trigger in ("void", "reject", "merge", "self_close"):
        told.is_gone = True


# --- all cases ------------------------------------------------------------------------------------------------

Counts = dict[str, int]


@dataclass(frozen=True)
class Month:
    """A period `[start, end)` and T, aware."""

    start: datetime
    end: datetime
    at: datetime


def read_cases(file: Path, month: Month) -> list[Told]:
    """All cases of a SQLite file as their steps before T tell them."""
    steps: dict[str, list[dict[str, Any]]] = defaultdict(list)
    connection = sqlite3.connect(file)
    for number, no, trigger, at, data in connection.execute(
        'select number, no, "trigger", at, data from step order by number, no'
    ):
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        if moment < month.at:
            steps[number].append({"no": no, "trigger": trigger, "at": moment, "data": json.loads(data)})
    connection.close()
    return [tell(entries) for entries in steps.values()]


def count(cases: list[Told], month: Month, days: Days, unit: Any) -> dict[Any, Counts]:
    """The counts of each unit; `unit` is a function from a case to its unit, or None."""
    sums: dict[Any, Counts] = defaultdict(lambda: defaultdict(int))
    for told in cases:
        if told.is_gone or unit(told) is None:
            continue
        for name, value in columns(told, month, days).items():
            sums[unit(told)][name] += value
    return sums


def columns(told: Told, month: Month, days: Days) -> Counts:
    """The columns of one case by the words of evaluation.md 3, mode `due`."""
    found: Counts = {}
    if told.filed_at is not None and month.start <= told.filed_at < month.end:
        found.update(filed=1, public_filed=int(told.is_public))
    due_at = told.due_at(days)
    if told.is_dropped or due_at is None or not month.start <= due_at < month.end:
        return found
    handled_at = told.handled_at
    is_owed = handled_at is not None or due_at < month.at
    on_time = handled_at is not None and handled_at <= due_at
    found.update(handle_due=1, on_time_handled=int(on_time), due=int(is_owed))
    if told.closed_at is not None:
        found.update(closed=1, on_time_closed=int(on_time))
    return {**found, "reworked": int(told.is_reworked)}


# --- scores ---------------------------------------------------------------------------------------------------


def rate(counts: Counts, upper: str, lower: str) -> Fraction | None:
    whole = counts.get(lower, 0)
    return min(max(Fraction(counts.get(upper, 0), whole), Fraction(0)), Fraction(1)) if whole else None


def department_score(counts: Counts) -> Fraction | None:
    """D1: on-time handling 60, closing 30, no rework 10; without a case there is none."""
    handling = rate(counts, "on_time_handled", "handle_due")
    closing, rework = rate(counts, "closed", "due"), rate(counts, "reworked", "due")
    if handling is None or closing is None or rework is None:
        return None
    return 60 * handling + 30 * closing + 10 * (1 - rework)


def area_score(counts: Counts, cells: list[tuple[int, int]]) -> Fraction:
    """Area: few public reports 10, few cases 20, closing 30, on-time closing 40; `cells` as (class, cases filed)."""
    public = rate(counts, "public_filed", "filed")
    volume = Fraction(sum(mark(kind, filed) for kind, filed in cells), 100 * len(cells))
    sure = 10 * (1 - (public or 0)) + 20 * volume
    closing, on_time = rate(counts, "closed", "due"), rate(counts, "on_time_closed", "due")
    if closing is None or on_time is None:
        return sure * Fraction(100, 30)
    return sure + 30 * closing + 40 * on_time


def mark(kind: int, filed: int) -> int:
    return next((mark for most, mark in zip(BANDS[kind], MARKS, strict=True) if filed <= most), 0)


def printed(value: Fraction) -> str:
    """Two digits, half up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def dense_ranks(scores: dict[str, Fraction]) -> dict[str, int]:
    """Equal scores share a rank, the next one is one more."""
    order = sorted(set(scores.values()), reverse=True)
    return {name: order.index(score) + 1 for name, score in scores.items()}
