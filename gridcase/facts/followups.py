"""What goes with a case beside its flow: supervision orders, findings and call-backs (flow.md 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridcase.facts.history import Step
from gridcase.facts.texts import moment_of, moments_text


@dataclass(slots=True)
class FollowUps:
    """Orders addressed to a department by id with their reply deadline; findings in force by id; the last call-back."""

    open_orders: dict[str, datetime | None] = field(default_factory=dict)
    orders: int = 0
    late_orders: int = 0
    findings: dict[str, str] = field(default_factory=dict)
    is_surveyed: bool = False
    is_satisfied: bool = False

    def take(self, step: Step) -> None:
        """Fold one step in.

        A workflow may call a move of its own by one of these triggers: that one carries no such record.
        """
        trigger, data = step.trigger, step.data
        if "order" in data:
            self._take_order(step)
        elif trigger == "find" and "finding" in data:
            self.findings[data["finding"]] = data["finding_kind"]
        elif trigger == "revoke_finding" and "finding" in data:
            self.findings.pop(data["finding"], None)
        elif trigger == "call_back" and "satisfied" in data:
            self.is_surveyed, self.is_satisfied = True, bool(data["satisfied"])

    def _take_order(self, step: Step) -> None:
        data = step.data
        if step.trigger == "reply_supervision":
            self._reply(data["order"], step.at)
        elif step.trigger == "supervise" and data.get("department"):
            self.orders += 1
            self.open_orders[data["order"]] = moment_of(data.get("reply_by"))

    def _reply(self, order: str, at: datetime) -> None:
        # An order addressed to a desk is not among the open ones, and its reply counts for no department.
        reply_by = self.open_orders.pop(order, None)
        if reply_by is not None and at > reply_by:
            self.late_orders += 1

    def has_finding(self, kind: str) -> bool:
        """Whether a finding of this kind stands, not revoked."""
        return kind in self.findings.values()

    def order_columns(self) -> dict[str, Any]:
        """Orders to departments: all, answered too late, and the reply deadlines of those still open.

        Whether an open order is unanswered at its own deadline depends on the as-of moment: `columns_at`.
        """
        deadlines = [reply_by for reply_by in self.open_orders.values() if reply_by is not None]
        return {
            "supervised": self.orders,
            "supervision_late": self.late_orders,
            "supervision_open": moments_text(deadlines),
            "supervision_open_from": min(deadlines, default=None),
            "supervision_open_to": max(deadlines, default=None),
        }
