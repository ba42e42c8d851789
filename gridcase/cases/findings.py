"""Findings (认定) about how a case was handled, and call-backs (回访) to its reporter (flow.md 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.permission import check_roles
from gridcase.cases.records import SHORTEST_REASON
from gridcase.cases.service import not_before, settled_case
from gridcase.cases.texts import check_texts
from gridcase.cases.writing import Draft, append
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotFound, Reason, Refused

FINDING_KINDS = ("faked", "buck_passed", "missed")
FINDS = "shift_supervisor"
CALLS_BACK = "intake_operator"
# Ends without a closing: nothing was handled that a reporter could judge (flow.md 8).
_NOT_CLOSED = frozenset({"rejected", "voided", "merged"})


@dataclass(frozen=True, slots=True)
class FollowUpAnswer:
    """The answer to a finding, its revocation or a call-back: its id in the case, and the case's version."""

    id: str
    number: str
    version: int


def find(desk: Desk, actor: Actor, number: str, *, kind: str, reason: str) -> FollowUpAnswer:
    """Find that handling was faked, responsibility passed on, or a problem missed; at any time after filing.

    Raises NotFound, NotPermitted (`role_missing`, `separation`), Invalid `bad_value`, and Refused with every
    reason: `after` (never filed), `record_missing`.
    """
    case = settled_case(desk, actor, number)
    roles = check_roles(case, actor, (FINDS,))
    if kind not in FINDING_KINDS:
        raise Invalid("bad_value", f"kind must be one of {', '.join(FINDING_KINDS)}", field="kind")
    reasons = [] if was_filed(case) else [Reason("after", {"trigger": "file"})]
    _refuse_for([*reasons, *_missing_reason(desk, reason)])
    finding_id = f"F{len(case.follow_ups.findings) + 1}"
    data = {"finding": finding_id, "finding_kind": kind}
    draft = Draft("find", case.state or "", actor, roles[0], data, reason=reason.strip())
    return _append(desk, case, finding_id, draft=draft)


def was_filed(case: CaseFile) -> bool:
    """Whether the case was ever filed: only then is there something to find about it."""
    return case.filed_at is not None


def revoke_finding(desk: Desk, actor: Actor, number: str, *, finding_id: str, reason: str) -> FollowUpAnswer:
    """Take a finding back: another shift supervisor than the one who made it, with a reason.

    Raises NotFound (`unknown_case`, `unknown_finding`), NotPermitted (`role_missing`, `separation`), and Refused
    with every reason: `not_actor_of`, `finding_revoked`, `record_missing`.
    """
    case = settled_case(desk, actor, number)
    finding = case.follow_ups.findings.get(finding_id)
    if finding is None:
        raise NotFound("unknown_finding", f"the case has no finding {finding_id!r}", finding=finding_id)
    roles = check_roles(case, actor, (FINDS,))
    reasons = []
    if finding.found_by == actor.name:
        reasons.append(Reason("not_actor_of", {"trigger": "find"}))
    if not finding.stands:
        reasons.append(Reason("finding_revoked", {"finding": finding.id, "revoked_at": finding.revoked_at}))
    _refuse_for([*reasons, *_missing_reason(desk, reason)])
    data = {"finding": finding.id, "finding_kind": finding.kind}
    draft = Draft("revoke_finding", case.state or "", actor, roles[0], data, reason=reason.strip())
    return _append(desk, case, finding.id, draft=draft)


def call_back(
    desk: Desk, actor: Actor, number: str, *, is_satisfied: bool, opinion: str | None = None
) -> FollowUpAnswer:
    """Record that the reporter was asked back after the closing, and whether they are satisfied.

    Raises NotFound, NotPermitted (`role_missing`, `separation`), and Refused with every reason: `wrong_state`
    (not closed), `reporter_named`.
    """
    case = settled_case(desk, actor, number)
    roles = check_roles(case, actor, (CALLS_BACK,))
    check_texts(desk, {"opinion": opinion})
    reasons = [] if is_closed(case) else [Reason("wrong_state", {"state": case.state})]
    if not has_named_reporter(case):
        reasons.append(Reason("reporter_named"))
    _refuse_for(reasons)
    call_id = f"H{len(case.follow_ups.call_backs) + 1}"
    data = {"call_back": call_id, "satisfied": is_satisfied}
    draft = Draft(
        "call_back", case.state or "", actor, roles[0], data, opinion=(opinion or "").strip() or None
    )
    return _append(desk, case, call_id, draft=draft)


def is_closed(case: CaseFile) -> bool:
    """Whether the case ended by a closing, whatever the flow calls it."""
    return not case.is_open and case.state not in _NOT_CLOSED


def has_named_reporter(case: CaseFile) -> bool:
    """Whether somebody is known who can be asked back: by name, or by a phone number alone."""
    return bool(case.fields.get("reporter_name") or case.fields.get("reporter_phone"))


def _missing_reason(desk: Desk, reason: str) -> list[Reason]:
    check_texts(desk, {"reason": reason})
    is_told = len(reason.strip()) >= SHORTEST_REASON
    return [] if is_told else [Reason("record_missing", {"field": "reason"}, field="reason")]


def _refuse_for(reasons: Iterable[Reason]) -> None:
    found = list(reasons)
    if found:
        raise Refused(found)


def _append(desk: Desk, case: CaseFile, made: str, *, draft: Draft) -> FollowUpAnswer:
    append(not_before(desk, case), case, draft)
    return FollowUpAnswer(made, case.number, case.version)
