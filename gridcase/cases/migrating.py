"""Takes running cases over to another version of their workflow, by a plan, each by one step of its history (flow.md 9).

The plan is a TOML file: `workflow`, `from` and `to` (versions), `reason`, and a table `[states]` of old names to new
ones; a state that it does not name keeps its name.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from gridcase.cases.book import Desk, Rulebook, write
from gridcase.cases.casefile import CaseFile
from gridcase.cases.clocks import ClockMove, effects_of_migration
from gridcase.cases.definitions import keep_version
from gridcase.cases.loading import load_case
from gridcase.cases.models import Case
from gridcase.cases.records import SHORTEST_REASON
from gridcase.cases.releases import holding_requests
from gridcase.cases.service import not_before, release_due, timing_of
from gridcase.cases.writing import Draft, append
from gridcase.db import Database, table_of
from gridcase.directory.people import Actor
from gridcase.engine import Definition, Flows
from gridcase.errors import ChangedMeanwhile, DefinitionError, Fault, NotFound, Refused, nearest_name
from gridcase.facts import ClockEffect
from gridcase.facts.stages import ENDINGS

TRIGGER = "migrate"
_KEYS: Mapping[str, type] = {"workflow": str, "from": int, "to": int, "reason": str}
_CASE = table_of(Case).c


@dataclass(frozen=True)
class Plan:
    """From which version to which, what each state becomes, and why; `file` as faults name it."""

    file: str
    old: Definition
    new: Definition
    states: Mapping[str, str]
    reason: str

    def target(self, state: str) -> str:
        """The state of the new version that a state of the old one becomes."""
        return self.states.get(state, state)


@dataclass
class Migration:
    """What was done, or would be: how many cases went from which state to which, and what became of clocks.

    `left_count` cases were moved by somebody else meanwhile, in a way that the plan does not allow any more.
    """

    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    started: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    left_count: int = 0

    @property
    def case_count(self) -> int:
        return sum(self.moved.values())

    def take(self, came_from: str, to: str, effects: list[ClockEffect]) -> None:
        """Count one case."""
        self.moved[came_from, to] += 1
        self.started.update(effect.clock for effect in effects if effect.act == "start")
        self.ended.update(effect.clock for effect in effects if effect.act == "end")

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name."""
        states = [
            {"from": before, "to": after, "count": count}
            for (before, after), count in sorted(self.moved.items())
        ]
        return {
            "case_count": self.case_count,
            "states": states,
            "clocks_started": dict(sorted(self.started.items())),
            "clocks_ended": dict(sorted(self.ended.items())),
            "left_count": self.left_count,
        }


# --- the plan ------------------------------------------------------------------------------------------------


