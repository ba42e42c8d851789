"""The answers about what goes beside the flow: supervision orders, findings, call-backs, proposals, notices."""

from __future__ import annotations

from typing import Literal

from gridcase.web.api.fields import Moment, Reply


class OrderReply(Reply):
    """What became of a supervision order or a reply; `number` is the order's own, `case` that of the case."""

    id: str
    number: str
    case: str
    version: int


class FollowUpReply(Reply):
    """What became of a reminder, a finding, its revocation or a call-back."""

    id: str
    number: str
    version: int


class NoticeReply(Reply):
    """A notice about the case; `to` is a department, a role code, or `reporter`."""

    kind: str
    to: str
    channel: str
    created_at: Moment
    state: str


class NoticesReply(Reply):
    """The notices about a case in the order in which they were stored."""

    items: list[NoticeReply]


class ProposalReply(Reply):
    """A supervision order that an escalation proposes and a person gives; nothing happens by itself."""

    kind: str
    level: int
    department: str | None
    desk: str | None
    state: str
    entered_at: Moment
    longest_stay: str
    escalated_at: Moment
    escalate_to: str


class OfferedReply(Reply):
    """An act beside the flow that this person may do, with the order or finding that it belongs to."""

    act: Literal["supervise", "remind", "reply_supervision", "find", "revoke_finding", "call_back"]
    order: str | None = None
    finding: str | None = None
    proposals: list[ProposalReply] | None = None


class SupervisionOrderReply(Reply):
    """A supervision order with its own reply clock; `late_seconds` runs on until there is a reply."""

    id: str
    number: str
    level: int
    department: str | None = None
    desk: str | None = None
    given_by: str
    given_at: Moment
    text: str
    reply_by: Moment
    reply: str | None = None
    replied_by: str | None = None
    replied_at: Moment | None = None
    late_seconds: int


class FindingReply(Reply):
    """A finding; it stands while nobody revoked it."""

    id: str
    kind: str
    reason: str
    found_by: str
    found_at: Moment
    revoked_by: str | None = None
    revoked_at: Moment | None = None
    revoke_reason: str | None = None


class CallBackReply(Reply):
    """A call-back to the reporter; the last one counts."""

    id: str
    satisfied: bool
    opinion: str | None = None
    called_by: str
    called_at: Moment
