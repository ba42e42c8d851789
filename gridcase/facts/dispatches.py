"""The dispatches of a case: which department has it, which had it first, wrong dispatches, rework and hand-backs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.facts.deadlines import Deadlines
from gridcase.facts.history import Step
from gridcase.facts.texts import moment_of


@dataclass(slots=True)
class Dispatches:
    """`department` is the main department of the dispatch in force, None before one and after a return to intake."""

    department: str | None = None
    department_kind: str | None = None
    first_department: str | None = None
    previous_department: str | None = None
    dispatcher: str | None = None
    dispatched_at: datetime | None = None
    last_dispatched_at: datetime | None = None
    is_in_force: bool = False
    is_first_on_time: bool = False
    has_wrong: bool = False
    rework_rounds: int = 0
    failed_verifications: int = 0
    hand_backs: int = 0
    late_hand_backs: int = 0

    def take(self, step: Step, deadlines: Deadlines) -> None:
        """Fold one step in; `deadlines` as they stood before it."""
        trigger = step.trigger
        if trigger in ("dispatch", "redispatch", "rework"):
            self._dispatch(step, deadlines)
        elif trigger == "return_to_intake":
            self.is_in_force = False
            self.department = self.department_kind = None
        elif trigger in ("verify_fail", "decline_closing"):
            self.failed_verifications += 1
        elif trigger == "hand_back":
            self._hand_back(step)

    def _dispatch(self, step: Step, deadlines: Deadlines) -> None:
        department = step.data.get("department") or self.previous_department
        if self.dispatched_at is None:
            self.dispatched_at = step.at
            self.dispatcher = step.actor
            self.first_department = department
            self.is_first_on_time = deadlines.is_met("dispatch", step.at)
        elif department != self.previous_department:
            self.has_wrong = True
        if step.trigger == "rework" and department == self.previous_department:
            self.rework_rounds += 1
        kept_kind = self.department_kind if department == self.previous_department else None
        self.department_kind = step.data.get("department_kind", kept_kind)
        self.department = self.previous_department = department
        self.last_dispatched_at = step.at
        self.is_in_force = True

    def _hand_back(self, step: Step) -> None:
        self.hand_backs += 1
        limit_ends_at = moment_of(step.data.get("hand_back_due_at"))
        if limit_ends_at is not None and step.at > limit_ends_at:
            self.late_hand_backs += 1

    def keys(self) -> dict[str, Any]:
        """The keys and moments of the fact row that this part knows."""
        return {
            "department": self.department,
            "department_kind": self.department_kind,
            "first_department": self.first_department,
            "dispatcher": self.dispatcher,
            "dispatched_at": self.dispatched_at,
            "last_dispatched_at": self.last_dispatched_at,
        }
