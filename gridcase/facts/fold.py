"""Folds the steps of one case into its fact row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gridcase.facts.deadlines import Deadlines
from gridcase.facts.desk import Desk
from gridcase.facts.dispatches import Dispatches
from gridcase.facts.followups import FollowUps
from gridcase.facts.handling import HANDLING, Handling
from gridcase.facts.history import Step
from gridcase.facts.origin import Origin
from gridcase.facts.stages import Stages
from gridcase.facts.tasks import Tasks


class CaseFold:
    """The parts of a case that figures are made of; `take` adds one step to all of them."""

    __slots__ = ("deadlines", "desk", "dispatches", "followups", "handling", "origin", "stages", "tasks")

    def __init__(self) -> None:
        self.deadlines = Deadlines()
        self.origin = Origin()
        self.stages = Stages()
        self.dispatches = Dispatches()
        self.handling = Handling()
        self.tasks = Tasks()
        self.desk = Desk()
        self.followups = FollowUps()

    def take(self, step: Step) -> None:
        """Fold one step in. Acts are judged by the deadlines as they stood before the step."""
        deadlines = self.deadlines
        self.origin.take(step)
        self.stages.take(step, deadlines)
        self.dispatches.take(step, deadlines)
        self.handling.take(step)
        self.tasks.take(step, deadlines, needs_confirmation=self.origin.needs_confirmation)
        self.desk.take(step, deadlines)
        self.followups.take(step)
        for effect in step.clocks:
            if not deadlines.is_of_newest_run(effect):
                continue
            deadlines.take(effect)
            if effect.clock == HANDLING:
                self.handling.take_effect(effect)


def fold(steps: Iterable[Step], *, until: datetime | None = None) -> CaseFold | None:
    """The parts of a case from its steps recorded strictly before `until` (all of them when None).

    None when no step lies before it. Steps are taken in their own order: a release that was written late stands
    after later acts and still counts from its own moment (flow.md 5).
    """
    case: CaseFold | None = None
    for step in steps:
        if until is None or step.at < until:
            case = case or CaseFold()
            case.take(step)
    return case
