"""Uploaded files between preview and confirmation: each administrator's newest of a kind, kept where all nodes see it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from gridcase.db import table_of
from gridcase.directory.import_models import ImportDraft

_DRAFT = table_of(ImportDraft)
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as it was uploaded. `text` is decoded; `options` say how it is to be read."""

    file_name: str
    text: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Hex digest of what the file says and how it is read; the name does not count."""
        told = json.dumps([self.text, dict(sorted(self.options.items()))], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Whose:
    """Which draft: of a district, a kind of file and a person."""

    district: str
    kind: str
    owner: str


def keep_draft(connection: Connection, whose: Whose, draft: Draft, *, now: datetime) -> None:
    """Keep a draft in place of the person's earlier one of the kind."""
    drop_draft(connection, whose)
    connection.execute(
        insert(_DRAFT).values(
            district=whose.district,
            kind=whose.kind,
            owner=whose.owner,
            file_name=draft.file_name[:LONGEST_NAME],
            text=draft.text,
            options=json.dumps(dict(draft.options), ensure_ascii=False),
            digest=draft.digest,
            uploaded_at=now,
        )
    )


def find_draft(connection: Connection, whose: Whose) -> tuple[Draft, datetime] | None:
    """The draft and when it was uploaded, or None."""
    columns = (_DRAFT.c.file_name, _DRAFT.c.text, _DRAFT.c.options, _DRAFT.c.uploaded_at)
    row = connection.execute(select(*columns).where(*_keys(whose))).first()
    if row is None:
        return None
    file_name, text, options, uploaded_at = row
    return Draft(file_name, text, json.loads(options)), uploaded_at


def drop_draft(connection: Connection, whose: Whose) -> bool:
    """Forget the draft; answers whether there was one."""
    return connection.execute(delete(_DRAFT).where(*_keys(whose))).rowcount > 0


def drafts_of(connection: Connection, district: str, owner: str) -> list[str]:
    """The kinds of which a person has a draft."""
    query = select(_DRAFT.c.kind).where(_DRAFT.c.district == district, _DRAFT.c.owner == owner)
    return list(connection.scalars(query.order_by(_DRAFT.c.kind)))


def _keys(whose: Whose) -> tuple[ColumnElement[bool], ...]:
    return (
        _DRAFT.c.district == whose.district,
        _DRAFT.c.kind == whose.kind,
        _DRAFT.c.owner == whose.owner,
    )
