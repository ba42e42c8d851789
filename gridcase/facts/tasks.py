"""Tasks of inspectors (核实, 核查) and the duties of the desk to send them (evaluation.md 3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gridcase.facts.acts import Act, acts_text, count_acts
from gridcase.facts.deadlines import Deadlines
from gridcase.facts.history import Step
from gridcase.facts.stages import is_ending

_CLOCK = {"confirm": "confirmation", "verify": "verification"}
_SENDS = {"send_confirmation": "confirm", "send_verification": "verify", "ask_more": "verify"}
_ANSWERS = {
    "confirm": "confirm",
    "confirm_absent": "confirm",
    "verify_pass": "verify",
    "verify_fail": "verify",
    "verify_unable": "verify",
}


@dataclass(slots=True)
class Tasks:
    """Acts in the order in which they were closed, the open ones last; `sent_at`, `answered_at` of the last task."""

    acts: list[Act] = field(default_factory=list)
    open_task: Act | None = None
    confirm_duty_from: datetime | None = None
    verify_duty_from: datetime | None = None
    sent_at: dict[str, datetime] = field(default_factory=dict)
    answered_at: dict[str, datetime | None] = field(default_factory=dict)

    def take(self, step: Step, deadlines: Deadlines, *, needs_confirmation: bool) -> None:
        """Fold one step in; `deadlines` as they stood before it."""
        trigger = step.trigger
        if trigger == "report" and needs_confirmation:
            self.confirm_duty_from = step.at
        elif trigger in _ANSWERS:
            self._answer(_ANSWERS[trigger], step.at, deadlines)
        elif trigger == "reassign" and self.open_task is not None:
            self._reassign(self.open_task, step, deadlines)
        if trigger in ("send_confirmation", "send_verification", "return_feedback"):
            self._meet_duty(step, deadlines)
        if trigger in _SENDS:
            self._send(_SENDS[trigger], step)
        if trigger in ("give_feedback", "verify_unable"):
            self.verify_duty_from = step.at
        if is_ending(step):
            # A duty cut off by another ending of the case is not owed.
            self.confirm_duty_from = self.verify_duty_from = None

    def _send(self, kind: str, step: Step) -> None:
        self._keep_open_task()
        inspector = step.data.get("inspector")
        self.open_task = Act(kind, step.at, inspector, is_done=False, is_on_time=False)
        self.sent_at[kind], self.answered_at[kind] = step.at, None

    def _answer(self, kind: str, at: datetime, deadlines: Deadlines) -> None:
        if self.open_task is None:
            return
        is_on_time = deadlines.is_met(_CLOCK[kind], at)
        self.acts.append(replace(self.open_task, is_done=True, is_on_time=is_on_time))
        self.open_task = None
        self.answered_at[kind] = at

    def _reassign(self, task: Act, step: Step, deadlines: Deadlines) -> None:
        due_at = deadlines.of(_CLOCK[task.kind])
        if due_at is None or step.at < due_at:
            # Taken away before its deadline: the first inspector did not receive it for good.
            self.open_task = None
        self._send(task.kind, step)

    def _keep_open_task(self) -> None:
        if self.open_task is not None:
            self.acts.append(self.open_task)
            self.open_task = None

    def _meet_duty(self, step: Step, deadlines: Deadlines) -> None:
        person, at = step.actor, step.at
        if step.trigger == "send_confirmation":
            since, self.confirm_duty_from = self.confirm_duty_from, None
            # Where the channel needs none, or it was sent already, the duty arises with the sending itself.
            is_on_time = since is None or deadlines.is_met("intake", at)
            self.acts.append(Act("confirm_send", since or at, person, is_done=True, is_on_time=is_on_time))
        elif self.verify_duty_from is not None:
            since, self.verify_duty_from = self.verify_duty_from, None
            is_on_time = deadlines.is_met("verification_sending", at)
            self.acts.append(Act("verify_send", since, person, is_done=True, is_on_time=is_on_time))

    def _all_acts(self) -> list[Act]:
        acts = list(self.acts)
        if self.open_task is not None:
            acts.append(self.open_task)
        for kind, since in (("confirm_send", self.confirm_duty_from), ("verify_send", self.verify_duty_from)):
            if since is not None:
                acts.append(Act(kind, since, None, is_done=False, is_on_time=False))
        return acts

    def columns(self) -> dict[str, Any]:
        """The task and duty columns, their acts, the earliest and the latest moment they are counted by."""
        acts = self._all_acts()
        answer: dict[str, Any] = dict(count_acts(acts))
        moments = [act.at for act in acts]
        answer["acts"] = acts_text(acts)
        answer["acts_from"] = min(moments, default=None)
        answer["acts_to"] = max(moments, default=None)
        answer["confirm_sent_at"] = self.sent_at.get("confirm")
        answer["confirmed_at"] = self.answered_at.get("confirm")
        answer["verify_sent_at"] = self.sent_at.get("verify")
        answer["verified_at"] = self.answered_at.get("verify")
        return answer
