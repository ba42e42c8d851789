"""A step of the standard flow beside `transitions` alone with the same guards, and beside a look into a dict.

Each guard holds and costs next to nothing, so that what is compared is the executing itself: the bare machine
fires the first row whose guards hold; ours also checks the role and the records, and knows the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from transitions import EventData, Machine

from gridcase.cases.flow_files import check_limit
from gridcase.cases.guards import GUARDS
from gridcase.cases.records import RECORD_NAMES
from gridcase.engine import Definition, FlowMachine, FlowTable, Guard, load_flows, read_folder
from gridcase.resources import shipped_folder
from tests.bench.measuring import Line, Size, ratio_at_most, take_turns

# One case from the report to the closing, reworked once: trigger, state before, role.
WALK = (
    ("report", None, "intake_operator"),
    ("send_confirmation", "reported", "intake_operator"),
    ("confirm", "confirming", "inspector"),
    ("file", "accepted", "shift_supervisor"),
    ("dispatch", "filed", "dispatcher"),
    ("receive", "dispatched", "department_officer"),
    ("assign", "handling", "department_officer"),
    ("submit_result", "handling", "handler"),
    ("give_feedback", "handling", "department_officer"),
    ("send_verification", "handled", "intake_operator"),
    ("verify_fail", "verifying", "inspector"),
    ("rework", "verification_failed", "dispatcher"),
    ("receive", "dispatched", "department_officer"),
    ("give_feedback", "handling", "department_officer"),
    ("send_verification", "handled", "intake_operator"),
    ("verify_pass", "verifying", "inspector"),
    ("close", "verified", "shift_supervisor"),
)
_NO_CASE = "(none)"


class Sent:
    """A move that carries every record."""

    def lacks(self, record: str) -> bool:
        return False


class Token:
    """What walks through the bare machine."""

    __slots__ = ("facts", "state")

    def __init__(self, state: str, facts: Sent) -> None:
        self.state, self.facts = state, facts


def _holding(guard: Guard) -> Guard:
    return Guard(guard.name, lambda facts, argument: None, guard.argument, guard.judges_sent)


def _condition(guard: Guard, argument: str | None) -> Callable[[EventData], bool]:
    check = guard.check
    return lambda event: check(event.model.facts, argument) is None


def bare_machine(definition: Definition, guards: dict[str, Guard]) -> Any:
    """The rows of a definition on the library alone, guards as conditions."""
    states = [_NO_CASE, *definition.states]
    machine: Any = Machine(
        model=None, states=states, initial=None, auto_transitions=False, send_event=True, queued=False
    )
    for row in definition.transitions:
        conditions = [_condition(guards[ref.name], ref.argument) for ref in row.guards]
        sources: list[Any] = [state or _NO_CASE for state in row.froms]
        machine.add_transition(row.trigger, sources, row.to, conditions=conditions)
    return machine


def measure(size: Size) -> Iterator[Line]:
    """Microseconds a step over the whole walk."""
    guards = {name: _holding(guard) for name, guard in GUARDS.items()}
    files = read_folder(shipped_folder() / "workflows")
    flows = load_flows(files, guards, records=RECORD_NAMES, check_limit=check_limit)
    definition = flows.latest("standard")
    machine, plain, facts = FlowMachine(definition, guards), FlowTable(definition, guards), Sent()
    fire = {name: event.trigger for name, event in bare_machine(definition, guards).events.items()}
    ways = {(row.trigger, state): row.to for row in definition.transitions for state in row.froms}
    walk = [(trigger, state, (role,)) for trigger, state, role in WALK]

    def judged() -> None:
        for trigger, state, roles in walk:
            machine.judge(trigger, state, roles=roles, facts=facts)

    def bare() -> None:
        for trigger, state, _ in walk:
            fire[trigger](Token(state or _NO_CASE, facts))

    def in_table() -> None:
        for trigger, state, roles in walk:
            plain.judge(trigger, state, roles=roles, facts=facts)

    def led() -> None:
        for trigger, state, _ in walk:
            plain.leads(trigger, state, "closed")

    def looked_up() -> None:
        for trigger, state, _ in walk:
            ways[trigger, state]

    sides = {"judged": judged, "bare": bare, "in_table": in_table, "led": led, "looked_up": looked_up}
    found = take_turns(sides, operations=len(walk), size=size)
    wanted = (ratio_at_most(1.3),)
    same = "`transitions` alone, same guards"
    yield Line("engine step", same, "µs", found["judged"], found["bare"], wanted)
    yield Line("engine step", "dict look-up", "µs", found["judged"], found["looked_up"])
    yield Line("step judged by the plain table", "dict look-up", "µs", found["in_table"], found["looked_up"])
    yield Line("step checked in a replay", "dict look-up", "µs", found["led"], found["looked_up"])
