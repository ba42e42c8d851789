"""Says in what two definitions differ, table by table: for people who raise a version, and for a plan of migration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from gridcase.engine.definition import Definition, On, Transition

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a table (`role`, `state`, `transition`, `inner`, `clock`, `request`) that only one of the
    two has, or a `key` that it tells otherwise; `workflow` are the keys above all tables."""

    kind: str
    table: str
    name: str
    key: str | None = None
    old: Any = None
    new: Any = None


def differences(old: Definition, new: Definition) -> list[Change]:
    """Every difference, in the order of the file form; empty when the two say the same, in whatever order."""
    top = ("name", "version", "title", "initial", "restricted")
    found = [
        Change(CHANGED, "workflow", old.name, key, getattr(old, key), getattr(new, key))
        for key in top
        if getattr(old, key) != getattr(new, key)
    ]
    for table in ("role", "state"):
        found += _of_named(table, getattr(old, f"{table}s"), getattr(new, f"{table}s"))
    found += _of_moves(old.transitions, new.transitions)
    for table in ("clock", "request"):
        found += _of_named(table, getattr(old, f"{table}s"), getattr(new, f"{table}s"))
    return found


def _of_named(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield Change(REMOVED, table, name)
        elif name not in old:
            yield Change(ADDED, table, name)
        else:
            yield from _of_values(table, name, old[name], new=new[name])


def _of_values(table: str, name: str, old: Any, *, new: Any, without: Sequence[str] = ()) -> Iterator[Change]:
    for field in fields(old):
        mine, theirs = _plain(getattr(old, field.name)), _plain(getattr(new, field.name))
        if field.name not in without and mine != theirs:
            yield Change(CHANGED, table, name, field.name, mine, theirs)


def _plain(value: Any) -> Any:
    """A value as a file would tell it: mentions as texts, tuples as lists."""
    if isinstance(value, On):
        return value.trigger if value.state is None else f"{value.trigger}@{value.state}"
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


# --- moves: one trigger may have several tables ----------------------------------------------------------------


def _of_moves(old: Iterable[Transition], new: Iterable[Transition]) -> Iterator[Change]:
    rows, others = list(old), list(new)
    pairs: list[tuple[Transition, Transition]] = []
    # The same way first, then what leads to the same state, then what shares a state, then the trigger alone.
    for is_like in (_is_same_way, _leads_alike, _shares_a_state, _is_same_trigger):
        for row in list(rows):
            other = next((other for other in others if is_like(row, other)), None)
            if other is not None:
                pairs.append((row, other))
                rows.remove(row)
                others.remove(other)
    for row in rows:
        yield Change(REMOVED, _table(row), _way(row))
    for row in others:
        yield Change(ADDED, _table(row), _way(row))
    for row, other in sorted(pairs, key=lambda pair: pair[0].index):
        yield from _of_values(_table(row), _way(row), row, new=other, without=("index",))


Likeness = Callable[[Transition, Transition], bool]


def _is_same_trigger(one: Transition, other: Transition) -> bool:
    return one.trigger == other.trigger and one.is_inner == other.is_inner


def _is_same_way(one: Transition, other: Transition) -> bool:
    return _leads_alike(one, other) and set(one.sources) == set(other.sources)


def _leads_alike(one: Transition, other: Transition) -> bool:
    return _is_same_trigger(one, other) and one.to == other.to and one.is_start == other.is_start


def _shares_a_state(one: Transition, other: Transition) -> bool:
    return _is_same_trigger(one, other) and bool(set(one.sources) & set(other.sources))


def _table(row: Transition) -> str:
    return "inner" if row.is_inner else "transition"


def _way(row: Transition) -> str:
    """`close: verified -> closed`; an inner move names only its states."""
    sources = ", ".join(row.sources) or "()"
    return f"{row.trigger}: {sources}" + (f" -> {row.to}" if row.to is not None else "")
