"""Works out what a move, a grant or a release does to the stage clocks of a case (clock.md 8, flow.md 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from gridcase.cases.runs import HoldSpan, Run, Runs
from gridcase.clock import (
    ClockError,
    ClockRules,
    Extension,
    Hold,
    Task,
    counted,
    due_and_yellow,
    due_moment,
    parse_limit,
)
from gridcase.engine.definition import ClockAct, ClockRule, Definition
from gridcase.errors import Reason, Refused
from gridcase.facts import ClockEffect

SAME_TIME_LIMIT = "同时段"

Slots = tuple[tuple[str, str], ...]
RulesOf = Callable[[str, Slots], ClockRules]


@dataclass(frozen=True, slots=True)
class Timing:
    """How a new run is counted: limit text, reading of 工作日 and working hours."""

    limit: str
    workday: str
    slots: Slots


@dataclass(frozen=True)
class ClockDesk:
    """What the arithmetic needs beside the case: the calendar, the settings, the filed limit, the rework rule."""

    rules_of: RulesOf
    yellow: int
    workday: str
    slots: Slots
    is_rework_remaining: bool = False


@dataclass(frozen=True, slots=True)
class ClockMove:
    """A move as the clocks see it. `due_by_window` is the end of a same-time window, if the move sets one.

    `department` is the main department after the move, `department_before` the one before it.
    """

    trigger: str
    from_state: str | None
    to_state: str
    at: datetime
    department: str | None
    filed: Timing | None
    due_by_window: datetime | None = None
    department_before: str | None = None


def effects_of_move(
    definition: Definition, runs: Runs, *, move: ClockMove, desk: ClockDesk
) -> list[ClockEffect]:
    """The effects of a move on all clocks, in the order of the definition.

    Raises Refused `limit_filed` when a clock takes the filed limit and none was filed.
    """
    effects: list[ClockEffect] = []
    state = definition.states[move.to_state]
    for rule, acts in definition.clock_acts(move.trigger, move.from_state, move.to_state):
        if state.terminal and "stop" not in acts:
            # Where the case ends nothing starts or goes on, whatever the lists say.
            continue
        window = move.due_by_window if state.clock == rule.name else None
        kept: tuple[ClockAct, ...] = ("stop",) if state.terminal else acts
        effects.extend(_effects_on_clock(_Touched(rule, kept, runs.latest(rule.name), window), move, desk))
    if state.terminal:
        touched = {effect.clock for effect in effects}
        effects.extend(_end(run, move.at, desk) for run in runs.open_runs() if run.clock not in touched)
    return effects


def effects_of_migration(
    before: Definition, after: Definition, runs: Runs, *, move: ClockMove, desk: ClockDesk
) -> list[ClockEffect]:
    """What going over to another version of the workflow does: as little as can be.

    A clock that the version does not have ends unjudged. All others run on; only where the state is measured by
    another clock than before, and that one does not run, it starts with its full limit.
    Raises Refused `limit_filed` when it takes the filed limit and none was filed.
    """
    effects = [_end(run, move.at, desk) for run in runs.open_runs() if run.clock not in after.clocks]
    clock = after.states[move.to_state].clock or ""
    run = runs.latest(clock)
    is_same = move.from_state is not None and before.states[move.from_state].clock == clock
    if not is_same and (run is None or not run.is_open):
        effects.append(_start(_Touched(after.clocks[clock], (), run, None), move, desk))
    return effects


@dataclass(frozen=True, slots=True)
class _Touched:
    """One clock under one move: its rule, what the definition says happens to it, and its newest run."""

    rule: ClockRule
    acts: tuple[ClockAct, ...]
    run: Run | None
    window: datetime | None


def _effects_on_clock(touched: _Touched, move: ClockMove, desk: ClockDesk) -> list[ClockEffect]:
    acts, run = touched.acts, touched.run
    starts = "start" in acts
    if run is not None and starts and _goes_on(run, move, desk, is_resumed="resume" in acts):
        return [resume_effect(run, move.at, desk)]
    if starts:
        closing = [_end(run, move.at, desk)] if run is not None and run.is_open else []
        return [*closing, _start(touched, move, desk)]
    if run is None:
        return []
    if run.is_open and "stop" in acts:
        return [_stop(run, move.at, desk)]
    if run.is_open and run.open_hold is None and "hold" in acts:
        return [hold_effect(run, move.at, desk, kind=move.trigger)]
    if "resume" in acts and (run.open_hold is not None or run.is_judged):
        return [resume_effect(run, move.at, desk)]
    return []


def _goes_on(run: Run, move: ClockMove, desk: ClockDesk, *, is_resumed: bool) -> bool:
    """Whether a start goes on with the old run: held and of the same department, or the rest of it by setting."""
    if run.is_open:
        before = run.department or move.department_before
        return is_resumed and run.open_hold is not None and before == move.department
    return desk.is_rework_remaining and move.trigger == "rework" and run.is_judged


def _start(touched: _Touched, move: ClockMove, desk: ClockDesk) -> ClockEffect:
    rule, previous, window = touched.rule, touched.run, touched.window
    if rule.limit == "filed":
        if move.filed is None:
            raise Refused([Reason("limit_filed")])
        timing = move.filed
    else:
        timing = Timing(rule.limit, desk.workday, desk.slots)
    if window is not None:
        due = Due(window, _share_of_wall_time(move.at, window, desk.yellow))
    else:
        task = Task(move.at, parse_limit(timing.limit))
        due = _due(task, desk.rules_of(timing.workday, timing.slots), desk.yellow)
    return ClockEffect(
        clock=rule.name,
        run=(previous.run if previous else 0) + 1,
        act="start",
        at=move.at,
        due_at=due.due_at,
        yellow_at=due.yellow_at,
        limit=timing.limit if window is None else SAME_TIME_LIMIT,
        workday=timing.workday,
        slots=timing.slots,
        department=move.department if rule.limit == "filed" else None,
    )


def _share_of_wall_time(start: datetime, end: datetime, yellow: int) -> datetime:
    seconds = int((end - start).total_seconds())
    return start + timedelta(seconds=-(-seconds * yellow // 100))


def task_of(run: Run, *, until: datetime | None = None) -> Task:
    """The run as the clock room wants it. An open hold is taken to end at `until`."""
    holds = tuple(
        Hold(hold.start, hold.end or until)  # type: ignore[arg-type]
        for hold in run.holds
        if hold.end is not None or (until is not None and until >= hold.start)
    )
    extensions = tuple(
        Extension(_outside(at, holds, run.started_at), parse_limit(limit)) for at, limit in run.extensions
    )
    return Task(run.started_at, parse_limit(run.limit), holds, extensions)


def _outside(asked_at: datetime, holds: tuple[Hold, ...], started_at: datetime) -> datetime:
    """The moment of a request outside all holds: one that began in its very second began after it."""
    ordered = sorted(holds, key=lambda hold: hold.start)
    moment = asked_at
    for hold in reversed(ordered):
        if hold.start <= moment < hold.end:
            moment = hold.start - timedelta(seconds=1)
    if moment >= started_at:
        return moment
    for hold in ordered:
        if hold.start <= asked_at < hold.end:
            asked_at = hold.end
    return asked_at


def used_seconds(run: Run, at: datetime, desk: ClockDesk) -> int:
    """Counted seconds from the start to `at` outside holds (working time, also for a closings clock)."""
    if run.limit == SAME_TIME_LIMIT:
        return int((at - run.started_at).total_seconds())
    return counted(task_of(run, until=at), desk.rules_of("span", run.slots), until=at)


class Due(NamedTuple):
    """A due moment and the moment from which the lamp is yellow; both None while held."""

    due_at: datetime | None = None
    yellow_at: datetime | None = None


def _due(task: Task, rules: ClockRules, yellow: int) -> Due:
    try:
        due, from_yellow = due_and_yellow(task, rules, yellow=yellow)
    except ClockError:
        due, from_yellow = due_and_yellow(asked_in_time(task, rules), rules, yellow=yellow)
    return Due(due.astimezone(UTC), from_yellow.astimezone(UTC))


def asked_in_time(task: Task, rules: ClockRules) -> Task:
    """The task with every request at the latest in the last second of what was due before it.

    A request that was made in time stays so when a calendar is loaded that moves the due moment before it.
    """
    moved: list[Extension] = []
    for extension in sorted(task.extensions, key=lambda one: one.at):
        due = due_moment(replace(task, extensions=tuple(moved)), rules)
        is_late = extension.at > due
        moved.append(replace(extension, at=due - timedelta(seconds=1)) if is_late else extension)
    return replace(task, extensions=tuple(moved))


def _due_of(run: Run, at: datetime, desk: ClockDesk) -> Due:
    if run.limit == SAME_TIME_LIMIT:
        return _kept(run)
    return _due(task_of(run, until=at), desk.rules_of(run.workday, run.slots), desk.yellow)


def _kept(run: Run) -> Due:
    return Due(run.due_at, run.yellow_at)


def _effect(run: Run, act: str, at: datetime, *, due: Due | None = None, **more: Any) -> ClockEffect:
    due = due or Due()
    return ClockEffect(run.clock, run.run, act, at, due_at=due.due_at, yellow_at=due.yellow_at, **more)


def _stop(run: Run, at: datetime, desk: ClockDesk) -> ClockEffect:
    due = _due_of(run, at, desk) if run.open_hold else _kept(run)
    on_time = due.due_at is not None and at <= due.due_at
    return _effect(run, "stop", at, due=due, on_time=on_time, used=used_seconds(run, at, desk))


def _end(run: Run, at: datetime, desk: ClockDesk) -> ClockEffect:
    return _effect(run, "end", at, used=used_seconds(run, at, desk))


def hold_effect(
    run: Run, at: datetime, desk: ClockDesk, *, kind: str, until: datetime | None = None
) -> ClockEffect:
    """A hold begins at `at`. One that begins before the due moment takes the due moment away (clock.md 5.6)."""
    is_late = run.due_at is not None and at >= run.due_at
    used = used_seconds(run, at, desk)
    due = _kept(run) if is_late else None
    return _effect(run, "hold", at, due=due, used=used, hold_kind=kind, until_at=until)


def due_after_hold(run: Run, at: datetime, desk: ClockDesk, *, until: datetime) -> datetime | None:
    """The due moment of an open run that is to be held from `at` to `until`; a late hold leaves it where it is."""
    if run.due_at is not None and at >= run.due_at:
        return run.due_at
    hold = HoldSpan("", at, 0, is_late=False, end=until)
    return _due_of(replace(run, holds=[*run.holds, hold]), until, desk).due_at


def resume_effect(run: Run, at: datetime, desk: ClockDesk) -> ClockEffect:
    """The open hold ends at `at`, or a stopped run is opened again; the rest of the limit runs on."""
    hold = run.open_hold
    if hold is not None:
        due = _due_of(run, at, desk)
        return _effect(run, "resume", at, due=due, held_from=hold.start, hold_kind=hold.kind)
    stopped_at = run.ended_at or at
    gap = HoldSpan("", stopped_at, run.used or 0, is_late=False, end=at)
    reopened = replace(run, holds=[*run.holds, gap])
    return _effect(run, "resume", at, due=_due_of(reopened, at, desk), held_from=stopped_at)


def extend_effect(run: Run, at: datetime, desk: ClockDesk, *, asked_at: datetime, limit: str) -> ClockEffect:
    """A granted extension: part of the total from the moment it was asked for (clock.md 6.2)."""
    longer = replace(run, extensions=[*run.extensions, (asked_at, limit)])
    due = _due_beside_hold(longer, at, desk)
    on_time = None
    if run.is_judged and run.ended_at is not None and due.due_at is not None:
        on_time = run.ended_at <= due.due_at
    return _effect(run, "extend", at, due=due, asked_at=asked_at, limit=limit, on_time=on_time)


def redue_effect(run: Run, at: datetime, desk: ClockDesk) -> ClockEffect | None:
    """The due moment of an open run by the calendar in force, with the old one; None when nothing is otherwise.

    A hold that lies open may turn out to have begun after the due moment, or before it after all (clock.md 3, 5.6).
    """
    if not run.is_open or run.limit == SAME_TIME_LIMIT:
        return None
    due = _due_beside_hold(run, at, desk)
    return None if due == _kept(run) else _effect(run, "redue", at, due=due, old_due_at=run.due_at)


def _due_beside_hold(run: Run, at: datetime, desk: ClockDesk) -> Due:
    """The due moment, or none when an open hold began before it, also one that was late until now."""
    hold = run.open_hold
    if hold is None or not run.is_open:
        return _due_of(run, at, desk)
    due = _due_of(replace(run, holds=run.holds[:-1]), at, desk)
    return Due() if due.due_at is not None and hold.start < due.due_at else due
