"""When a case entered the states that figures ask for, how it ended, and who took it in and filed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.facts.deadlines import Deadlines
from gridcase.facts.history import Step

# States without a way out (flow.md 3). Whether a state of another workflow is one, the step says that enters it.
ENDINGS = frozenset({"closed", "force_closed", "rejected", "voided", "merged", "self_closed"})


def is_ending(step: Step) -> bool:
    """Whether the state that the step leads to has no way out."""
    return bool(step.data.get("ends", step.to_state in ENDINGS))


@dataclass(slots=True)
class Stages:
    """Moments by entry into a state, whatever the trigger (evaluation.md 1)."""

    state: str | None = None
    is_open: bool = True
    reported_at: datetime | None = None
    accepted_at: datetime | None = None
    filed_at: datetime | None = None
    declined_at: datetime | None = None
    rejected_at: datetime | None = None
    voided_at: datetime | None = None
    closed_at: datetime | None = None
    reject_from: str | None = None
    rejecter: str | None = None
    inspector: str | None = None
    confirmation_sender: str | None = None
    intake_operator: str | None = None
    shift_supervisor: str | None = None
    is_filed_on_time: bool = False

    @property
    def is_force_closed(self) -> bool:
        return self.state == "force_closed"

    def take(self, step: Step, deadlines: Deadlines) -> None:
        """Fold one step in; `deadlines` as they stood before it."""
        trigger = step.trigger
        if trigger == "report":
            self.reported_at = step.at
            self.inspector = step.actor if step.role == "inspector" else None
        elif trigger == "reject":
            self.reject_from, self.rejecter = step.from_state, step.actor
        elif trigger == "send_confirmation":
            self.confirmation_sender = step.actor
        if step.to_state != self.state:
            self.state, self.is_open = step.to_state, not is_ending(step)
            self._enter(step, deadlines)

    def _enter(self, step: Step, deadlines: Deadlines) -> None:
        state, at = step.to_state, step.at
        if state == "accepted":
            if self.accepted_at is None:
                self.accepted_at = at
                # A confirmation that lets a case in is the work of the operator who sent the inspector out.
                self.intake_operator = step.actor if step.trigger == "accept" else self.confirmation_sender
        elif state == "filed":
            if self.filed_at is None:
                self.filed_at = at
                self.shift_supervisor = step.actor
                self.is_filed_on_time = deadlines.is_met("filing", at)
        elif state in ("closed", "force_closed"):
            self.closed_at = at
        elif state == "rejected":
            if self.reject_from == "reported":
                self.declined_at = at
            else:
                self.rejected_at = at
        elif state == "voided":
            self.voided_at = at

    def keys(self) -> dict[str, Any]:
        """The keys and moments of the fact row that this part knows."""
        return {
            "inspector": self.inspector,
            "intake_operator": self.intake_operator,
            "shift_supervisor": self.shift_supervisor,
            "rejecter": self.rejecter,
            "is_open": self.is_open,
            "reported_at": self.reported_at,
            "accepted_at": self.accepted_at,
            "filed_at": self.filed_at,
            "declined_at": self.declined_at,
            "rejected_at": self.rejected_at,
            "voided_at": self.voided_at,
            "closed_at": self.closed_at,
        }
