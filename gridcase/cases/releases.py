"""The end of suspensions and deferrals by their date, without anyone's hand (flow.md 5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, Request
from gridcase.cases.clocks import resume_effect
from gridcase.cases.runs import Run
from gridcase.cases.writing import Draft
from gridcase.clock import CHINA
from gridcase.directory.people import SYSTEM, Actor

HOLDING_KINDS = ("suspension", "deferral")


def until_moment(until: str) -> datetime:
    """00:00 China time of a date `YYYY-MM-DD`, in UTC: the first moment at which the hold is over."""
    return datetime.combine(date.fromisoformat(until), time(), CHINA).astimezone(UTC)


def holding_requests(case: CaseFile) -> list[Request]:
    """The granted suspensions and deferrals that hold the case now."""
    if not case.is_open:
        return []
    return [
        request
        for request in case.requests.values()
        if request.kind in HOLDING_KINDS and request.state == "granted"
    ]


def held_run(case: CaseFile, request: Request) -> Run | None:
    """The run of the request's clock that lies held."""
    rule = case.definition.requests.get(request.kind)
    run = case.runs.latest(rule.clock) if rule is not None and rule.clock else None
    return run if run is not None and run.is_open and run.open_hold is not None else None


def release_draft(
    desk: Desk, case: CaseFile, request: Request, *, by: tuple[Actor, str], at: datetime
) -> Draft:
    """The step that ends a hold at `at`, `by` a person in a role."""
    run = held_run(case, request)
    return Draft(
        trigger="release",
        to_state=case.state or "",
        actor=by[0],
        role=by[1],
        data={"request": request.id, "request_kind": request.kind},
        effects=[resume_effect(run, at, desk.book.clock_desk)] if run is not None else [],
        at=at,
    )


def due_releases(desk: Desk, case: CaseFile) -> list[Draft]:
    """The releases that are due by `desk.now`, each at the moment of its date, however late they come to be written."""
    drafts = []
    for request in holding_requests(case):
        at = until_moment(request.until) if request.until else None
        if at is not None and at <= desk.now:
            drafts.append(release_draft(desk, case, request, by=(SYSTEM, "system"), at=at))
    return drafts
