"""Finds names in a workflow file that stand nowhere, limits that cannot be read, and names given twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gridcase.engine.draft import Draft, Table, likely_meant
from gridcase.engine.form import CALLED_BY, CLOCKED_REQUESTS, REQUEST_KINDS, is_name, told, with_nearest
from gridcase.engine.guards import PHOTO_KINDS, Guard, parse_guard
from gridcase.errors import Reason

# Answers what is wrong with a limit text (`bad_limit`, `unknown_unit`, `limit_not_positive`), or None.
CheckLimit = Callable[[Any], Reason | None]

_SEPARATED = (
    "file",
    "reject",
    "confirm",
    "confirm_absent",
    "verify_pass",
    "verify_fail",
    "verify_unable",
    "close",
    "force_close",
    "void",
)
_LIMIT_TEXTS = {
    "bad_limit": "cannot be read as a limit such as 4工作时",
    "unknown_unit": "has none of the units 紧急工作时, 紧急工作日, 自然日, 工作时, 工作日",
    "limit_not_positive": "is not above zero",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a workflow file may name beside its own names: guards, records, and the texts of limits."""

    guards: Mapping[str, Guard]
    records: Collection[str]
    check_limit: CheckLimit


@dataclass(slots=True)
class Known:
    """The names of one kind in one file. `nameless` counts tables whose own name is missing or unreadable: as many
    names that stand nowhere may be theirs, and are not reported a second time."""

    code: str
    names: list[str]
    nameless: int = 0
    is_usable: bool = True
    only_names: bool = True
    _adopted: set[str] = field(default_factory=set)

    def may_be_nameless(self, wrong: str) -> bool:
        """True when `wrong` may be the name of a table that has none."""
        if wrong not in self._adopted and len(self._adopted) < self.nameless:
            self._adopted.add(wrong)
        return wrong in self._adopted


