"""The rules by which a move is judged, compiled once for each definition: who may, from where, and why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridcase.engine.definition import Definition, Transition
from gridcase.engine.guards import Facts, Guard, GuardRef
from gridcase.engine.verdicts import Possible, Preview, Rejected
from gridcase.errors import NotFound, Reason

Check = Callable[[Any, str | None], Reason | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One table with its guards resolved: `checks` judge a move, `early` are those that need nothing sent."""

    transition: Transition
    roles: tuple[str, ...]
    checks: tuple[tuple[Check, str | None], ...]
    early: tuple[tuple[Check, str | None], ...]
    records: tuple[str, ...]


Candidate = tuple[Row, str]


@dataclass(frozen=True, slots=True)
class TriggerRules:
    """All tables of one trigger, those of each state, and what every table of the trigger demands."""

    rows: tuple[Row, ...]
    by_state: Mapping[str | None, tuple[Row, ...]]
    shared: Row
    labels: Mapping[str, str]


def compile_rules(definition: Definition, guards: Mapping[str, Guard]) -> dict[str, TriggerRules]:
    """The rules of every trigger. Raises KeyError when the definition names a guard that is not in `guards`."""
    labels = {name: state.label for name, state in definition.states.items()}
    labels |= {f"role {code}": role.label for code, role in definition.roles.items()}
    return {
        trigger: _trigger_rules(definition.rows(trigger), guards, labels) for trigger in definition.triggers
    }


def _trigger_rules(
    tables: Sequence[Transition], guards: Mapping[str, Guard], labels: Mapping[str, str]
) -> TriggerRules:
    rows = tuple(_row(table, table.guards, records=table.records, guards=guards) for table in tables)
    by_state: dict[str | None, tuple[Row, ...]] = {}
    for row in rows:
        for state in row.transition.froms:
            by_state[state] = (*by_state.get(state, ()), row)
    first, *others = tables
    shared_guards = tuple(ref for ref in first.guards if all(ref in table.guards for table in others))
    shared_records = tuple(name for name in first.records if all(name in table.records for table in others))
    return TriggerRules(
        rows, by_state, _row(first, shared_guards, records=shared_records, guards=guards), labels
    )


def _row(
    table: Transition, refs: Iterable[GuardRef], *, records: tuple[str, ...], guards: Mapping[str, Guard]
) -> Row:
    resolved = [(guards[ref.name], ref.argument) for ref in refs]
    return Row(
        transition=table,
        roles=table.roles,
        checks=tuple((guard.check, argument) for guard, argument in resolved),
        early=tuple((guard.check, argument) for guard, argument in resolved if not guard.judges_sent),
        records=records,
    )


def find_rules(rules: Mapping[str, TriggerRules], trigger: str) -> TriggerRules:
    """The rules of a trigger. Raises NotFound `unknown_trigger` (source: api.md 5)."""
    try:
        return rules[trigger]
    except KeyError:
        raise NotFound(
            "unknown_trigger", f"no trigger {trigger!r} in this workflow", trigger=trigger
        ) from None


def candidates_of(rules: TriggerRules, state: str | None, roles: Sequence[str]) -> list[Candidate]:
    """The tables that this person may fire in this state, each with the acting role: the first of the table's
    roles that the person has (source: api.md 5)."""
    found: list[Candidate] = []
    for row in rules.by_state.get(state, ()):
        for role in row.roles:
            if role in roles:
                found.append((row, role))
                break
    return found


