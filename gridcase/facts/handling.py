"""The handling stage: feedback of the department, suspensions and deferrals, granted extensions and appeals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridcase.facts.deadlines import Deadlines
from gridcase.facts.history import ClockEffect, Step

HANDLING = "handling"
_SUSPENDING = frozenset({"suspension", "deferral"})
_UNDOES_FEEDBACK = frozenset({"return_feedback", "rework", "redispatch", "return_to_intake"})


@dataclass(slots=True)
class Handling:
    """`handled_at` is the feedback that ended the last handling stage, None again once that stage is reopened."""

    handled_at: datetime | None = None
    open_hold: str | None = None
    held_from: datetime | None = None
    held_until: datetime | None = None
    is_held: bool = False
    was_held: bool = False
    extension_rounds: int = 0
    is_exempted: bool = False

    def take(self, step: Step) -> None:
        """Fold the trigger of one step in."""
        trigger = step.trigger
        if trigger == "give_feedback":
            self.handled_at = step.at
        elif trigger in _UNDOES_FEEDBACK:
            self.handled_at = None
        elif trigger == "grant":
            kind = step.data.get("request_kind")
            if kind == "extension":
                self.extension_rounds += 1
            elif kind == "appeal":
                self.is_exempted = True

    def take_effect(self, effect: ClockEffect) -> None:
        """Fold one effect on the handling clock in.

        A suspension or deferral counts as held only when it began before the due moment, which is when the
        effect leaves no due moment (clock.md 5.6). A hand-back holds the clock too, but is no suspension.
        """
        act = effect.act
        if act == "hold":
            self.open_hold, self.held_from = effect.hold_kind, effect.at
            self.held_until = effect.until_at
        elif act in ("start", "stop", "end", "resume"):
            self.open_hold = self.held_from = self.held_until = None
        self.is_held = self.open_hold in _SUSPENDING and effect.due_at is None
        self.was_held = self.was_held or self.is_held

    def is_on_time(self, due_at: datetime | None) -> bool:
        """Whether the feedback came by the due moment; False without feedback."""
        return self.handled_at is not None and (due_at is None or self.handled_at <= due_at)

    def due_at(self, deadlines: Deadlines, *, is_in_force: bool) -> datetime | None:
        """The due moment of the dispatch in force; none before a dispatch and after a return to intake."""
        return deadlines.of(HANDLING) if is_in_force else None
