"""The job that finds what nobody moves: it escalates a stay that is too long, once, and tells the role in charge."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Select, and_, exists, not_, or_, select

from gridcase.cases.book import Desk, Rulebook, write
from gridcase.cases.clocks import Timing
from gridcase.cases.models import Case, ClockRun, HoldRow
from gridcase.cases.shown import china_text
from gridcase.cases.stays import Escalated, LongestStay, escalate, longest_stay
from gridcase.clock import CHINA
from gridcase.db import Database, table_of
from gridcase.directory.queries import find_department
from gridcase.engine.definition import Definition, State
from gridcase.errors import ChangedMeanwhile
from gridcase.notices.service import Notice, store
from gridcase.notices.texts import notice_text
from gridcase.resources import SiteFolder, find_site

KIND = "escalation"
_CASE, _RUN, _HOLD = table_of(Case).c, table_of(ClockRun).c, table_of(HoldRow).c
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchSummary:
    """What a run found at `at`: the cases that it escalated; `left_count` were in other hands and wait for the next."""

    at: datetime
    cases: tuple[str, ...]
    left_count: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name; the moment in China time."""
        return {
            "at": china_text(self.at),
            "escalated_count": len(self.cases),
            "left_count": self.left_count,
            "cases": list(self.cases),
        }


def watch(
    database: Database, book: Rulebook, now: datetime, *, site: SiteFolder | None = None
) -> WatchSummary:
    """Escalate every stay that is longer than its state's longest stay at `now` (aware), each in its own transaction.

    The step and the notice to the state's `escalate_to` are written together, so that a stay is told once however
    often or in how many processes at once this runs. `site` (default: the one found) gives the text. Raises
    DefinitionError `bad_template`. Source: flow.md 5 and 9.
    """
    at = now.replace(microsecond=0)
    place = site or find_site()
    with database.reading() as connection:
        numbers = list(_candidates(Desk(connection, book, at)))
    escalated, left = [], 0
    for number in numbers:
        try:
            if write(database, book, at, act=partial(_tell, number=number, site=place)):
                escalated.append(number)
        except ChangedMeanwhile:
            left += 1
    summary = WatchSummary(at, tuple(escalated), left)
    if escalated:
        _LOG.info("escalated %s", json.dumps(summary.as_dict(), ensure_ascii=False))
    return summary


def _tell(desk: Desk, *, number: str, site: SiteFolder) -> bool:
    found = escalate(desk, number)
    if found is None:
        return False
    # The step was the first of this stay, so the notice is new, too.
    store(desk.connection, desk.district, _notice(desk, found, site))
    return True


def _notice(desk: Desk, found: Escalated, site: SiteFolder) -> Notice:
    case, stay = found.case, found.stay
    state = case.definition.states[case.state or ""]
    owner = case.definition.roles.get(state.owner or "")
    is_of_department = owner is not None and not owner.centre
    values = {
        "number": case.number,
        "sub_name": case.fields["sub_name"],
        "address": case.fields.get("address") or "",
        "state": state.label,
        "owner": owner.label if owner is not None else state.owner,
        "department": _name_of(desk, case.department) if is_of_department else "",
        "longest_stay": stay.longest_stay,
        "entered_at": _shown(stay.entered_at),
        "at": _shown(desk.now),
    }
    return Notice(
        kind=KIND,
        department=None,
        on_day=desk.now.astimezone(CHINA).date(),
        text=notice_text(site, KIND, values),
        created_at=desk.now,
        dedupe_key=f"{KIND}:{case.number}:{stay.entered_no}",
        role=found.to,
        number=case.number,
    )


def _name_of(desk: Desk, department: str | None) -> str:
    card = find_department(desk.connection, desk.district, department) if department else None
    return card.name if card is not None else department or ""


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


# --- which cases to look at -----------------------------------------------------------------------------------


def _candidates(desk: Desk) -> Iterator[str]:
    """The open cases whose stay is too long by the rows alone, in order of state; holds are judged with the case.

    Holds only lengthen a stay, so none is overlooked; what was told already or is held is passed over by the rows.
    """
    for definition in desk.book.flows.by_version.values():
        for state in definition.states.values():
            if not state.terminal:
                yield from _in_state(desk, definition, state)


def _in_state(desk: Desk, definition: Definition, state: State) -> Iterator[str]:
    clocks = desk.book.clock_desk

    @lru_cache(maxsize=1024)
    def longest(limit: str | None, workday: str | None, slots: str | None) -> LongestStay:
        run = Timing(limit, workday or "", _slots(slots)) if limit is not None else None
        return longest_stay(state, definition, clocks, run=run)

    # Sorted here: asked to sort, SQLite would read all cases of the district in the order of their numbers.
    rows = sorted(desk.connection.execute(_select(desk, definition, state)))
    for number, entered_at, limit, workday, slots in rows:
        ends_at, _text = longest(limit, workday, slots).ends_at(entered_at, clocks)
        if desk.now > ends_at:
            yield number


def _select(desk: Desk, definition: Definition, state: State) -> Select[Any]:
    """Number, entry, and how the state's clock runs, of the cases in a state that may have to be told."""
    run = and_(
        _RUN.district == _CASE.district,
        _RUN.number == _CASE.number,
        _RUN.clock == (state.clock or ""),
        _RUN.is_open,
    )
    is_released = exists().where(
        _HOLD.district == _CASE.district,
        _HOLD.number == _CASE.number,
        _HOLD.to_at.is_(None),
        _HOLD.until_at <= desk.now,
    )
    return (
        select(_CASE.number, _CASE.entered_at, _RUN.limit_text, _RUN.workday, _RUN.slots)
        .join_from(table_of(Case), table_of(ClockRun), run, isouter=True)
        .where(
            _CASE.district == desk.district,
            # A case in a state with a way out is open: the index of states finds these and no others.
            _CASE.state == state.name,
            _CASE.workflow == definition.name,
            _CASE.definition_version == definition.version,
            _CASE.is_open,
            _CASE.escalated_at.is_(None),
            _CASE.entered_at < desk.now,
            or_(not_(_CASE.is_held), is_released),
        )
    )


def _slots(text: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((start, end) for start, end in json.loads(text or "[]"))
