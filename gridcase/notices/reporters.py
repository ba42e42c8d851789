"""Tells reporters what became of their reports; whose case was merged, also what became of the main case (flow.md 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from gridcase.cases.book import Desk, Rulebook
from gridcase.cases.casefile import CaseFile
from gridcase.cases.loading import load_case
from gridcase.cases.models import Case
from gridcase.cases.steps import moment_from, moment_text
from gridcase.clock import CHINA
from gridcase.db import Database, table_of
from gridcase.directory.service import set_site_fact, site_fact
from gridcase.notices.service import Notice, store
from gridcase.notices.texts import notice_text
from gridcase.resources import SiteFolder, find_site

KIND = "report_result"
# Up to which moment the ends of cases have been told.
TOLD_UNTIL = "reporters_told_until"
# A step may be committed a little after a later one was; what was told already is not told again.
_LOOK_BACK = timedelta(days=1)

_CASE = table_of(Case).c


@dataclass(frozen=True, slots=True)
class ReporterSummary:
    """How many ended cases a run looked at, and how many notices it stored."""

    case_count: int
    told_count: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name."""
        return asdict(self)


def tell_reporters(
    database: Database, book: Rulebook, now: datetime, *, site: SiteFolder | None = None
) -> ReporterSummary:
    """Store a notice for the reporter of each case that ended by `now` (aware), and of each that was merged into it.

    Every reporter is told once of each end. Safe to run again and to be missed: a run goes on where the last one
    stopped. Raises DefinitionError `bad_template`. Source: flow.md 4 (`reject`) and 5 (merge).
    """
    at, place = now.astimezone(UTC).replace(microsecond=0), site or find_site()
    with database.reading() as connection:
        desk = Desk(connection, book, at)
        numbers = list(_ended(desk, since=_since(desk)))
        notices = [notice for number in numbers for notice in _notices(desk, number, place)]
    with database.transaction() as connection:
        told = sum(store(connection, book.district, notice) for notice in notices)
        set_site_fact(connection, book.district, TOLD_UNTIL, value=moment_text(at))
    return ReporterSummary(len(numbers), told)


def _since(desk: Desk) -> datetime:
    mark = site_fact(desk.connection, desk.district, TOLD_UNTIL)
    last = moment_from(mark) if mark else desk.now
    return min(last, desk.now) - _LOOK_BACK


def _ended(desk: Desk, *, since: datetime) -> Iterator[str]:
    query = select(_CASE.number).where(
        _CASE.district == desk.district, _CASE.ended_at >= since, _CASE.ended_at <= desk.now
    )
    yield from desk.connection.execute(query.order_by(_CASE.number)).scalars()


def _notices(desk: Desk, number: str, site: SiteFolder) -> Iterator[Notice]:
    """What is to be said about the end of one case."""
    ended = load_case(desk, number)
    if ended is not None:
        for own in _concerned(desk, ended):
            yield _notice(desk, own, ended, site=site)


def _concerned(desk: Desk, ended: CaseFile) -> Iterator[CaseFile]:
    """The case and those merged into it, one into the other, as far as somebody reported them who can be told."""
    waiting = [ended.number]
    while waiting:
        number = waiting.pop(0)
        case = load_case(desk, number)
        if case is not None and _has_reporter(case, ended):
            yield case
        query = select(_CASE.number).where(_CASE.district == desk.district, _CASE.main_case == number)
        waiting += desk.connection.execute(query.order_by(_CASE.number)).scalars()


def _has_reporter(case: CaseFile, ended: CaseFile) -> bool:
    """An inspector, unless it was he who ended the case; or somebody who left a name or a number."""
    if case.fields.get("reporter_name") or case.fields.get("reporter_phone"):
        return True
    first, last = case.entries[0].step, _ending(ended)
    return first.role == "inspector" and first.actor != last.actor


def _ending(case: CaseFile) -> Any:
    return next(entry.step for entry in case.entries if entry.step.to_state == case.state)


def _notice(desk: Desk, own: CaseFile, ended: CaseFile, *, site: SiteFolder) -> Notice:
    state = ended.definition.states[ended.state or ""]
    refusal = ended.last_step("reject")
    values = {
        "number": own.number,
        "sub_name": own.fields["sub_name"],
        "address": own.fields.get("address") or "",
        "state": state.name,
        "state_label": state.label,
        "main_case": ended.main_case or (ended.number if ended.number != own.number else ""),
        "reason": refusal.reason if refusal is not None else "",
        "ended_at": f"{_ending(ended).at.astimezone(CHINA):%Y-%m-%d %H:%M}",
    }
    return Notice(
        kind=KIND,
        department=None,
        on_day=desk.now.astimezone(CHINA).date(),
        text=notice_text(site, KIND, values),
        created_at=desk.now,
        dedupe_key=f"{KIND}:{own.number}:{ended.number}",
        number=own.number,
    )
