"""Replays the dispatches of a period against another set of responsibility rules; reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, apply
from gridcase.cases.models import StepRow
from gridcase.cases.responsibility import Rule, RuleSet, Subject
from gridcase.cases.steps import Entry
from gridcase.cases.store import load_entries
from gridcase.cases.suggesting import Asking, Choice, is_choosing, suggest
from gridcase.clock import CHINA
from gridcase.db import table_of
from gridcase.engine.definition import Transition

_STEP = table_of(StepRow).c


@dataclass(frozen=True, slots=True)
class Replayed:
    """One dispatch: where it went, and what the rules of its day and the other set suggest (None: nothing)."""

    number: str
    no: int
    at: datetime
    category: str
    went_to: str
    before: Choice | None
    after: Choice | None

    @property
    def would_go_to(self) -> str:
        """The department by the other set; where that suggests nothing, the one that it went to."""
        return self.after.card.code if self.after else self.went_to

    @property
    def is_elsewhere(self) -> bool:
        return self.would_go_to != self.went_to

    @property
    def is_changed(self) -> bool:
        """Whether the two sets suggest different departments."""
        return _code(self.before) != _code(self.after)


def _code(choice: Choice | None) -> str | None:
    return choice.card.code if choice else None


@dataclass(frozen=True, slots=True)
class Comparing:
    """The rules as they are stored, each judged on the day of the dispatch, and the other set as it reads `on` a day."""

    before: RuleSet
    after: RuleSet
    on: date


def replay_dispatches(
    desk: Desk,
    span: tuple[datetime, datetime],
    comparing: Comparing,
    *,
    numbers: Iterable[str] | None = None,
) -> Iterator[Replayed]:
    """The dispatches of `[start, end)` by number and step: those where somebody chose the department, no rework.

    Each case is judged as it stood before the dispatch: category, place, and who had sent it back. Of the cases with
    these numbers alone, when they are given.
    """
    chosen = dispatched_cases(desk, span) if numbers is None else numbers
    for number in chosen:
        yield from _replay_case(desk, number, span=span, comparing=comparing)


def dispatched_cases(desk: Desk, span: tuple[datetime, datetime]) -> list[str]:
    """The numbers, in order, of the cases with a dispatch in `[start, end)`."""
    flows = desk.book.flows
    triggers = {
        name
        for definition in flows.by_version.values()
        for name in definition.triggers
        if any(is_choosing(row) for row in definition.rows(name))
    }
    query = (
        select(_STEP.number)
        .where(
            _STEP.district == desk.district,
            _STEP.at >= span[0],
            _STEP.at < span[1],
            _STEP.trigger.in_(triggers),
        )
        .distinct()
    )
    return sorted(desk.connection.scalars(query))


def _replay_case(
    desk: Desk, number: str, *, span: tuple[datetime, datetime], comparing: Comparing
) -> Iterator[Replayed]:
    entries = load_entries(desk.access, desk.district, number)
    name = str(entries[0].step.data["workflow"])
    case = CaseFile(number, desk.book.flows.get(name, entries[0].definition_version))
    for entry in entries:
        if entry.definition_version != case.definition.version:
            case.definition = desk.book.flows.get(name, entry.definition_version)
        step = entry.step
        rows = [
            row for row in case.definition.rows(step.trigger) if case.state in row.froms and is_choosing(row)
        ]
        if rows and span[0] <= step.at < span[1] and step.data.get("department"):
            yield _replayed(
                case, entry, first=partial(_first, desk.at(step.at), case, rows), comparing=comparing
            )
        apply(case, entry)


def _first(
    desk: Desk, case: CaseFile, rows: Sequence[Transition], *, rules_of: Callable[[Subject], Iterable[Rule]]
) -> Choice | None:
    return suggest(desk, case, rows, asking=Asking(most=1, rules_of=rules_of)).first


def _replayed(
    case: CaseFile,
    entry: Entry,
    *,
    first: Callable[..., Choice | None],
    comparing: Comparing,
) -> Replayed:
    step, fields = entry.step, case.fields
    day = step.at.astimezone(CHINA).date()
    return Replayed(
        number=case.number,
        no=step.no,
        at=step.at,
        category=f"{fields['kind']}/{fields['main_code']}/{fields['sub_code']}",
        went_to=str(step.data["department"]),
        before=first(rules_of=lambda subject: comparing.before.of(subject, on=day)),
        after=first(rules_of=lambda subject: comparing.after.of(subject, on=comparing.on)),
    )


@dataclass(frozen=True, slots=True)
class DepartmentShift:
    """What changes for a department: dispatches that it had and would have, those that it would lose and gain."""

    department: str
    had: int
    would_have: int
    lost: int
    gained: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What another set would do with dispatches: `undecided_count` is where it suggests nothing."""

    dispatch_count: int
    same_count: int
    elsewhere_count: int
    undecided_count: int
    changed_count: int


def outcome_of(replayed: Sequence[Replayed]) -> Outcome:
    """The dispatches counted by what the other set would do with them."""
    return Outcome(
        dispatch_count=len(replayed),
        same_count=sum(one.after is not None and not one.is_elsewhere for one in replayed),
        elsewhere_count=sum(one.is_elsewhere for one in replayed),
        undecided_count=sum(one.after is None for one in replayed),
        changed_count=sum(one.is_changed for one in replayed),
    )


def shifts_of(replayed: Sequence[Replayed]) -> list[DepartmentShift]:
    """The departments that had or would have dispatches, by code."""
    had = Counter(one.went_to for one in replayed)
    would = Counter(one.would_go_to for one in replayed)
    lost = Counter(one.went_to for one in replayed if one.is_elsewhere)
    gained = Counter(one.would_go_to for one in replayed if one.is_elsewhere)
    return [
        DepartmentShift(code, had[code], would[code], lost[code], gained[code])
        for code in sorted(had.keys() | would.keys())
    ]
