"""Tables of a city taken over in two steps: an upload is read and shown, a confirmation applies exactly what was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from gridcase.cases.book import Desk
from gridcase.directory.audit import Noted, note
from gridcase.directory.import_drafts import Draft, Whose, drop_draft, find_draft, keep_draft
from gridcase.errors import Reason, Refused
from gridcase.tables import Changes

Row = TypeVar("Row")


@dataclass(frozen=True)
class TableImport(Generic[Row]):
    """One kind of table.

    `read` makes rows of a file, or raises DefinitionError with all faults; `hold` lets other imports of the kind wait
    for this one; `stored` are the rows that a file replaces, `changes` what its rows do to what is in force; `write`
    applies them in the caller's transaction.
    """

    name: str
    act: str
    read: Callable[[Desk, Draft], list[Row]]
    hold: Callable[[Desk], None]
    stored: Callable[[Desk, Draft], Sequence[Row]]
    changes: Callable[[Desk, Draft, Sequence[Row]], Changes[Row]]
    write: Callable[[Desk, Draft, Sequence[Row]], object]


@dataclass(frozen=True)
class Preview(Generic[Row]):
    """What a draft would do now; `state` is a mark of what it would do it to."""

    draft: Draft
    uploaded_at: datetime
    rows: Sequence[Row]
    changes: Changes[Row]
    state: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody who confirms has seen: the file by its digest, what it was compared with by its mark."""

    digest: str
    state: str


@dataclass(frozen=True, slots=True)
class Source:
    """Who brings a table, and from where: a user name and an address."""

    by: str
    address: str = ""


def keep(desk: Desk, kind: TableImport[Row], owner: str, *, draft: Draft) -> None:
    """Keep an uploaded file, which was read before, for its preview, in place of the owner's earlier one."""
    keep_draft(desk.connection, _whose(desk, kind, owner), draft, now=desk.now)


def preview(desk: Desk, kind: TableImport[Row], owner: str) -> Preview[Row] | None:
    """What the owner's draft would do, or None without one.

    Raises DefinitionError when what the file names is not there any more.
    """
    found = find_draft(desk.connection, _whose(desk, kind, owner))
    if found is None:
        return None
    draft, uploaded_at = found
    rows = kind.read(desk, draft)
    return Preview(draft, uploaded_at, rows, kind.changes(desk, draft, rows), _state(desk, kind, draft))


def discard(desk: Desk, kind: TableImport[Row], owner: str) -> None:
    """Forget the owner's draft; without one nothing happens."""
    drop_draft(desk.connection, _whose(desk, kind, owner))


def confirm(desk: Desk, kind: TableImport[Row], source: Source, *, seen: Seen) -> Changes[Row]:
    """Apply the draft that was seen to what it was seen against; answers what changed. The draft is used up.

    Raises Refused `import_draft_changed` when it is another one or gone, `import_state_changed` when another table is
    in force than the one that it was compared with; DefinitionError when the file does not fit any more.
    """
    kind.hold(desk)
    whose = _whose(desk, kind, source.by)
    found = find_draft(desk.connection, whose)
    if found is None or found[0].digest != seen.digest:
        raise Refused([Reason("import_draft_changed")])
    draft = found[0]
    if _state(desk, kind, draft) != seen.state:
        raise Refused([Reason("import_state_changed")])
    changes = apply(desk, kind, draft, rows=kind.read(desk, draft), source=source)
    drop_draft(desk.connection, whose)
    return changes


def apply(
    desk: Desk, kind: TableImport[Row], draft: Draft, *, rows: Sequence[Row], source: Source
) -> Changes[Row]:
    """Take over the rows of a draft in the caller's write transaction, and tell the audit what changed, if anything."""
    kind.hold(desk)
    changes = kind.changes(desk, draft, rows)
    kind.write(desk, draft, rows)
    if changes:
        counts = f"+{len(changes.added)} ~{len(changes.changed)} -{len(changes.removed)}"
        subject = f"{draft.file_name} {counts} ({_mark(rows)[:12]})"
        note(desk.connection, desk.district, Noted(desk.now, source.by, kind.act, subject, source.address))
    return changes


def _state(desk: Desk, kind: TableImport[Row], draft: Draft) -> str:
    return _mark(kind.stored(desk, draft))


def _mark(rows: Iterable[Row]) -> str:
    return hashlib.sha256("\n".join(map(repr, rows)).encode()).hexdigest()


def _whose(desk: Desk, kind: TableImport[Row], owner: str) -> Whose:
    return Whose(desk.district, kind.name, owner)
