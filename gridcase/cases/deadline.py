"""The deadline of a case as arithmetic: the answer of `gridcase clock` for one of its clocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.clocks import SAME_TIME_LIMIT, asked_in_time, task_of
from gridcase.cases.runs import Run
from gridcase.cases.shown import china_text, lamp_of, shown_case, used_of
from gridcase.clock import CHINA, Hold, Task, explain
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
    return deadline_of_run(desk, run)


def deadline_of_run(desk: Desk, run: Run) -> dict[str, Any]:
    """As `deadline`, of any run, also of an earlier one."""
    asked = _asked(desk, run)
    return {
        "stage": run.clock,
        "started": china_text(run.started_at),
        "ended": china_text(run.ended_at),
        "limit": run.limit,
        "due_at": china_text(run.due_at),
        "lines": _lines(desk, run, asked),
        "question": _question(run, asked),
        "lamp": lamp_of(run, desk.now),
        "held": run.is_held,
        "used": used_of(desk, run),
        "on_time": run.on_time,
        "overdue_seconds": run.overdue_seconds(desk.now),
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """A run as the clock is asked about it; `cut` is the hold that lies open, or lay open when the run ended."""

    task: Task
    cut: Hold | None


def _asked(desk: Desk, run: Run) -> _Asked | None:
    """None for a same-time window, which has no limit."""
    if run.limit == SAME_TIME_LIMIT:
        return None
    cut = None
    if run.due_at is None and run.holds:
        *earlier, last = run.holds
        # However short it is: the lines end where it begins.
        end = max(last.end or desk.now, last.start + timedelta(seconds=1))
        cut = Hold(last.start, end)
        run = replace(run, holds=[*earlier, replace(last, end=end)])
    task, rules = task_of(run), desk.book.rules_of(run.workday, run.slots)
    return _Asked(asked_in_time(task, rules) if task.extensions else task, cut)


def _question(run: Run, asked: _Asked | None) -> dict[str, Any] | None:
    """What to ask `gridcase clock --batch` for the same answer, without its `id`; it knows no open holds."""
    if asked is None:
        return None
    task = asked.task
    return {
        "start": china_text(run.started_at),
        "limit": run.limit,
        "slots": [list(slot) for slot in run.slots],
        "workday": run.workday,
        "holds": [
            {"from": china_text(hold.start), "to": china_text(hold.end)}
            for hold in task.holds
            if hold != asked.cut
        ],
        "extensions": [{"at": china_text(one.at), "limit": one.limit.text} for one in task.extensions],
    }


def _lines(desk: Desk, run: Run, asked: _Asked | None) -> list[dict[str, Any]]:
    if asked is None:
        return _window_lines(run)
    explained = explain(asked.task, desk.book.rules_of(run.workday, run.slots))
    if asked.cut is None:
        is_kept = explained.due_at == run.due_at
        return explained.lines if is_kept else [*explained.lines, _calendar_changed(explained.due_at)]
    # While held there is no due moment: the lines end where the hold begins.
    begin = china_text(asked.cut.start) or ""
    return [line for line in explained.lines if line["kind"] != "interval" or line["to"] <= begin]


def _calendar_changed(due_at: datetime) -> dict[str, Any]:
    """What stopped keeps the due moment by which it was judged, though another calendar was loaded since."""
    text = f"到期时刻按当时的工作日历计算；此后日历有变动，按现行日历为 {due_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    return {
        "kind": "warning",
        "code": "calendar_changed",
        "year": due_at.astimezone(CHINA).year,
        "text": text,
    }


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
