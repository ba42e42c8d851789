"""The rules of requests and hand-backs as a form shows them, with what is left of them in one case (flow.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.clocks import extend_effect
from gridcase.cases.releases import HOLDING_KINDS
from gridcase.cases.requests import (
    CLOCK_KINDS,
    appeal_reasons,
    clock_reasons,
    granted_count,
    most_granted,
)
from gridcase.cases.service import hand_back_due
from gridcase.cases.steps import moment_from
from gridcase.clock import CHINA
from gridcase.engine.definition import RequestRule
from gridcase.errors import Reason

_HAND_BACK = "hand_back"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one kind of request in one case now.

    `used` were granted (of appeals: decided), `most` may be (None = any number); `ask_until` is the due moment after which nobody may ask;
    of an extension `size` is the limit text that one adds and `longer_until` the due moment with it; of a hold
    `first_day` to `last_day` (None = no longest) are the dates to which it may last; `decided_by` is the role that
    decides this one, `later_by` the one that decides the next, where it is another; `forwarded_by` passes it on
    before. `reasons` are against asking now.
    """

    used: int
    most: int | None
    decided_by: str
    later_by: str | None = None
    forwarded_by: str | None = None
    ask_until: datetime | None = None
    size: str | None = None
    longer_until: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def left(self) -> int | None:
        """How many may still be granted; None = any number."""
        return None if self.most is None else max(0, self.most - self.used)


def terms_of(desk: Desk, case: CaseFile, rule: RequestRule) -> Terms:
    """The terms of a kind of request."""
    used, is_clock = used_count(case, rule), rule.kind in CLOCK_KINDS
    run = case.runs.latest(rule.clock) if rule.clock else None
    reasons: list[Reason] = []
    if is_clock:
        reasons = clock_reasons(desk, case, rule)
    elif rule.kind == "appeal":
        reasons = appeal_reasons(case, rule)
    most = most_granted(desk, rule)
    decider, later = rule.decider(used), rule.decider(used + 1)
    has_later = later != decider and (most is None or used + 1 < most)
    size = _size(desk, case, rule)
    longer = None
    if size is not None and run is not None and not reasons:
        effect = extend_effect(run, desk.now, desk.book.clock_desk, asked_at=desk.now, limit=size)
        longer = effect.due_at
    today = desk.now.astimezone(CHINA).date()
    holds = rule.kind in HOLDING_KINDS
    return Terms(
        used=used,
        most=most,
        decided_by=decider,
        later_by=later if has_later else None,
        forwarded_by=rule.forwards,
        ask_until=run.due_at if is_clock and run is not None else None,
        size=size,
        longer_until=longer,
        first_day=today + timedelta(days=1) if holds else None,
        last_day=today + timedelta(days=rule.max_days) if holds and rule.max_days is not None else None,
        reasons=tuple(reasons),
    )


def used_count(case: CaseFile, rule: RequestRule, *, run: int | None = None) -> int:
    """How many of a kind count towards its most: granted ones (`run` as of `granted_count`), of appeals decided ones."""
    if rule.kind != "appeal":
        return granted_count(case, rule, run=run)
    appeals = [request for request in case.requests.values() if request.kind == rule.kind]
    return sum(request.state in ("granted", "refused") for request in appeals)


def _size(desk: Desk, case: CaseFile, rule: RequestRule) -> str | None:
    """The limit that one extension adds."""
    run = case.runs.latest(rule.clock) if rule.clock else None
    if rule.kind != "extension" or run is None:
        return None
    size = rule.size or desk.book.settings.extension.size
    return run.limit if size == "original" else size


@dataclass(frozen=True, slots=True)
class HandBackTerms:
    """What holds for handing a case back: `limit` from the dispatch, which ends at `until`; later counts as late.

    From the `difficult_from`th hand-back the case is flagged difficult; `used` were made already.
    """

    limit: str
    until: datetime | None
    used: int
    difficult_from: int

    @property
    def is_next_difficult(self) -> bool:
        """Whether one more makes the case a difficult one."""
        return self.used + 1 >= self.difficult_from


def hand_back_terms(desk: Desk, case: CaseFile) -> HandBackTerms | None:
    """The terms of a hand-back; None in a flow without any, and for a case that was never dispatched."""
    until = hand_back_due(desk, case) if case.definition.rows(_HAND_BACK) else None
    if until is None:
        return None
    settings = desk.book.settings.hand_back
    used = case.counters.get("hand_back_count", 0)
    return HandBackTerms(settings.limit, moment_from(until), used, settings.difficult_from)
