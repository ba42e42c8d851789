"""Finds faults of the way a case takes: states that cannot be reached or left, and tables that nobody can tell apart.

A misspelt name has been reported already and counts as the name it is taken for. A reference that cannot be
understood at all speaks for the states that its table does name: they are not reported because of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from gridcase.engine.draft import Draft, Table
from gridcase.engine.form import REQUEST_KINDS


class GraphLint:
    """The checks of one draft over states and moves together; the names must have been checked before."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.states: dict[str, Table] = {}
        for table in draft.tables["state"]:
            if table.name is not None:
                self.states.setdefault(table.name, table)
        self.initial: str | None = draft.top.meant.get("initial")
        self.to: dict[str, set[str]] = {name: set() for name in self.states}
        self.leaves_somewhere: set[str] = set()
        self.reached_from_somewhere: set[str] = set()
        for move in draft.tables["transition"]:
            self._add(move)

    def _add(self, move: Table) -> None:
        to = move.meant.get("to")
        sources = move.meant.get("from", [])
        has_dark_source = None in sources or ("from" in move.doubtful and not sources)
        if has_dark_source and to is not None:
            self.reached_from_somewhere.add(to)
        for source in sources:
            if source is None:
                continue
            if to is None:
                self.leaves_somewhere.add(source)
            elif to != source:
                self.to[source].add(to)

    def run(self) -> None:
        """Reports every fault of the graph of this draft."""
        self._check_start()
        self._check_reach()
        self._check_ends()
        self._check_terminal_left()
        self._check_owners()
        self._check_ambiguous()

    def _may_end(self, name: str) -> bool:
        state = self.states[name]
        return "terminal" in state.doubtful or bool(state.values.get("terminal", False))

    def _check_start(self) -> None:
        moves = self.draft.tables["transition"]
        starts = any(move.values.get("from") == [] for move in moves)
        may_start = any("from" in move.doubtful and move.meant.get("to") == self.initial for move in moves)
        if not starts and not may_start and "transition" not in self.draft.unusable:
            self.draft.report(self.draft.top, "no_start", "no transition has from = []")

    def _check_reach(self) -> None:
        starts = [
            move.meant.get("to") for move in self.draft.tables["transition"] if move.values.get("from") == []
        ]
        roots = [self.initial] if self.initial is not None else starts
        if not any(roots) or "transition" in self.draft.unusable:
            return
        reached = self._closure([name for name in (*roots, *self.reached_from_somewhere) if name], self.to)
        for name, state in self.states.items():
            if name not in reached:
                self.draft.report(
                    state, "unreachable_state", f'no way leads from the initial state to "{name}"'
                )

    def _check_ends(self) -> None:
        if "transition" in self.draft.unusable:
            return
        back: dict[str, set[str]] = {name: set() for name in self.states}
        for source, targets in self.to.items():
            for target in targets:
                back[target].add(source)
        ends = [name for name in self.states if self._may_end(name) or name in self.leaves_somewhere]
        can_end = self._closure(ends, back)
        for name, state in self.states.items():
            if not self._may_end(name) and not self._is_left(name):
                self.draft.report(
                    state, "dead_end", f'no transition leads out of "{name}", and it is not terminal'
                )
            elif name not in can_end:
                self.draft.report(state, "no_way_to_end", f'no terminal state can be reached from "{name}"')

    def _is_left(self, name: str) -> bool:
        return bool(self.to[name]) or name in self.leaves_somewhere

    @staticmethod
    def _closure(roots: Iterable[str], edges: dict[str, set[str]]) -> set[str]:
        found: set[str] = set()
        todo = list(roots)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo.extend(edges.get(name, ()))
        return found

    def _check_terminal_left(self) -> None:
        # An appeal is asked for after the end; no other request makes sense there.
        kinds = [kind for kind in REQUEST_KINDS if kind != "appeal"]
        requests = [table for table in self.draft.tables["request"] if table.name in kinds]
        for table in (*self.draft.moves, *requests):
            key = "from" if table.kind == "transition" else "in"
            for name in table.meant.get(key, []):
                if name is not None and self.states[name].values.get("terminal", False):
                    self.draft.report(table, "terminal_left", f'{key} = "{name}" is a terminal state')

    def _check_owners(self) -> None:
        if "transition" in self.draft.unusable:
            return
        for name, state in self.states.items():
            owner = state.values.get("owner")
            if owner is None or owner != state.meant.get("owner") or not self._is_left(name):
                continue
            if not any(self._may_move(owner, name, move) for move in self.draft.tables["transition"]):
                text = f'owner = "{owner}" has no transition out of "{name}"'
                self.draft.report(state, "owner_cannot_move", text)

    @staticmethod
    def _may_move(owner: str, state: str, move: Table) -> bool:
        if state not in move.meant.get("from", []) or move.meant.get("to") == state:
            return False
        roles = move.meant.get("roles", [])
        return owner in roles or None in roles or "roles" in move.doubtful

    def _check_ambiguous(self) -> None:
        for one, other in combinations(self.draft.moves, 2):
            if one.name is None or one.name != other.name or "guards" in one.doubtful | other.doubtful:
                continue
            shared = self._shared_place(one, other)
            if shared is None:
                continue
            guards, others = set(one.values.get("guards", [])), set(other.values.get("guards", []))
            if guards <= others or others <= guards:
                text = f"shares {shared} with {one.place}, and the guards of one are all among those of the other"
                self.draft.report(other, "ambiguous_trigger", text)

    @staticmethod
    def _shared_place(one: Table, other: Table) -> str | None:
        """What two tables share: a state, or that both make a case; None when they share nothing."""
        if one.values.get("from") == [] == other.values.get("from"):
            return "the making of a case"
        mine, others = (move.meant.get("from") or move.meant.get("in") or [] for move in (one, other))
        shared = next((name for name in mine if name is not None and name in others), None)
        return f'"{shared}"' if shared is not None else None
