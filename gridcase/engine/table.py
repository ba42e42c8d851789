"""The same definition as a plain table: replay, simulation and import, without the state machine library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gridcase.engine.definition import Definition
from gridcase.engine.guards import Facts, Guard
from gridcase.engine.judging import candidates_of, compile_rules, find_rules, settle, turn_away
from gridcase.engine.verdicts import Accepted, Rejected, Verdict


class FlowTable:
    """One version of a workflow as dicts; a test proves it equal to `FlowMachine` in every outcome."""

    def __init__(self, definition: Definition, guards: Mapping[str, Guard]) -> None:
        """Raises KeyError when the definition names a guard that is not in `guards`."""
        self.definition = definition
        self._rules = compile_rules(definition, guards)
        self._ways: dict[tuple[str, str | None], frozenset[str]] = {}
        self._to: dict[tuple[int, str | None], str] = {}
        for row in definition.transitions:
            for state in row.froms:
                to = row.to or state or definition.initial
                self._to[row.index, state] = to
                self._ways[row.trigger, state] = self._ways.get((row.trigger, state), frozenset()) | {to}

    def leads(self, trigger: str, state: str | None, to: str) -> bool:
        """True when some table of `trigger` leads from `state` to `to`: the check of a replayed step."""
        return to in self._ways.get((trigger, state), ())

    def judge(self, trigger: str, state: str | None, *, roles: Sequence[str], facts: Facts) -> Verdict:
        """The verdict of `FlowMachine.judge` for the same arguments. Raises NotFound `unknown_trigger`."""
        rules = find_rules(self._rules, trigger)
        candidates = candidates_of(rules, state, roles)
        if not candidates:
            return turn_away(rules, state, roles=roles, facts=facts)
        outcome = settle(candidates, facts)
        if isinstance(outcome, Rejected):
            return outcome
        row, role = outcome
        return Accepted(row.transition, role, self._to[row.transition.index, state])
