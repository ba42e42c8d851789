"""The rows of the tables that show definitions: versions with their cases, moves, differences."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.definitions import Standing
from gridcase.engine import Definition, Transition
from gridcase.engine.comparing import Change


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version: whether new cases begin on it, whether its file left the folder, its open cases by state label."""

    definition: Definition
    takes_new_cases: bool
    is_retired: bool
    open_count: int
    standing: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move with the labels of the states that it leads from and to; `to` is None when the state stays."""

    move: Transition
    sources: tuple[str, ...]
    to: str | None
    roles: tuple[str, ...]


def versions(desk: Desk, places: Iterable[Standing]) -> list[VersionRow]:
    """Every version of every workflow, the newest of each first, with the open cases of `places`."""
    flows = desk.book.flows
    standing = list(places)
    rows = []
    for key in sorted(flows.by_version, key=lambda key: (key[0], -key[1])):
        definition = flows.by_version[key]
        mine = [place for place in standing if (place.workflow, place.version) == key]
        order = list(definition.states)
        mine.sort(key=lambda place: order.index(place.state) if place.state in order else len(order))
        rows.append(
            VersionRow(
                definition,
                takes_new_cases=key[0] in flows.offered and flows.latest(key[0]) is definition,
                is_retired=key in flows.retired,
                open_count=sum(place.count for place in mine),
                standing=tuple((_state(definition, place.state), place.count) for place in mine),
            )
        )
    return rows


def moves(definition: Definition) -> list[MoveRow]:
    """The moves in the order of the file."""
    return [
        MoveRow(
            move,
            tuple(_state(definition, name) for name in move.sources),
            _state(definition, move.to) if move.to is not None else None,
            tuple(definition.roles[code].label for code in move.roles),
        )
        for move in definition.transitions
    ]


def told_changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The differences with their values as a file would tell them."""
    return [
        {
            "kind": change.kind,
            "table": change.table,
            "name": change.name,
            "key": change.key,
            "old": _value(change.old) if change.key else "",
            "new": _value(change.new) if change.key else "",
        }
        for change in changes
    ]


def _value(value: Any) -> str:
    return (
        "—" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )


def _state(definition: Definition, name: str) -> str:
    state = definition.states.get(name)
    return state.label if state else name
