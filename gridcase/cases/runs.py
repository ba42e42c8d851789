"""The runs of a case's stage clocks as the effects in its steps made them: a fold without calendar or definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from gridcase.facts import ClockEffect


@dataclass(slots=True)
class HoldSpan:
    """A hold of a run: `[start, end)`, open while `end` is None; `used` counted seconds when it began."""

    kind: str
    start: datetime
    used: int
    is_late: bool
    until: datetime | None = None
    end: datetime | None = None


@dataclass(slots=True)
class Run:
    """One run of one clock. `due_at` is None while a hold is open that began before it."""

    clock: str
    run: int
    started_at: datetime
    limit: str
    workday: str
    slots: tuple[tuple[str, str], ...]
    department: str | None = None
    due_at: datetime | None = None
    yellow_at: datetime | None = None
    ended_at: datetime | None = None
    is_judged: bool = False
    on_time: bool | None = None
    used: int | None = None
    holds: list[HoldSpan] = field(default_factory=list)
    extensions: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def open_hold(self) -> HoldSpan | None:
        """The hold that lies open, or None."""
        return self.holds[-1] if self.holds and self.holds[-1].end is None else None

    @property
    def is_held(self) -> bool:
        """A hold that began before the due moment is open: no due moment, no lamp, never overdue (clock.md 5.6)."""
        hold = self.open_hold
        return self.is_open and hold is not None and not hold.is_late

    def overdue_seconds(self, now: datetime) -> int:
        """Seconds from the due moment to the finish, or to `now` while open; 0 when on time or held."""
        if self.due_at is None or self.on_time:
            return 0
        end = self.ended_at or now
        return max(0, int((end - self.due_at).total_seconds()))


class Runs:
    """All runs of one case, in order of their start."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._latest: dict[str, Run] = {}

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs)

    def latest(self, clock: str) -> Run | None:
        """The newest run of a clock, or None when it never ran."""
        return self._latest.get(clock)

    def find(self, clock: str, run: int) -> Run | None:
        """The run of this number of a clock, or None."""
        return next((known for known in self._runs if (known.clock, known.run) == (clock, run)), None)

    def open_runs(self) -> list[Run]:
        """The runs that have not ended."""
        return [run for run in self._runs if run.is_open]

    def count(self, clock: str) -> int:
        """How many runs the clock has had."""
        latest = self._latest.get(clock)
        return latest.run if latest else 0

    def apply(self, effect: ClockEffect) -> None:
        """Fold one effect in; effects come in the order in which the steps recorded them."""
        if effect.act == "start":
            self._start(effect)
            return
        # Nearly always the newest; an extension may come for the run before it, for which it was asked.
        run = self._latest[effect.clock]
        _APPLY[effect.act](run if run.run == effect.run else self._earlier(effect), effect)

    def _earlier(self, effect: ClockEffect) -> Run:
        run = self.find(effect.clock, effect.run)
        if run is None:
            raise LookupError(f"the clock {effect.clock} has no run {effect.run}")
        return run

    def _start(self, effect: ClockEffect) -> None:
        run = Run(
            clock=effect.clock,
            run=effect.run,
            started_at=effect.at,
            limit=effect.limit or "",
            workday=effect.workday or "",
            slots=effect.slots or (),
            department=effect.department,
            due_at=effect.due_at,
            yellow_at=effect.yellow_at,
        )
        self._runs.append(run)
        self._latest[effect.clock] = run


def _close_hold(run: Run, at: datetime) -> None:
    hold = run.open_hold
    if hold is not None:
        hold.end = at


def _stop(run: Run, effect: ClockEffect) -> None:
    _close_hold(run, effect.at)
    run.ended_at, run.used = effect.at, effect.used
    run.due_at, run.yellow_at = effect.due_at, effect.yellow_at
    run.on_time, run.is_judged = effect.on_time, True


def _end(run: Run, effect: ClockEffect) -> None:
    _close_hold(run, effect.at)
    run.ended_at, run.used = effect.at, effect.used


def _hold(run: Run, effect: ClockEffect) -> None:
    run.holds.append(
        HoldSpan(
            kind=effect.hold_kind or "",
            start=effect.at,
            used=effect.used or 0,
            is_late=effect.due_at is not None,
            until=effect.until_at,
        )
    )
    run.due_at, run.yellow_at, run.used = effect.due_at, effect.yellow_at, effect.used


def _resume(run: Run, effect: ClockEffect) -> None:
    if run.open_hold is not None:
        _close_hold(run, effect.at)
    elif effect.held_from is not None:
        # A stopped run is opened again: the time between its stop and now is a hold.
        is_late = run.due_at is not None and effect.held_from >= run.due_at
        run.holds.append(
            HoldSpan(effect.hold_kind or "", effect.held_from, run.used or 0, is_late=is_late, end=effect.at)
        )
    run.ended_at, run.on_time, run.is_judged = None, None, False
    run.due_at, run.yellow_at = effect.due_at, effect.yellow_at


def _extend(run: Run, effect: ClockEffect) -> None:
    if effect.asked_at is not None and effect.limit is not None:
        run.extensions.append((effect.asked_at, effect.limit))
    run.due_at, run.yellow_at = effect.due_at, effect.yellow_at
    if run.open_hold is not None:
        # With more time the hold may have begun before the due moment after all.
        run.open_hold.is_late = effect.due_at is not None
    if run.is_judged:
        run.on_time = effect.on_time


def _redue(run: Run, effect: ClockEffect) -> None:
    run.due_at, run.yellow_at = effect.due_at, effect.yellow_at
    if run.open_hold is not None:
        # By another calendar the hold may have begun after the due moment, or before it after all.
        run.open_hold.is_late = effect.due_at is not None


_APPLY = {"stop": _stop, "end": _end, "hold": _hold, "resume": _resume, "extend": _extend, "redue": _redue}
