"""The deadline as a table: one row a stretch of time, what it adds, the sum, and what moved the due moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from gridcase.cases.casefile import CaseFile
from gridcase.cases.runs import HoldSpan, Run
from gridcase.clock import ClockError, parse_limit
from gridcase.clock.limits import ROUND_THE_CLOCK_UNITS

# A limit of many weeks has hundreds of stretches; the first and the last ones tell how it is counted.
_FIRST, _LAST = 60, 30
# On paper nothing is left out, unless a limit goes on for years.
ON_PAPER = (1000, 100)
_BY_DAYS = ("closing", "start_day")


@dataclass
class Arithmetic:
    """`rows` are told before the gap, `last` after it; `unit` is `seconds` or `days`."""

    unit: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    last: list[dict[str, Any]] = field(default_factory=list)
    omitted: int = 0
    total: int = 0
    extensions: list[Mapping[str, Any]] = field(default_factory=list)
    warnings: list[Mapping[str, Any]] = field(default_factory=list)


def arithmetic(answer: Mapping[str, Any], ends: tuple[int, int] = (_FIRST, _LAST)) -> Arithmetic:
    """The table of an answer of `deadline_of`: its lines with the length of each that counts.

    `ends`: how many lines are told before and after those that are left out.
    """
    first, last = ends
    lines = answer["lines"]
    intervals = [line for line in lines if line["kind"] == "interval"]
    by_days = any(line["why"] in _BY_DAYS for line in intervals)
    table = Arithmetic("days" if by_days else "seconds")
    before = 0
    rows = []
    for line in intervals:
        rows.append({**line, "length": line["used"] - before})
        before = line["used"]
    table.total = before
    if len(rows) > first + last:
        table.rows, table.last = rows[:first], rows[-last:]
        table.omitted = len(rows) - first - last
    else:
        table.rows = rows
    table.extensions = [line for line in lines if line["kind"] == "extension"]
    table.warnings = [line for line in lines if line["kind"] == "warning"]
    return table


def holds_of(case: CaseFile, run: Run) -> list[HoldSpan]:
    """The holds of a run, each by its kind. One without is the time between a stop and its undoing: by the move that stopped."""
    stops = {entry.step.at: entry.step.trigger for entry in case.entries}
    return [hold if hold.kind else replace(hold, kind=stops.get(hold.start, "")) for hold in run.holds]


def unfinished(run: Mapping[str, Any]) -> dict[str, Any] | None:
    """How a run ended that nobody finished: whether the case was handed back, and how late it was then (seconds).

    `run` is one of the view of a case. None of one that runs on or has its verdict.
    """
    if not run["ended"] or run["on_time"] is not None:
        return None
    last = run["holds"][-1] if run["holds"] else None
    is_handed_back = last is not None and last["kind"] == "hand_back" and last["to"] in (None, run["ended"])
    end = last["from"] if last is not None and is_handed_back else run["ended"]
    late = (datetime.fromisoformat(end) - datetime.fromisoformat(run["due"])) if run["due"] else timedelta()
    return {"is_handed_back": is_handed_back, "late": max(0, int(late.total_seconds()))}


def is_round_the_clock(limit: str) -> bool:
    """Whether a limit is counted day and night (clock.md 2): working hours have nothing to do with it."""
    try:
        return parse_limit(limit).unit in ROUND_THE_CLOCK_UNITS
    except ClockError:
        return False
