"""Puts another desk role in the place of the shift supervisor where a city's settings say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gridcase.engine.definition import Definition, State, Transition
from gridcase.engine.flows import Flows

DEFAULT_ACTOR = "shift_supervisor"


def with_actors(flows: Flows, actors: Mapping[str, str]) -> Flows:
    """The same definitions with `actors` (trigger to role) in the place of the shift supervisor.

    For `{"file": settings.filing.by, "close": settings.closing.by}` (source: flow.md 2, settings). A table that
    names other roles keeps them, as does a definition that has no such role; the state from which the move is made
    then waits for the new role.
    """
    replaced = {key: _replaced(definition, actors) for key, definition in flows.by_version.items()}
    return Flows(replaced, flows.retired)


def _replaced(definition: Definition, actors: Mapping[str, str]) -> Definition:
    changes = {
        trigger: role
        for trigger, role in actors.items()
        if role != DEFAULT_ACTOR and role in definition.roles
    }
    if not changes:
        return definition
    rows = tuple(_acted(row, changes) for row in definition.transitions)
    waits = {
        state: changes[row.trigger]
        for row, before in zip(rows, definition.transitions, strict=True)
        if row is not before
        for state in row.sources
    }
    states = {name: _owned(state, waits.get(name)) for name, state in definition.states.items()}
    return replace(definition, transitions=rows, states=states)


def _acted(row: Transition, changes: Mapping[str, str]) -> Transition:
    role = changes.get(row.trigger)
    if role is None or DEFAULT_ACTOR not in row.roles:
        return row
    roles = dict.fromkeys(role if known == DEFAULT_ACTOR else known for known in row.roles)
    return replace(row, roles=tuple(roles))


def _owned(state: State, owner: str | None) -> State:
    return state if owner is None or state.owner != DEFAULT_ACTOR else replace(state, owner=owner)
