"""How long a case may stay in a state before somebody is told, and the step that says so (flow.md 5 and 9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.clocks import ClockDesk, Timing
from gridcase.cases.loading import load_case
from gridcase.cases.runs import Run
from gridcase.cases.service import not_before, release_due
from gridcase.cases.writing import Draft, append
from gridcase.clock import Hold, Limit, Task, due_moment, parse_limit
from gridcase.directory.people import SYSTEM
from gridcase.engine.definition import Definition, State

FILED = "filed"
# The default of `longest_stay`: the later of three times the state's limit and one working day (flow.md 9).
_TIMES = 3
_AT_LEAST = "1工作日"


@dataclass(frozen=True, slots=True)
class Overstay:
    """A stay that was too long: from the step `entered_no`, longer than `longest_stay`, over at `ended_at`."""

    entered_no: int
    entered_at: datetime
    longest_stay: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Escalated:
    """The escalation that was written: the case as it is now, its stay, and the role that is to be told."""

    case: CaseFile
    stay: Overstay
    to: str


@dataclass(frozen=True, slots=True)
class LongestStay:
    """The longest stay of a state as alternatives, of which the later counts; each a limit and how it is read."""

    spans: tuple[tuple[Limit, Timing], ...]

    def ends_at(
        self, entered_at: datetime, desk: ClockDesk, *, holds: Iterable[Hold] = ()
    ) -> tuple[datetime, str]:
        """The moment up to which a stay is not too long, outside holds, and the limit that decides."""
        paused = tuple(holds)
        found = []
        for limit, timing in self.spans:
            rules = desk.rules_of(timing.workday, timing.slots)
            due = due_moment(Task(entered_at, limit, paused), rules)
            found.append((due.astimezone(UTC), limit.text))
        return max(found, key=lambda each: each[0])


def longest_stay(state: State, definition: Definition, desk: ClockDesk, *, run: Timing | None) -> LongestStay:
    """The longest stay of a state that is not terminal. `run`: how its clock runs in this case, for a filed limit."""

    def now(text: str) -> tuple[Limit, Timing]:
        return parse_limit(text), Timing(text, desk.workday, desk.slots)

    if state.longest_stay is not None:
        return LongestStay((now(state.longest_stay),))
    rule = definition.clocks.get(state.clock or "")
    timing = run
    if rule is not None and rule.limit != FILED:
        timing = Timing(rule.limit, desk.workday, desk.slots)
    spans = [now(_AT_LEAST)]
    if timing is not None:
        spans.insert(0, (_times(parse_limit(timing.limit), _TIMES), timing))
    return LongestStay(tuple(spans))


def _times(limit: Limit, factor: int) -> Limit:
    value = limit.value * factor
    return replace(limit, value=value, text=f"{value.normalize():f}{limit.unit}")


def overstay(desk: Desk, case: CaseFile) -> Overstay | None:
    """The present stay when it is too long at `desk.now` and was not told yet; None otherwise.

    Holds of the state's clock and of suspensions and deferrals are not counted, and while one lies open the case is
    never late (clock.md 5.6); a hold that began after the due moment hides nothing.
    """
    if not case.is_open or case.state is None or case.follow_ups.escalation is not None:
        return None
    run = case.state_run
    if case.is_held or (run is not None and run.is_held):
        return None
    entered = next(entry for entry in reversed(case.entries) if entry.step.from_state != entry.step.to_state)
    state, clocks = case.definition.states[case.state], desk.book.clock_desk
    longest = longest_stay(state, case.definition, clocks, run=_timing(run))
    entered_at = entered.step.at
    ends_at, text = longest.ends_at(entered_at, clocks, holds=_holds(case, entered_at))
    return Overstay(entered.step.no, entered_at, text, ends_at) if desk.now > ends_at else None


def _timing(run: Run | None) -> Timing | None:
    return Timing(run.limit, run.workday, run.slots) if run is not None else None


def _holds(case: CaseFile, entered_at: datetime) -> list[Hold]:
    """The closed holds that lie in the present stay: of its own clock, or of a suspension or deferral."""
    return [
        Hold(max(hold.start, entered_at), hold.end)
        for run in case.runs
        for hold in run.holds
        if hold.end is not None
        and hold.end > entered_at
        and not hold.is_late
        and (run is case.state_run or hold.kind in ("suspension", "deferral"))
    ]


def escalate(desk: Desk, number: str) -> Escalated | None:
    """Write the step `escalate` of a case that stays too long, once a stay; None when there is nothing to tell.

    Holds whose date has come are released first. The step is the program's own and names the role in `receiver`.
    """
    case = load_case(desk, number)
    if case is None:
        return None
    release_due(desk, case)
    stay = overstay(desk, case)
    to = case.definition.states[case.state or ""].escalate_to
    if stay is None or to is None:
        return None
    data = {"escalate_to": to, "longest_stay": stay.longest_stay}
    draft = Draft("escalate", case.state or "", SYSTEM, "system", data, receiver=to)
    append(not_before(desk, case), case, draft)
    return Escalated(case, stay, to)
