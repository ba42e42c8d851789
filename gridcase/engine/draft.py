"""Reads one workflow file into a draft that keeps going after a fault, so that one run finds all of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from gridcase.engine.form import CALLED_BY, TABLES, TERMINAL_HAS_NO, TOP, Key, told, with_nearest
from gridcase.errors import Fault

_ORDER = {"": 0, **{kind: place for place, kind in enumerate(TABLES, start=1)}}
# Names that look at least this much alike count as a slip of the pen: the other checks go on with the right one.
_SLIP = 0.75


def likely_meant(wrong: str, known: list[str]) -> str | None:
    """The known name of which `wrong` is in all likelihood a misspelling, or None."""
    matches = get_close_matches(wrong, known, n=1, cutoff=_SLIP)
    return matches[0] if matches else None


@dataclass(slots=True)
class Table:
    """One table of a draft. `doubtful` names keys that are absent or faulty and have been reported already;
    `meant` holds references as the names they are taken for, None where nothing is like them."""

    kind: str
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    meant: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        """The name by which the table is called, if it has one."""
        value = self.values.get(CALLED_BY.get(self.kind, ""))
        return value if isinstance(value, str) and value.strip() else None

    @property
    def place(self) -> str:
        """Where a fault stands: `transition 7 send_verification`; empty for the top of the file."""
        return " ".join(
            part for part in (self.kind, str(self.number) if self.kind else "", self.name) if part
        )


@dataclass(slots=True)
class Draft:
    """What could be read of one file, and the faults found so far. `is_readable` is False for a `bad_file`."""

    file: str
    text: str = ""
    is_readable: bool = True
    top: Table = field(default_factory=lambda: Table("", 0))
    tables: dict[str, list[Table]] = field(default_factory=lambda: {kind: [] for kind in TABLES})
    unusable: set[str] = field(default_factory=set)
    _faults: list[tuple[int, int, Fault]] = field(default_factory=list)

    def report(self, table: Table, code: str, text: str) -> None:
        """Notes a fault at `table`."""
        fault = Fault(self.file, table.place, code, text)
        self._faults.append((_ORDER[table.kind], table.number, fault))

    @property
    def faults(self) -> list[Fault]:
        """All faults found so far, each once, in the order of the form's tables."""
        in_order = [fault for _, _, fault in sorted(self._faults, key=lambda entry: entry[:2])]
        return list(dict.fromkeys(in_order))

    @property
    def moves(self) -> list[Table]:
        """The tables that make or move a case: transitions, then inner moves."""
        return [*self.tables["transition"], *self.tables["inner"]]


def decode(content: bytes | str) -> str:
    """The text of a file: UTF-8 with or without a byte-order mark, line ends as `\\n`. Raises UnicodeDecodeError."""
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    return text.replace("\r\n", "\n")


def read_draft(file: str, content: bytes | str) -> Draft:
    """Reads the file named `file`; faults of form are in the draft, nothing is raised (source: flow.md 9)."""
    draft = Draft(file)
    try:
        draft.text = decode(content)
        raw = tomllib.loads(draft.text)
    except UnicodeDecodeError as problem:
        draft.is_readable = False
        draft.report(draft.top, "bad_file", f"not UTF-8: byte {problem.start}")
    except (ValueError, RecursionError) as problem:
        draft.is_readable = False
        draft.report(draft.top, "bad_file", f"not TOML: {problem}")
    else:
        _read_top(draft, raw)
    return draft


def _read_top(draft: Draft, raw: dict[str, Any]) -> None:
    known: dict[str, Key | None] = {**TOP, **dict.fromkeys(TABLES)}
    _settle_unknown_keys(draft, draft.top, raw, known=known)
    _read_keys(draft, draft.top, raw, keys=TOP)
    for kind, keys in TABLES.items():
        value = raw.get(kind, [])
        if isinstance(value, dict):
            draft.report(draft.top, "bad_value", f"[{kind}] is one table: write [[{kind}]]")
            value = [value]
        if not isinstance(value, list):
            draft.report(draft.top, "bad_value", f"{kind} = {told(value)} is not a list of tables")
            draft.unusable.add(kind)
            continue
        for number, item in enumerate(value, start=1):
            _read_table(draft, Table(kind, number), item, keys=keys)
    for kind in ("role", "state"):
        if not draft.tables[kind] and kind not in draft.unusable:
            draft.report(draft.top, "missing_key", f"there is no [[{kind}]]")
            draft.unusable.add(kind)


def _read_table(draft: Draft, table: Table, item: object, *, keys: Mapping[str, Key]) -> None:
    if not isinstance(item, dict):
        draft.report(table, "bad_value", f"{told(item)} is not a table")
        return
    name = item.get(CALLED_BY[table.kind])
    if isinstance(name, str):
        table.values[CALLED_BY[table.kind]] = name
    draft.tables[table.kind].append(table)
    if table.kind == "state" and item.get("terminal") is True:
        for key in TERMINAL_HAS_NO:
            if key in item:
                draft.report(table, "unknown_key", f"{key}: a terminal state has none")
        item = {key: value for key, value in item.items() if key not in TERMINAL_HAS_NO}
        keys = {key: spec for key, spec in keys.items() if key not in TERMINAL_HAS_NO}
    _settle_unknown_keys(draft, table, item, known=keys)
    _read_keys(draft, table, item, keys=keys)


def _settle_unknown_keys(
    draft: Draft, table: Table, raw: dict[str, Any], *, known: Mapping[str, Key | None]
) -> None:
    """Reports keys that are not of the form; one that is a slip for an absent key is read as that key, so that
    the same slip is not reported again as something missing."""
    for key in [key for key in raw if key not in known]:
        draft.report(table, "unknown_key", with_nearest(f'"{key}" is not a key here', key, list(known)))
        meant = likely_meant(key, [right for right in known if right not in raw])
        if meant is not None:
            raw[meant] = raw[key]


def _read_keys(draft: Draft, table: Table, raw: Mapping[str, Any], *, keys: Mapping[str, Key]) -> None:
    for key, spec in keys.items():
        if key not in raw:
            if spec.absent is not None and not _may_lack(table, key, raw):
                table.doubtful.add(key)
                draft.report(table, spec.absent, f"{key} is missing")
            continue
        value = raw[key]
        is_empty = value == [] or (isinstance(value, str) and not value.strip())
        if is_empty and spec.empty is not None:
            table.doubtful.add(key)
            draft.report(table, spec.empty, f"{key} is empty")
        elif (wrong := spec.read(value)) is not None:
            table.doubtful.add(key)
            draft.report(table, "bad_value", f"{key} = {told(value)} {wrong}")
            _rescue(table, key, value)
        else:
            table.values[key] = value


def _may_lack(table: Table, key: str, raw: Mapping[str, Any]) -> bool:
    """A state whose `terminal` cannot be read may or may not need the keys of a waiting state."""
    return (
        table.kind == "state" and key in TERMINAL_HAS_NO and not isinstance(raw.get("terminal", False), bool)
    )


def _rescue(table: Table, key: str, value: object) -> None:
    """Keeps what a faulty value surely means: one text in place of a list, the texts among other things."""
    if key in ("from", "in", "roles", "guards", "records", "optional", "asks", "decides", "starts"):
        items = value if isinstance(value, list) else [value]
        texts = [item for item in items if isinstance(item, str) and item]
        if texts:
            table.values[key] = texts
