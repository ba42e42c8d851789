"""What goes with a case beside its flow, folded from its steps: supervision orders, findings, call-backs, escalation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from gridcase.cases.steps import Entry, moment_from


@dataclass(slots=True)
class SupervisionOrder:
    """An order (督办) to a department or to a desk, a role code, with a reply clock of its own (flow.md 5)."""

    id: str
    number: str
    level: int
    department: str | None
    desk: str | None
    given_by: str
    given_at: datetime
    text: str
    reply_by: datetime
    reply: str | None = None
    replied_by: str | None = None
    replied_at: datetime | None = None

    def late_seconds(self, now: datetime) -> int:
        """Seconds from `reply_by` to the reply, or to `now` while there is none; 0 when in time."""
        return max(0, int(((self.replied_at or now) - self.reply_by).total_seconds()))


@dataclass(slots=True)
class Finding:
    """A finding (认定) `faked`, `buck_passed` or `missed`; it stands until it is revoked."""

    id: str
    kind: str
    reason: str
    found_by: str
    found_at: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None
    revoke_reason: str | None = None

    @property
    def stands(self) -> bool:
        return self.revoked_at is None


@dataclass(slots=True)
class CallBack:
    """A call-back (回访) to the reporter; the last one counts."""

    id: str
    is_satisfied: bool
    opinion: str | None
    called_by: str
    called_at: datetime


@dataclass(slots=True)
class Escalation:
    """The escalation (升级) of the present stay: to which role, after how long a stay was too long.

    It proposes a supervision order until one is given.
    """

    at: datetime
    to: str
    longest_stay: str
    is_answered: bool = False


@dataclass(slots=True)
class FollowUps:
    """Orders, findings and call-backs by id in the order in which they were made; the escalation of the present stay."""

    orders: dict[str, SupervisionOrder] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    call_backs: dict[str, CallBack] = field(default_factory=dict)
    escalation: Escalation | None = None

    def take(self, entry: Entry) -> None:
        """Fold one entry in."""
        step = entry.step
        record, absorb = _BY_TRIGGER.get(step.trigger, _NOTHING)
        # A workflow may call a move of its own by one of these names: that one carries no such record.
        if record in step.data:
            absorb(self, entry)
        if step.from_state != step.to_state:
            self.escalation = None


def _supervise(known: FollowUps, entry: Entry) -> None:
    step, data = entry.step, entry.step.data
    known.orders[data["order"]] = SupervisionOrder(
        id=data["order"],
        number=data["order_number"],
        level=data["level"],
        department=data.get("department"),
        desk=data.get("desk"),
        given_by=step.actor,
        given_at=step.at,
        text=entry.opinion or "",
        reply_by=moment_from(data["reply_by"]),
    )
    if known.escalation is not None:
        known.escalation.is_answered = True


def _reply(known: FollowUps, entry: Entry) -> None:
    order = known.orders[entry.step.data["order"]]
    order.reply, order.replied_by, order.replied_at = entry.opinion, entry.step.actor, entry.step.at


def _find(known: FollowUps, entry: Entry) -> None:
    step, data = entry.step, entry.step.data
    known.findings[data["finding"]] = Finding(
        data["finding"], data["finding_kind"], entry.reason or "", step.actor, step.at
    )


def _revoke(known: FollowUps, entry: Entry) -> None:
    finding = known.findings[entry.step.data["finding"]]
    finding.revoked_by, finding.revoked_at = entry.step.actor, entry.step.at
    finding.revoke_reason = entry.reason


def _call_back(known: FollowUps, entry: Entry) -> None:
    step, data = entry.step, entry.step.data
    known.call_backs[data["call_back"]] = CallBack(
        data["call_back"], data["satisfied"], entry.opinion, step.actor, step.at
    )


def _escalate(known: FollowUps, entry: Entry) -> None:
    data = entry.step.data
    known.escalation = Escalation(entry.step.at, data["escalate_to"], data["longest_stay"])


_BY_TRIGGER: dict[str, tuple[str, Callable[[FollowUps, Entry], None]]] = {
    "supervise": ("order", _supervise),
    "reply_supervision": ("order", _reply),
    "find": ("finding", _find),
    "revoke_finding": ("finding", _revoke),
    "call_back": ("call_back", _call_back),
    "escalate": ("escalate_to", _escalate),
}
_NOTHING: tuple[str, Callable[[FollowUps, Entry], None]] = ("", lambda _known, _entry: None)