class NameLint:
    """The checks of one draft that need no graph; leaves in each table's `meant` what its references stand for."""

    def __init__(self, draft: Draft, vocabulary: Vocabulary) -> None:
        self.draft = draft
        self.vocabulary = vocabulary
        self.roles = self._declared("unknown_role", "role")
        self.states = self._declared("unknown_state", "state")
        self.clocks = self._declared("unknown_clock", "clock")
        self.triggers = self._declared("unknown_trigger", "transition", "inner")
        self.records = Known("unknown_record", sorted(vocabulary.records), only_names=False)

    def _declared(self, code: str, *kinds: str) -> Known:
        tables = [table for kind in kinds for table in self.draft.tables[kind]]
        names = list(dict.fromkeys(table.name for table in tables if table.name is not None))
        nameless = sum(table.name is None for table in tables)
        return Known(code, names, nameless, not self.draft.unusable.intersection(kinds))

    def run(self) -> None:
        """Reports every fault of names and limits of this draft."""
        draft = self.draft
        for kind in ("role", "state", "clock", "request"):
            self._find_doubles(draft.tables[kind])
        self._reference(draft.top, "initial", self.states)
        for state in draft.tables["state"]:
            self._check_state(state)
        for move in draft.moves:
            self._check_move(move)
        for clock in draft.tables["clock"]:
            self._check_clock(clock)
        for request in draft.tables["request"]:
            self._check_request(request)

    # --- references ---------------------------------------------------------------------------------------------

    def _resolve(self, table: Table, key: str, wrong: str, *, known: Known) -> str | None:
        """The name that `wrong` stands for, None when there is none; reports it when it stands nowhere."""
        if wrong in known.names:
            return wrong
        if not known.is_usable:
            return None
        meant = likely_meant(wrong, known.names)
        if meant is None and known.may_be_nameless(wrong):
            return None
        is_wrong_form = known.only_names and not is_name(wrong)
        code = "bad_value" if is_wrong_form else known.code
        text = f"{key} = {told(wrong)}" + (" is not a name ([a-z][a-z0-9_]*)" if is_wrong_form else "")
        self.draft.report(table, code, with_nearest(text, wrong, known.names))
        return meant

    def _reference(self, table: Table, key: str, known: Known) -> None:
        if key in table.values:
            table.meant[key] = self._resolve(table, key, table.values[key], known=known)

    def _references(self, table: Table, key: str, known: Known) -> None:
        items = table.values.get(key, [])
        table.meant[key] = [self._resolve(table, key, item, known=known) for item in dict.fromkeys(items)]

    def _find_doubles(self, tables: Iterable[Table]) -> None:
        first: dict[str, Table] = {}
        for table in tables:
            if table.name is None:
                continue
            if table.name in first:
                called = CALLED_BY[table.kind]
                text = f'{called} = "{table.name}" stands in {first[table.name].place} already'
                self.draft.report(table, "duplicate_name", text)
            first.setdefault(table.name, table)

    def _check_limit(self, table: Table, key: str, *words: str) -> None:
        if key not in table.values or table.values[key] in words:
            return
        value = table.values[key]
        reason = self.vocabulary.check_limit(value)
        if reason is not None:
            text = f"{key} = {told(value)} {_LIMIT_TEXTS.get(reason.code, 'is no limit')}"
            if words and isinstance(value, str):
                text = with_nearest(text, value, list(words))
            self.draft.report(table, reason.code, text)

    # --- tables -------------------------------------------------------------------------------------------------

    def _check_state(self, state: Table) -> None:
        self._reference(state, "owner", self.roles)
        self._reference(state, "escalate_to", self.roles)
        self._check_limit(state, "longest_stay")
        if is_name(state.values.get("limit")):
            self._reference(state, "limit", self.clocks)
        else:
            self._check_limit(state, "limit")
            self._find_double_clock(state)
        waits = state.values.get("terminal", False) is False and "terminal" not in state.doubtful
        is_told = "escalate_to" in state.values or "escalate_to" in state.doubtful
        if waits and not is_told and not self._may_have_role("shift_supervisor"):
            text = "escalate_to is missing, and there is no role shift_supervisor in its place"
            self.draft.report(state, "no_escalation", text)

    def _may_have_role(self, code: str) -> bool:
        return code in self.roles.names or not self.roles.is_usable or self.roles.may_be_nameless(code)

    def _find_double_clock(self, state: Table) -> None:
        if "limit" not in state.values or state.name not in self.clocks.names:
            return
        text = f'its limit text makes a clock "{state.name}", and there is a [[clock]] of that name'
        self.draft.report(state, "duplicate_name", text)

    def _check_move(self, move: Table) -> None:
        self._references(move, "in" if move.kind == "inner" else "from", self.states)
        if move.kind == "transition":
            self._reference(move, "to", self.states)
            self._check_start(move)
        self._references(move, "roles", self.roles)
        self._references(move, "records", self.records)
        self._references(move, "optional", self.records)
        for text in dict.fromkeys(move.values.get("guards", [])):
            self._check_guard(move, text)
        self._check_separation(move)

    def _check_start(self, move: Table) -> None:
        to, initial = move.meant.get("to"), self.draft.top.meant.get("initial")
        if move.values.get("from") == [] and to is not None and initial is not None and to != initial:
            self.draft.report(
                move, "bad_value", f'to = "{to}": a move that makes a case leads to "{initial}"'
            )

    def _check_guard(self, move: Table, text: str) -> None:
        ref = parse_guard(text)
        guard = self.vocabulary.guards.get(ref.name)
        if guard is None:
            told_text = with_nearest(f"guards: {told(text)}", ref.name, sorted(self.vocabulary.guards))
            self.draft.report(move, "unknown_guard", told_text)
        elif guard.argument == "none":
            if ref.argument is not None:
                self.draft.report(move, "bad_value", f"guards: {told(text)}: {ref.name} takes no argument")
        elif not ref.argument:
            kind = guard.argument.replace("_", " ")
            self.draft.report(move, "bad_value", f"guards: {told(text)} wants a {kind} behind a colon")
        elif guard.argument == "state":
            self._resolve(move, f"guards: {ref.name}", ref.argument, known=self.states)
        elif guard.argument == "trigger":
            self._resolve(move, f"guards: {ref.name}", ref.argument, known=self.triggers)
        elif guard.argument == "photo_kind" and ref.argument not in PHOTO_KINDS:
            wrong = with_nearest(f"guards: {told(text)} is no kind of photo", ref.argument, list(PHOTO_KINDS))
            self.draft.report(move, "bad_value", wrong)

    def _check_separation(self, move: Table) -> None:
        if move.name not in _SEPARATED:
            return
        told_roles = {role.name: role for role in self.draft.tables["role"]}
        for code in dict.fromkeys(move.values.get("roles", [])):
            role = told_roles.get(code)
            if role is None or "centre" in role.doubtful or role.values.get("centre", False):
                continue
            text = f'roles: "{code}" is not a centre role and may not {move.name}'
            self.draft.report(move, "separation", text)

    def _check_clock(self, clock: Table) -> None:
        self._check_limit(clock, "limit", "filed")
        for key in ("starts", "stops", "holds", "resumes"):
            for text in dict.fromkeys(clock.values.get(key, [])):
                trigger, at, state = text.partition("@")
                self._resolve(clock, key, trigger, known=self.triggers)
                if at:
                    self._resolve(clock, f"{key}: {trigger}@", state, known=self.states)

    def _check_request(self, request: Table) -> None:
        kind = request.values.get("kind")
        if isinstance(kind, str) and kind not in REQUEST_KINDS:
            text = with_nearest(f"kind = {told(kind)}", kind, list(REQUEST_KINDS))
            self.draft.report(request, "unknown_request", text)
            kind = likely_meant(kind, list(REQUEST_KINDS))
        self._references(request, "in", self.states)
        self._references(request, "asks", self.roles)
        self._references(request, "decides", self.roles)
        self._reference(request, "forwards", self.roles)
        self._reference(request, "clock", self._all_clocks())
        self._check_limit(request, "size", "original")
        if kind in CLOCKED_REQUESTS and "clock" not in request.values and "clock" not in request.doubtful:
            self.draft.report(request, "missing_key", "clock is missing")

    def _all_clocks(self) -> Known:
        """The clocks of the file with those that a state's limit text stands for."""
        short = [state for state in self.draft.tables["state"] if self._may_be_clock(state)]
        names = [*self.clocks.names, *(state.name for state in short if state.name is not None)]
        nameless = self.clocks.nameless + sum(state.name is None for state in short)
        return Known("unknown_clock", names, nameless, self.clocks.is_usable)

    @staticmethod
    def _may_be_clock(state: Table) -> bool:
        """True for a state with a limit text; one without any limit has been reported and may be meant to be."""
        return "limit" in state.doubtful or ("limit" in state.values and not is_name(state.values["limit"]))
