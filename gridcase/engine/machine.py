"""Executes moves on the `transitions` library: one shared machine for each version of a workflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from transitions import EventData, Machine, State, Transition

from gridcase.engine.definition import Definition
from gridcase.engine.guards import Facts, Guard
from gridcase.engine.judging import (
    Candidate,
    Row,
    candidates_of,
    compile_rules,
    find_rules,
    foresee,
    settle,
    turn_away,
)
from gridcase.engine.verdicts import Accepted, Preview, Rejected, Verdict

# Not a name of the file form, so that no state and no trigger of a city can have it.
_NO_CASE = "(none)"
_STATE_SLOT = "_at"


class _Token:
    """The object that walks through the machine: one move, never registered, so that the library keeps nothing."""

    __slots__ = ("_at", "candidates", "facts", "outcome")

    def __init__(self, state: str | None, candidates: list[Candidate], facts: Facts) -> None:
        self._at = _NO_CASE if state is None else state
        self.candidates = candidates
        self.facts = facts
        self.outcome: Candidate | Rejected | None = None

    @property
    def state(self) -> str:
        """The state in which the library left the token."""
        return self._at


class _QuietState(State):
    """A state that calls nobody: nothing of a workflow is done on entering or leaving one."""

    def enter(self, event_data: EventData) -> None:
        """Nothing to call."""

    def exit(self, event_data: EventData) -> None:
        """Nothing to call."""


class _QuietTransition(Transition):
    """A transition that asks its conditions and changes the state: calls before and after it, which no row has, and
    the lines of the log that tell of them took half the time of a move through the library.
    """

    def execute(self, event_data: EventData) -> bool:
        """Whether the conditions hold; then the state is changed, unless the row keeps it."""
        is_chosen: bool = self._eval_conditions(event_data)
        if is_chosen and self.dest:
            self._change_state(event_data)
        return is_chosen


class _QuietMachine(Machine):
    state_cls = _QuietState
    transition_cls = _QuietTransition


def _is_chosen(row: Row) -> Callable[[EventData], bool]:
    """The condition of one row for the library: exactly True when this row, and no other, has everything it needs.

    All candidates are judged at the first question, because the library alone would fire the first row that holds
    and could neither give reasons nor see that two hold.
    """

    def condition(event: EventData) -> bool:
        token: Any = event.model
        if token.outcome is None:
            token.outcome = settle(token.candidates, token.facts)
        outcome = token.outcome
        return outcome.__class__ is tuple and outcome[0] is row

    return condition


class FlowMachine:
    """One version of a workflow, ready to judge moves; made once, shared by all threads, holds no case."""

    def __init__(self, definition: Definition, guards: Mapping[str, Guard]) -> None:
        """Raises KeyError when the definition names a guard that is not in `guards`."""
        self.definition = definition
        self._rules = compile_rules(definition, guards)
        self._machine: Any = _QuietMachine(
            model=None,
            states=[_NO_CASE, *definition.states],
            initial=None,
            auto_transitions=False,
            send_event=True,
            queued=False,
            model_attribute=_STATE_SLOT,
        )
        for trigger, rules in self._rules.items():
            for row in rules.rows:
                sources: list[Any] = [_NO_CASE if state is None else state for state in row.transition.froms]
                self._machine.add_transition(
                    trigger, sources, row.transition.to, conditions=[_is_chosen(row)]
                )
        self._fire = {trigger: self._machine.events[trigger].trigger for trigger in self._rules}

    def judge(self, trigger: str, state: str | None, *, roles: Sequence[str], facts: Facts) -> Verdict:
        """Whether a person with `roles` may fire `trigger` in `state` (None: no case yet), and where it leads.

        Raises NotFound `unknown_trigger`. Every reason of a refusal is listed (source: flow.md 1 rule 9).
        """
        rules = find_rules(self._rules, trigger)
        candidates = candidates_of(rules, state, roles)
        if not candidates:
            return turn_away(rules, state, roles=roles, facts=facts)
        token = _Token(state, candidates, facts)
        self._fire[trigger](token)
        outcome = token.outcome
        if isinstance(outcome, Rejected):
            return outcome
        if outcome is None:
            raise AssertionError(f"the machine judged no row of {trigger}")
        row, role = outcome
        return Accepted(row.transition, role, token.state)

    def preview(self, trigger: str, state: str | None, *, roles: Sequence[str], facts: Facts) -> Preview:
        """As `judge`, before anything is sent: leaves out records and guards that look at what is sent.

        Raises NotFound `unknown_trigger`.
        """
        return foresee(find_rules(self._rules, trigger), state, roles=roles, facts=facts)
