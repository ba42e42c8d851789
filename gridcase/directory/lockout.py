"""Shuts a door for a while after too many tries, such as wrong sign-ins by account and by address; kept in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.db import table_of
from gridcase.directory.models import SignInFailure

_FAILURE = table_of(SignInFailure).c
ACCOUNT, ADDRESS = "account", "address"
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LockRules:
    """How many failures within `within` lock a key of each kind, and for how long."""

    bounds: Mapping[str, int]
    within: timedelta
    lock: timedelta


@dataclass(frozen=True, slots=True)
class Key:
    """Who tries: an account by the name that was typed, or an address at one of several doors.

    An unknown name is counted like a known one.
    """

    kind: str
    text: str

    @property
    def digest(self) -> str:
        """What is stored: people type their password where the name belongs."""
        return hashlib.sha256(self.text.casefold().encode("utf-8", "replace")).hexdigest()


def locked_until(
    connection: Connection, district: str, keys: Sequence[Key], *, now: datetime
) -> datetime | None:
    """The moment up to which one of the keys is locked, or None."""
    moments = connection.scalars(
        select(_FAILURE.locked_until).where(_of(district, keys), _FAILURE.locked_until > now)
    ).all()
    return max((moment for moment in moments if moment is not None), default=None)


def note_failure(
    connection: Connection, district: str, keys: Sequence[Key], *, rules: LockRules, now: datetime
) -> list[Key]:
    """Count a failure for each key, from anew where the last ones are long ago; answers what is locked by it.

    A key that is locked already stays locked as long as it was, and is not counted.
    """
    locked = []
    for key, row in zip(keys, hold_keys(connection, district, keys, now=now), strict=True):
        if row.locked_until is not None and row.locked_until > now:
            # Tries that began together end one after the other: those behind the one that locked leave the lock alone.
            continue
        is_recent = row.since_at > now - rules.within
        count, since = (row.failure_count + 1, row.since_at) if is_recent else (1, now)
        until = now + rules.lock if count >= rules.bounds[key.kind] else None
        if until is not None:
            locked.append(key)
            # When the lock is over the counting begins anew.
            count = 0
        statement = update(SignInFailure).where(_of(district, [key]))
        connection.execute(statement.values(failure_count=count, since_at=since, locked_until=until))
    if locked:
        _drop_old(connection, district, before=now - _KEPT)
    return locked


def hold_keys(
    connection: Connection, district: str, keys: Sequence[Key], *, now: datetime
) -> Sequence[Row[Any]]:
    """Let other tries by these keys wait until this transaction ends; answers the row of each key."""
    query = select(*_FAILURE).where(_of(district, keys)).order_by(_FAILURE.kind, _FAILURE.key_hash)
    known: dict[tuple[str, str], Row[Any]] = {}
    # Whoever got in meanwhile had their row taken away.
    while len(known) < len(keys):
        _make_rows(connection, district, keys, now=now)
        known = {(row.kind, row.key_hash): row for row in connection.execute(query.with_for_update())}
    return [known[key.kind, key.digest] for key in keys]


def _make_rows(connection: Connection, district: str, keys: Sequence[Key], *, now: datetime) -> None:
    """A row for each key that has none; two sign-ins at once make one between them."""
    dialect_insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    rows = [
        {"district": district, "kind": key.kind, "key_hash": key.digest, "failure_count": 0, "since_at": now}
        for key in keys
    ]
    connection.execute(dialect_insert(table_of(SignInFailure)).values(rows).on_conflict_do_nothing())


def forget_failures(connection: Connection, district: str, key: Key) -> None:
    """The account proved who it is: its failures do not count any more."""
    connection.execute(delete(SignInFailure).where(_of(district, [key])))


def _drop_old(connection: Connection, district: str, *, before: datetime) -> None:
    """Forget what began before a moment and locks nothing after it."""
    over = or_(_FAILURE.locked_until.is_(None), _FAILURE.locked_until < before)
    connection.execute(
        delete(SignInFailure).where(_FAILURE.district == district, _FAILURE.since_at < before, over)
    )


def _of(district: str, keys: Sequence[Key]) -> Any:
    each = (and_(_FAILURE.kind == key.kind, _FAILURE.key_hash == key.digest) for key in keys)
    return and_(_FAILURE.district == district, or_(*each))
