"""All workflow definitions of a folder: reads and checks them together, and finds one by name and version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from gridcase.engine.build import build, role_of
from gridcase.engine.definition import Definition
from gridcase.engine.draft import Draft, decode, read_draft
from gridcase.engine.form import told, with_nearest
from gridcase.engine.guards import Guard
from gridcase.engine.lint_graph import GraphLint
from gridcase.engine.lint_names import CheckLimit, NameLint, Vocabulary
from gridcase.errors import DefinitionError, Fault, NotFound, nearest_name

NOT_WORKFLOWS = ("notices.toml", "duties.toml")


@dataclass(frozen=True)
class Flows:
    """Checked definitions by name and version; those in `retired` left the folder and take no new case."""

    by_version: Mapping[tuple[str, int], Definition]
    retired: frozenset[tuple[str, int]] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the workflows, each once, in order of the alphabet."""
        return tuple(sorted({name for name, _ in self.by_version}))

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """The names of the workflows that take new cases, in order of the alphabet."""
        return tuple(sorted({key[0] for key in self.by_version if key not in self.retired}))

    def latest(self, name: str) -> Definition:
        """The version of a workflow that takes new cases: the highest in the folder.

        Of a workflow that left the folder altogether it is the highest that was stored. Raises NotFound
        `unknown_workflow`.
        """
        found = self._latest.get(name)
        if found is None:
            text = with_nearest(f'no workflow "{name}"', name, list(self.names))
            raise NotFound("unknown_workflow", text, workflow=name, nearest=nearest_name(name, self.names))
        return found

    @cached_property
    def _latest(self) -> dict[str, Definition]:
        # In rising order, so that of each name the highest stays; those of the folder behind all that left it.
        keys = sorted(self.by_version, key=lambda key: (key not in self.retired, key[1]))
        return {key[0]: self.by_version[key] for key in keys}

    def get(self, name: str, version: int) -> Definition:
        """One version of a workflow. Raises NotFound `unknown_workflow`."""
        try:
            return self.by_version[name, version]
        except KeyError:
            text = f"no version {version} of workflow {name!r}"
            raise NotFound("unknown_workflow", text, workflow=name, version=version) from None


@dataclass(frozen=True, slots=True)
class Stored:
    """A version as it is stored: its text, and how many cases are open on it."""

    text: str
    open_count: int


def read_folder(folder: Path, *, called: str | None = None) -> dict[str, bytes]:
    """The workflow files directly in `folder` by the name under which faults show them: `called`/file.toml.

    Left out are the files of other form, notices.toml and duties.toml. `called` is the folder's own name unless
    given. Raises OSError when the folder or a file cannot be read (source: flow.md 9).
    """
    shown = folder.resolve().name if called is None else called
    paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.is_file())
    return {f"{shown}/{path.name}": path.read_bytes() for path in paths if path.name not in NOT_WORKFLOWS}


def load_flows(
    files: Mapping[str, bytes | str],
    guards: Mapping[str, Guard],
    *,
    records: Collection[str],
    check_limit: CheckLimit,
    stored: Mapping[tuple[str, int], str] = MappingProxyType({}),
) -> Flows:
    """The definitions of `files` (file name to content), which may name `guards` and `records`.

    `check_limit` says what is wrong with a limit text: the engine knows no units. `stored` are the texts of versions
    by name and version; those that no file tells go on for the cases that began with them. They are not held to
    the roles of today's files. Raises DefinitionError with all faults of all files (source: flow.md 9).
    """
    vocabulary = Vocabulary(guards, records, check_limit)
    drafts = _checked(files, vocabulary)
    _refuse(drafts)
    told = [build(draft) for draft in drafts]
    flows = {(definition.name, definition.version): definition for definition in told}
    retired = {key: text for key, text in stored.items() if key not in flows}
    for (name, version), text in retired.items():
        old = _checked({f"stored/{name}-{version}.toml": text}, vocabulary)
        _refuse(old)
        flows[name, version] = build(old[0])
    return Flows(flows, frozenset(retired))


def _refuse(drafts: Sequence[Draft]) -> None:
    faults = [fault for draft in drafts for fault in draft.faults]
    if faults:
        raise DefinitionError(faults)


def lint_flows(
    files: Mapping[str, bytes | str],
    guards: Mapping[str, Guard],
    *,
    records: Collection[str],
    check_limit: CheckLimit,
) -> list[Fault]:
    """The faults for which `load_flows` would refuse these files; empty when they are sound."""
    drafts = _checked(files, Vocabulary(guards, records, check_limit))
    return [fault for draft in drafts for fault in draft.faults]


def lint_versions(files: Mapping[str, bytes | str], stored: Mapping[tuple[str, int], Stored]) -> list[Fault]:
    """The files whose text differs from the stored one of the same name and version: `version_not_raised`.

    Running cases stay on the stored text, so a change needs a higher version. Line ends do not count.
    """
    faults = []
    for draft in _readable([read_draft(file, content) for file, content in sorted(files.items())]):
        name, version = draft.top.values.get("name"), draft.top.values.get("version")
        known = stored.get((name, version)) if name is not None and version is not None else None
        if known is not None and decode(known.text) != draft.text:
            text = (
                f"the text differs from version {version} of {name} as stored; "
                f"{known.open_count} open cases run on it: raise version"
            )
            faults.append(Fault(draft.file, "", "version_not_raised", text))
    return faults


def _checked(files: Mapping[str, bytes | str], vocabulary: Vocabulary) -> list[Draft]:
    drafts = [read_draft(file, content) for file, content in sorted(files.items())]
    readable = _readable(drafts)
    for draft in readable:
        NameLint(draft, vocabulary).run()
        GraphLint(draft).run()
    _find_double_versions(readable)
    _find_double_roles(readable)
    return drafts


def _readable(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.is_readable]


def _find_double_versions(drafts: Sequence[Draft]) -> None:
    first: dict[tuple[str, int], Draft] = {}
    for draft in drafts:
        name, version = draft.top.values.get("name"), draft.top.values.get("version")
        if name is None or version is None:
            continue
        other = first.setdefault((name, version), draft)
        if other is not draft:
            text = f'name = "{name}" with version = {version} stands in {other.file} already'
            draft.report(draft.top, "duplicate_name", text)


def _find_double_roles(drafts: Sequence[Draft]) -> None:
    """One role code is one role in all files: told in another way, it is reported where it comes second."""
    first: dict[str, tuple[Draft, tuple[object, ...]]] = {}
    for draft in drafts:
        for role in draft.tables["role"]:
            if role.name is None or role.doubtful:
                continue
            way = role_of(role.values)
            other, other_way = first.setdefault(role.name, (draft, way))
            if other is not draft and way != other_way:
                text = f'code = "{role.name}" is told in another way in {other.file}: {_told_difference(way, other_way)}'
                draft.report(role, "duplicate_name", text)


def _told_difference(way: tuple[object, ...], other: tuple[object, ...]) -> str:
    entries = zip(("label", "centre", "sees"), way, other, strict=True)
    return ", ".join(f"{key} = {told(theirs)} there" for key, mine, theirs in entries if mine != theirs)
