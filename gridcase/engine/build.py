"""Turns the draft of a faultless workflow file into a definition, with every default filled in."""

from __future__ import annotations

from typing import Any

from gridcase.engine.definition import ClockRule, Definition, On, RequestRule, Role, State, Transition
from gridcase.engine.draft import Draft, Table
from gridcase.engine.form import is_name
from gridcase.engine.guards import parse_guard


def build(draft: Draft) -> Definition:
    """The definition of a draft that has no fault (source of the defaults: flow.md 9)."""
    top, tables = draft.top.values, draft.tables
    roles = [_role(table.values) for table in tables["role"]]
    states = [_state(table.values, {role.code for role in roles}) for table in tables["state"]]
    transitions = [_transition(index, table) for index, table in enumerate(draft.moves)]
    clocks = [_clock(table.values) for table in tables["clock"]]
    clocks += [_clock_of_state(table.values) for table in tables["state"] if _is_short(table.values)]
    requests = [_request(table.values) for table in tables["request"]]
    return Definition(
        name=top["name"],
        version=top["version"],
        title=top["title"],
        initial=top["initial"],
        restricted=top.get("restricted", False),
        roles={role.code: role for role in roles},
        states={state.name: state for state in states},
        transitions=tuple(transitions),
        clocks={clock.name: clock for clock in clocks},
        requests={request.kind: request for request in requests},
        text=draft.text,
    )


def role_of(values: dict[str, Any]) -> tuple[Any, bool, str]:
    """How a file tells a role: label, whether of the centre, and what it sees."""
    centre = values.get("centre", False)
    return values.get("label"), centre, values.get("sees", "area" if centre else "department")


def _role(values: dict[str, Any]) -> Role:
    label, centre, _ = role_of(values)
    return Role(values["code"], label, centre, values.get("sees", "area" if centre else "department"))


def _is_short(state: dict[str, Any]) -> bool:
    return "limit" in state and not is_name(state["limit"])


def _state(values: dict[str, Any], roles: set[str]) -> State:
    is_terminal = values.get("terminal", False)
    escalate_to = values.get("escalate_to", "shift_supervisor" if "shift_supervisor" in roles else None)
    return State(
        name=values["name"],
        label=values["label"],
        stage=values.get("stage", values["name"]),
        terminal=is_terminal,
        owner=values.get("owner"),
        clock=values["name"] if _is_short(values) else values.get("limit"),
        longest_stay=values.get("longest_stay"),
        escalate_to=None if is_terminal else escalate_to,
    )


def _transition(index: int, table: Table) -> Transition:
    values = table.values
    is_inner = table.kind == "inner"
    backward = values.get("backward", False)
    records = dict.fromkeys(values.get("records", []))
    if backward:
        records.setdefault("reason")
    return Transition(
        index=index,
        trigger=values["trigger"],
        label=values["label"],
        sources=_each(values["in" if is_inner else "from"]),
        to=None if is_inner else values["to"],
        roles=_each(values["roles"]),
        guards=tuple(parse_guard(text) for text in _each(values.get("guards", []))),
        records=tuple(records),
        optional=_each(values.get("optional", ["opinion"])),
        backward=backward,
    )


def _each(items: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _on(text: str) -> On:
    trigger, _, state = text.partition("@")
    return On(trigger, state or None)


def _clock(values: dict[str, Any]) -> ClockRule:
    def ons(key: str) -> tuple[On, ...]:
        return tuple(_on(text) for text in values.get(key, []))

    return ClockRule(
        name=values["name"],
        label=values["label"],
        limit=values["limit"],
        starts=ons("starts"),
        stops=ons("stops"),
        holds=ons("holds"),
        resumes=ons("resumes"),
    )


def _clock_of_state(values: dict[str, Any]) -> ClockRule:
    return ClockRule(values["name"], values["label"], values["limit"], of_state=values["name"])


def _request(values: dict[str, Any]) -> RequestRule:
    return RequestRule(
        kind=values["kind"],
        label=values["label"],
        states=_each(values["in"]),
        asks=_each(values["asks"]),
        decides=tuple(values["decides"]),
        forwards=values.get("forwards"),
        clock=values.get("clock"),
        size=values.get("size"),
        max=values.get("max"),
        max_days=values.get("max_days"),
    )
