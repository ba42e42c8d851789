"""Replays the steps of cases: through the definitions they were made under, and into the rows that mirror them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, delete, insert

from gridcase.cases.book import Desk, Rulebook, write
from gridcase.cases.case_check import PHOTOS, HeldCase, check_case, folded
from gridcase.cases.casefile import CaseFile
from gridcase.cases.chain import TABLE as STEP
from gridcase.cases.clocks import redue_effect
from gridcase.cases.differences import Difference
from gridcase.cases.guards import GUARDS
from gridcase.cases.holding import hold_cases
from gridcase.cases.mirrors import MIRRORS, Mirror
from gridcase.cases.models import case_fact
from gridcase.cases.settled import declare_void
from gridcase.cases.verifying import all_numbers, held_cases
from gridcase.db import Database
from gridcase.engine import FlowTable
from gridcase.errors import NotFound

# The version of the flow that the step was made under has no such move.
NO_MOVE = "no_such_move"
# The due moment of an open clock is not that of the calendar in force; the job `recompute_due` brings it there.
OUTDATED = "due_outdated"
_BY_NAME = {mirror.name: mirror for mirror in MIRRORS}


@dataclass(frozen=True, slots=True)
class Replayed:
    """One case: what differs from its replay, and what of it was written anew."""

    number: str
    differences: tuple[Difference, ...]
    mended: tuple[Difference, ...] = ()


@dataclass
class Tables:
    """The definitions as plain tables, each made when it is first asked for."""

    book: Rulebook
    _known: dict[tuple[str, int], FlowTable] = field(default_factory=dict)

    def get(self, name: str, version: int) -> FlowTable | None:
        """The table of a version, or None when nobody knows it any more."""
        key = (name, version)
        if key not in self._known:
            try:
                self._known[key] = FlowTable(self.book.flows.get(*key), GUARDS)
            except NotFound:
                return None
        return self._known[key]


def replay(
    database: Database, book: Rulebook, now: datetime, *, numbers: Sequence[str] = (), is_check: bool = True
) -> Iterator[Replayed]:
    """Replay all cases in order of their numbers, or only these.

    With `is_check` nothing is written. Else the rows that mirror a sound history are made anew from it; a history
    that is not sound is told and left alone, and so are its rows.
    """
    tables = Tables(book)
    chunks = (
        ([number] for number in sorted(set(numbers))) if numbers else all_numbers(database, book.district)
    )
    for chunk in chunks:
        with database.reading() as connection:
            desk = Desk(connection, book, now)
            found = [
                (held.number, _differences(desk, held, tables))
                for held in held_cases(connection, book.district, chunk)
            ]
        for number, differences in found:
            if is_check or not _may_be_mended(differences):
                yield Replayed(number, differences)
            else:
                mended = write(database, book, now, act=partial(mend, number=number))
                left = tuple(one for one in differences if one not in mended)
                yield Replayed(number, left, tuple(mended))


def _differences(desk: Desk, held: HeldCase, tables: Tables) -> tuple[Difference, ...]:
    found = list(check_case(desk.connection, desk.book, held))
    case = folded(desk.book, held.number, held.steps) if held.steps else None
    if isinstance(case, CaseFile):
        found += _check_flow(case, tables)
        if not any(_is_of_history(one) for one in found):
            found += _check_clocks(desk, case)
    return tuple(found)


def _check_flow(case: CaseFile, tables: Tables) -> Iterator[Difference]:
    """Every step that its version of the flow does not have."""
    state, version = None, case.entries[0].definition_version
    for entry in case.entries:
        step, table = entry.step, tables.get(case.definition.name, entry.definition_version)
        if table is not None and table.definition.rows(step.trigger):
            is_known = table.leads(step.trigger, state, step.to_state)
        else:
            # Requests, orders and the program keep the state, unless the case goes over to another version.
            is_known = table is not None and (step.to_state == state or entry.definition_version != version)
        if not is_known:
            yield Difference(case.number, STEP, NO_MOVE, {"no": step.no}, "trigger", step.trigger)
        state, version = step.to_state, entry.definition_version


def _check_clocks(desk: Desk, case: CaseFile) -> Iterator[Difference]:
    """Every open clock whose due moment is not that of the calendar in force."""
    for run in case.runs.open_runs() if case.is_open else ():
        effect = redue_effect(run, desk.now, desk.book.clock_desk)
        if effect is not None and effect.due_at != run.due_at:
            key = {"clock": run.clock, "run": run.run}
            yield Difference(case.number, "clock_run", OUTDATED, key, "due_at", run.due_at, effect.due_at)


# --- mending -------------------------------------------------------------------------------------------------


def _is_of_history(found: Difference) -> bool:
    return found.table in (STEP, PHOTOS)


def _may_be_mended(found: Sequence[Difference]) -> bool:
    """Rows are made anew from a history that is sound, never from one that was altered."""
    return any(_is_of_mirror(one) for one in found) and not any(one.table == STEP for one in found)


def _is_of_mirror(found: Difference) -> bool:
    return found.table in _BY_NAME and found.code != OUTDATED


def mend(desk: Desk, number: str, *, only: str | None = None) -> list[Difference]:
    """Make the differing tables of one case anew, or `only` the one of that name, if its history is sound.

    Answers what was mended.
    """
    hold_cases(desk.connection, desk.district, [number])
    (held,) = held_cases(desk.connection, desk.district, [number])
    found = list(check_case(desk.connection, desk.book, held))
    case = folded(desk.book, held.number, held.steps) if held.steps else None
    if not _may_be_mended(found) or not isinstance(case, CaseFile):
        return []
    mended = [one for one in found if _is_of_mirror(one) and only in (None, one.table)]
    for name in dict.fromkeys(one.table for one in mended):
        _write_anew(desk.connection, desk.district, _BY_NAME[name], case=case)
    return mended


def _write_anew(connection: Connection, district: str, mirror: Mirror, *, case: CaseFile) -> None:
    table, keys = mirror.table, {"district": district, "number": case.number}
    connection.execute(delete(table).where(table.c.district == district, table.c.number == case.number))
    rows = [{**keys, **row} for row in mirror.rows(case)]
    if rows:
        connection.execute(insert(table), rows)
    if table is case_fact:
        declare_void(connection, district)
