"""The deadline of a case as arithmetic: the answer of `gridcase clock` for one of its clocks."""

from __future__ import annotations

from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.clocks import SAME_TIME_LIMIT, task_of
from gridcase.cases.runs import Run
from gridcase.cases.shown import china_text, lamp_of, shown_case, used_of
from gridcase.clock import explain
from gridcase.directory.people import Actor
from gridcase.errors import NotFound

DEFAULT_STAGE = "handling"


def deadline(desk: Desk, actor: Actor, number: str, *, stage: str = DEFAULT_STAGE) -> dict[str, Any]:
    """Due moment, lines, lamp and hold of the newest run of a stage's clock.

    Raises NotFound `unknown_case`, and `no_clock` when this clock never ran.
    """
    return deadline_of(desk, shown_case(desk, actor, number), stage=stage)


def deadline_of(desk: Desk, case: CaseFile, *, stage: str = DEFAULT_STAGE) -> dict[str, Any]:
    """As `deadline`, of a case that was loaded already."""
    run = case.runs.latest(stage)
    if run is None:
        raise NotFound("no_clock", f"the clock {stage!r} never ran in this case", stage=stage)
    return {
        "stage": run.clock,
        "started": china_text(run.started_at),
        "ended": china_text(run.ended_at),
        "limit": run.limit,
        "due_at": china_text(run.due_at),
        "lines": _lines(desk, run),
        "lamp": lamp_of(run, desk.now),
        "held": run.is_held,
        "used": used_of(desk, run),
        "on_time": run.on_time,
        "overdue_seconds": run.overdue_seconds(desk.now),
    }


def _lines(desk: Desk, run: Run) -> list[dict[str, Any]]:
    if run.limit == SAME_TIME_LIMIT:
        return _window_lines(run)
    hold = run.open_hold
    if hold is None or hold.is_late:
        return explain(task_of(run), desk.book.rules_of(run.workday, run.slots)).lines
    # While held there is no due moment: the lines end where the hold begins.
    lines = explain(
        task_of(run, until=max(desk.now, hold.start)), desk.book.rules_of(run.workday, run.slots)
    ).lines
    begin = china_text(hold.start) or ""
    return [line for line in lines if line["kind"] != "interval" or line["to"] <= begin]


def _window_lines(run: Run) -> list[dict[str, Any]]:
    """A same-time verification is due at the end of its window, whatever the hour (clock.md 8)."""
    if run.due_at is None:
        return []
    seconds = int((run.due_at - run.started_at).total_seconds())
    text = "同时段核查：到窗口结束为止，昼夜连续计算"
    return [{
        "kind": "interval", "from": china_text(run.started_at), "to": china_text(run.due_at), "counted": True,
        "why": "round_the_clock", "used": seconds, "text": text,
    }]  # fmt: skip