def settle(candidates: Sequence[Candidate], facts: Facts) -> Candidate | Rejected:
    """The one candidate whose guards all hold and whose records are there, or every reason why not.

    Several may fit the state: exactly one must have all its guards hold, else the move is refused with the reasons
    of all of them, or as ambiguous when two hold (source: flow.md 9).
    """
    if len(candidates) == 1:
        row = candidates[0][0]
        reasons = _failing(row.checks, facts)
        if row.records:
            reasons += _missing(row.records, facts)
        return Rejected(False, tuple(reasons)) if reasons else candidates[0]
    failing = [_failing(row.checks, facts) for row, _ in candidates]
    holding = [candidate for candidate, reasons in zip(candidates, failing, strict=True) if not reasons]
    if len(holding) > 1:
        return Rejected(False, (_ambiguous(holding),))
    if holding:
        reasons = _missing(holding[0][0].records, facts)
        return Rejected(False, tuple(reasons)) if reasons else holding[0]
    everything = [reason for reasons in failing for reason in reasons]
    everything += [reason for row, _ in candidates for reason in _missing(row.records, facts)]
    return Rejected(False, _each_once(everything))


def turn_away(rules: TriggerRules, state: str | None, *, roles: Sequence[str], facts: Facts) -> Rejected:
    """The refusal when no table fits: the role is missing, or the state is wrong.

    In a wrong state the guards that stand in every table of the trigger, and the records that every table needs,
    are judged too (source: flow.md 1 rule 9).
    """
    refusal = _turned_away(rules, state, roles)
    if refusal.forbidden:
        return refusal
    also = _failing(rules.shared.checks, facts) + _missing(rules.shared.records, facts)
    return Rejected(False, (*refusal.reasons, *also))


def foresee(rules: TriggerRules, state: str | None, *, roles: Sequence[str], facts: Facts) -> Preview:
    """What can be said before anything is sent: guards that judge what is sent, and records, are left out."""
    candidates = candidates_of(rules, state, roles)
    if not candidates:
        refusal = _turned_away(rules, state, roles)
        also = [] if refusal.forbidden else _failing(rules.shared.early, facts)
        return Rejected(refusal.forbidden, (*refusal.reasons, *also))
    failing = [_failing(row.early, facts) for row, _ in candidates]
    open_ones = [candidate for candidate, reasons in zip(candidates, failing, strict=True) if not reasons]
    if not open_ones:
        return Rejected(False, _each_once(reason for reasons in failing for reason in reasons))
    certain = [(row, role) for row, role in open_ones if len(row.early) == len(row.checks)]
    if len(certain) > 1:
        return Rejected(False, (_ambiguous(certain),))
    return Possible(tuple(row.transition for row, _ in open_ones), open_ones[0][1])


def _turned_away(rules: TriggerRules, state: str | None, roles: Sequence[str]) -> Rejected:
    table = rules.rows[0].transition
    demanded = tuple(dict.fromkeys(role for row in rules.rows for role in row.roles))
    if not any(role in roles for role in demanded):
        missing: dict[str, Any] = {
            "trigger": table.trigger,
            "label": table.label,
            "roles": list(demanded),
            "role_labels": "、".join(rules.labels[f"role {role}"] for role in demanded),
        }
        return Rejected(True, (Reason("role_missing", missing),))
    data: dict[str, Any] = {
        "trigger": table.trigger,
        "label": table.label,
        "state": state,
        "state_label": rules.labels.get(state or "", ""),
        "states": [name for name in rules.by_state if name is not None],
    }
    return Rejected(False, (Reason("wrong_state", data),))


def _failing(checks: Sequence[tuple[Check, str | None]], facts: Facts) -> list[Reason]:
    return [reason for check, argument in checks if (reason := check(facts, argument)) is not None]


def _missing(records: Sequence[str], facts: Facts) -> list[Reason]:
    return [Reason("record_missing", {"field": name}, field=name) for name in records if facts.lacks(name)]


def _ambiguous(holding: Sequence[Candidate]) -> Reason:
    table = holding[0][0].transition
    data = {
        "trigger": table.trigger,
        "label": table.label,
        "states": [row.transition.to for row, _ in holding],
    }
    return Reason("ambiguous_move", data)


def _each_once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    once: list[Reason] = []
    for reason in reasons:
        if reason not in once:
            once.append(reason)
    return tuple(once)