def read_plan(text: str, file: str, flows: Flows) -> Plan:
    """The plan of a file. Raises DefinitionError with all faults of it."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError([Fault(file, "", "bad_file", str(error))]) from error
    faults = list(_form_faults(raw, file))
    if faults:
        raise DefinitionError(faults)
    try:
        old, new = flows.get(raw["workflow"], raw["from"]), flows.get(raw["workflow"], raw["to"])
    except NotFound as error:
        raise DefinitionError([Fault(file, "", error.code, error.message)]) from error
    plan = Plan(file, old, new, raw.get("states", {}), raw["reason"].strip())
    faults = list(_state_faults(plan))
    if faults:
        raise DefinitionError(faults)
    return plan


def _form_faults(raw: Mapping[str, Any], file: str) -> Iterator[Fault]:
    for key in raw:
        if key not in (*_KEYS, "states"):
            nearest = nearest_name(key, [*_KEYS, "states"])
            text = f'"{key}" is not a key here' + (f', nearest is "{nearest}"' if nearest else "")
            yield Fault(file, "", "unknown_key", text)
    for key, kind in _KEYS.items():
        if key not in raw:
            yield Fault(file, "", "missing_key", f"{key} is missing")
        elif not isinstance(raw[key], kind) or isinstance(raw[key], bool):
            yield Fault(
                file,
                "",
                "bad_value",
                f"{key} = {raw[key]!r} is not {'a text' if kind is str else 'a version'}",
            )
    if isinstance(raw.get("reason"), str) and len(raw["reason"].strip()) < SHORTEST_REASON:
        yield Fault(file, "", "bad_value", "reason wants at least two characters")
    states = raw.get("states", {})
    if not isinstance(states, dict) or not all(isinstance(value, str) for value in states.values()):
        yield Fault(file, "states", "bad_value", "not a table of state names")


def _state_faults(plan: Plan) -> Iterator[Fault]:
    if plan.old.version == plan.new.version:
        yield Fault(plan.file, "", "bad_value", "from and to are the same version")
    for before, after in plan.states.items():
        for name, definition in ((before, plan.old), (after, plan.new)):
            if name not in definition.states:
                nearest = nearest_name(name, list(definition.states))
                text = f'version {definition.version} has no state "{name}"'
                yield Fault(
                    plan.file,
                    "states",
                    "unknown_state",
                    text + (f', nearest is "{nearest}"' if nearest else ""),
                )
        state = plan.new.states.get(after)
        if state is not None and state.terminal:
            text = f'"{after}" is a terminal state: no case ends by being taken over'
            yield Fault(plan.file, "states", "bad_value", text)


# --- the cases -----------------------------------------------------------------------------------------------


def examine(database: Database, book: Rulebook, now: datetime, *, plan: Plan) -> Migration:
    """What the plan would do to the cases that are open now; nothing is written.

    Raises DefinitionError with every case that stands in the way: `strands_cases`, `open_request`, `limit_filed`.
    """
    found, faults = Migration(), []
    with database.reading() as connection:
        desk = Desk(connection, book, now)
        for number in _numbers(connection, book.district, plan):
            case = load_case(desk, number)
            if case is None:
                continue
            problems = [*_problems(desk, plan, case)]
            faults += problems
            if not problems:
                state = case.state or ""
                found.take(state, plan.target(state), _effects(desk, case, plan))
    if faults:
        raise DefinitionError(faults)
    return found


def migrate(
    database: Database, book: Rulebook, now: datetime, *, plan: Plan, by: tuple[Actor, str]
) -> Migration:
    """Take every open case of the old version over, each in a transaction of its own, `by` a person in a role.

    Safe to run again: what was taken over already is left alone. Raises as `examine`, before anything is written.
    """
    examine(database, book, now, plan=plan)
    with database.reading() as connection:
        numbers = _numbers(connection, book.district, plan)
    done = Migration()
    for number in numbers:
        try:
            told = write(database, book, now, act=partial(_take_over, number=number, plan=plan, by=by))
        except ChangedMeanwhile:
            told = None
        if told is None:
            done.left_count += 1
        else:
            done.take(*told)
    return done


def _numbers(connection: Connection, district: str, plan: Plan) -> list[str]:
    query = select(_CASE.number).where(
        _CASE.district == district,
        _CASE.workflow == plan.old.name,
        _CASE.definition_version == plan.old.version,
        _CASE.is_open,
    )
    return list(connection.execute(query.order_by(_CASE.number)).scalars())


def _take_over(
    desk: Desk, *, number: str, plan: Plan, by: tuple[Actor, str]
) -> tuple[str, str, list[ClockEffect]] | None:
    case = load_case(desk, number)
    if case is None or not case.is_open or case.definition.version != plan.old.version:
        return None
    release_due(desk, case)
    desk = not_before(desk, case)
    if any(_problems(desk, plan, case)):
        return None
    before = case.state or ""
    after, effects = plan.target(before), _effects(desk, case, plan)
    data: dict[str, Any] = {"from_version": plan.old.version, "to_version": plan.new.version}
    if after in ENDINGS:
        # Figures know the ends of the standard flow by name; here it is none.
        data["ends"] = False
    keep_version(desk, plan.new)
    append(desk, case, Draft(
        trigger=TRIGGER, to_state=after, actor=by[0], role=by[1], data=data, effects=effects, reason=plan.reason,
        definition=plan.new,
    ))  # fmt: skip
    return before, after, effects


def _effects(desk: Desk, case: CaseFile, plan: Plan) -> list[ClockEffect]:
    filing = case.filings[-1] if case.filings else None
    state = case.state or ""
    move = ClockMove(TRIGGER, state, plan.target(state), desk.now, case.department, timing_of(filing))
    return effects_of_migration(plan.old, plan.new, case.runs, move=move, desk=desk.book.clock_desk)


def _problems(desk: Desk, plan: Plan, case: CaseFile) -> Iterator[Fault]:
    """Why a case cannot be taken over: its state, an open request or hold, a limit that was never filed."""
    place, state = f"case {case.number}", case.state or ""
    version, target = plan.new.version, plan.new.states.get(plan.target(state))
    if target is None or target.terminal:
        text = f'version {version} has no state "{plan.target(state)}" for a case that is open in "{state}"'
        yield Fault(plan.file, place, "strands_cases", text)
        return
    for request in case.requests.values():
        is_live = request in case.open_requests or request in holding_requests(case)
        before, after = plan.old.requests.get(request.kind), plan.new.requests.get(request.kind)
        if is_live and (before is None or after is None or before.clock != after.clock):
            text = f"{request.kind} {request.id} is not over, and version {version} has no such request"
            yield Fault(plan.file, place, "open_request", text)
    try:
        _effects(desk, case, plan)
    except Refused:
        text = f'"{target.name}" is measured by the filed limit, and the case was never filed'
        yield Fault(plan.file, place, "limit_filed", text)
