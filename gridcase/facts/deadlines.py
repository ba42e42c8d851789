"""The due moment of the newest run of each stage clock, as the effects in the steps left it."""

from __future__ import annotations

from datetime import datetime

from gridcase.facts.history import ClockEffect


class Deadlines:
    """Due moments by clock name. None: the clock never ran, or it is held and so has no due moment."""

    __slots__ = ("_due", "_run")

    def __init__(self) -> None:
        self._due: dict[str, datetime | None] = {}
        self._run: dict[str, int] = {}

    def is_of_newest_run(self, effect: ClockEffect) -> bool:
        """Whether the effect is on the newest run: an extension may come for one before it (flow.md 5, Requests)."""
        return effect.run >= self._run.get(effect.clock, 0)

    def take(self, effect: ClockEffect) -> None:
        """Fold one effect on the newest run in. A stopped or ended clock keeps its due moment (evaluation.md 1)."""
        act = effect.act
        self._run[effect.clock] = effect.run
        if act == "end" or (act == "stop" and effect.due_at is None):
            return
        self._due[effect.clock] = effect.due_at

    def of(self, clock: str) -> datetime | None:
        """The due moment of the newest run, or None."""
        return self._due.get(clock)

    def is_met(self, clock: str, at: datetime) -> bool:
        """Whether an act at `at` is on time: not after the due moment, or nothing was due (clock.md 1.3)."""
        due_at = self._due.get(clock)
        return due_at is None or at <= due_at
