"""Proof of identity: passwords (argon2), bearer tokens and site sessions, each stored as a hash only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Select, and_, bindparam, insert, or_, select, update
from sqlalchemy.engine import Dialect

from gridcase.db import Access, Prepared, table_of
from gridcase.directory.models import ApiToken, LoginSession, User
from gridcase.directory.people import Actor
from gridcase.directory.queries import ACTOR_COLUMNS, actor_of_row, find_actor
from gridcase.errors import NotFound

_HASHER = PasswordHasher()
_USER = table_of(User).c
_TOKEN = table_of(ApiToken).c
_SESSION = table_of(LoginSession).c
# Writing `seen_at` at every request would make each page view a write.
_SEEN_STEP = timedelta(minutes=1)
_ID_LENGTH = 16


def hash_password(password: str) -> str:
    """The argon2 hash of a password."""
    return _HASHER.hash(password)


def check_password(connection: Connection, district: str, name: str, *, password: str) -> Actor | None:
    """The active user whose password this is, or None. Takes as long for an unknown name as for a wrong password."""
    stored = connection.execute(
        select(_USER.password_hash).where(_USER.district == district, _USER.name == name, _USER.is_active)
    ).scalar()
    try:
        _HASHER.verify(stored or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return None
    return find_actor(connection, district, name) if stored else None


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _HASHER.hash(secrets.token_hex(16))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_token(
    connection: Connection, district: str, name: str, *, now: datetime, expires_at: datetime | None = None
) -> str:
    """A new bearer token of a user; only its hash is stored. Raises NotFound `unknown_user`."""
    if find_actor(connection, district, name) is None:
        raise NotFound("unknown_user", f"there is no user {name!r}", user=name)
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(ApiToken).values(
            district=district,
            token_hash=_digest(token),
            user_name=name,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token


def revoke_tokens(connection: Connection, district: str, name: str, *, now: datetime) -> int:
    """Revoke all tokens of a user; answers how many."""
    statement = update(ApiToken).where(
        _TOKEN.district == district, _TOKEN.user_name == name, _TOKEN.revoked_at.is_(None)
    )
    return connection.execute(statement.values(revoked_at=now)).rowcount


def token_query() -> Select[Any]:
    """Who is behind a token that is neither revoked nor expired; binds `district`, `token_hash` and `now`."""
    return select(*ACTOR_COLUMNS).where(
        _TOKEN.district == bindparam("district"),
        _TOKEN.token_hash == bindparam("token_hash"),
        _TOKEN.revoked_at.is_(None),
        or_(_TOKEN.expires_at.is_(None), _TOKEN.expires_at > bindparam("now")),
        _USER.district == _TOKEN.district,
        _USER.name == _TOKEN.user_name,
        _USER.is_active,
    )


def token_values(district: str, token: str, *, now: datetime) -> dict[str, Any]:
    """What `token_query` binds."""
    return {"district": district, "token_hash": _digest(token), "now": now}


# The types of what `token_query` binds.
TOKEN_TYPES: Mapping[str, Any] = {
    "district": _TOKEN.district.type,
    "token_hash": _TOKEN.token_hash.type,
    "now": _TOKEN.expires_at.type,
}


@lru_cache(maxsize=8)
def _select_by_token(dialect: Dialect) -> Prepared:
    return Prepared(token_query(), dialect, TOKEN_TYPES)


def actor_of_token(access: Access, district: str, token: str, *, now: datetime) -> Actor | None:
    """The active user of a token that is neither revoked nor expired, or None."""
    rows = access.fetch(_select_by_token(access.dialect), token_values(district, token, now=now))
    return actor_of_row(rows[0]) if rows else None


def open_session(connection: Connection, district: str, name: str, *, now: datetime, device: str = "") -> str:
    """A new session of the site for a user who proved who they are; the answer goes into the cookie."""
    secret = secrets.token_urlsafe(32)
    connection.execute(
        insert(LoginSession).values(
            district=district,
            session_hash=_digest(secret),
            user_name=name,
            created_at=now,
            seen_at=now,
            device=device[:300],
        )
    )
    return secret


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives: without use, and at the latest."""

    idle: timedelta
    absolute: timedelta


def actor_of_session(
    connection: Connection, district: str, secret: str, *, now: datetime, limits: SessionLimits
) -> tuple[Actor, bool] | None:
    """The user of a live session and whether it is time to write down that it was seen; None when it is over."""
    row = connection.execute(
        select(*ACTOR_COLUMNS, _SESSION.seen_at).where(
            _SESSION.district == district,
            _SESSION.session_hash == _digest(secret),
            _SESSION.revoked_at.is_(None),
            _SESSION.seen_at > now - limits.idle,
            _SESSION.created_at > now - limits.absolute,
            _USER.district == _SESSION.district,
            _USER.name == _SESSION.user_name,
            _USER.is_active,
        )
    ).first()
    if row is None:
        return None
    return actor_of_row(row[:-1]), now - row[-1] > _SEEN_STEP


def mark_seen(connection: Connection, district: str, secret: str, *, now: datetime) -> None:
    """Write down that a session was used."""
    statement = update(LoginSession).where(
        _SESSION.district == district, _SESSION.session_hash == _digest(secret)
    )
    connection.execute(statement.values(seen_at=now))


def close_session(connection: Connection, district: str, secret: str, *, now: datetime) -> None:
    """Sign out: the session is revoked at once, on every device that has the cookie."""
    statement = update(LoginSession).where(
        _SESSION.district == district, _SESSION.session_hash == _digest(secret)
    )
    connection.execute(statement.values(revoked_at=now))


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A live session of a user; `id` names it in forms and opens nothing."""

    id: str
    created_at: datetime
    seen_at: datetime
    device: str


def session_id(secret: str) -> str:
    """What names the session of this cookie in forms."""
    return _digest(secret)[:_ID_LENGTH]


def open_sessions(
    connection: Connection, district: str, name: str, *, now: datetime, limits: SessionLimits
) -> list[OpenSession]:
    """The live sessions of a user, the last used first."""
    rows = connection.execute(
        select(_SESSION.session_hash, _SESSION.created_at, _SESSION.seen_at, _SESSION.device)
        .where(
            _SESSION.district == district,
            _SESSION.user_name == name,
            _SESSION.revoked_at.is_(None),
            _SESSION.seen_at > now - limits.idle,
            _SESSION.created_at > now - limits.absolute,
        )
        .order_by(_SESSION.seen_at.desc(), _SESSION.session_hash)
    )
    return [OpenSession(row[0][:_ID_LENGTH], row[1], row[2], row[3]) for row in rows]


def end_session(connection: Connection, district: str, name: str, *, wanted: str, now: datetime) -> str:
    """Revoke the session of a user with the id `wanted`; answers its device. Raises NotFound `unknown_session`."""
    own = and_(_SESSION.district == district, _SESSION.user_name == name, _SESSION.revoked_at.is_(None))
    rows = connection.execute(select(_SESSION.session_hash, _SESSION.device).where(own)).all()
    row = next((row for row in rows if row[0][:_ID_LENGTH] == wanted), None)
    if row is None:
        raise NotFound("unknown_session", "this session is over already")
    statement = update(LoginSession).where(own, _SESSION.session_hash == row[0])
    connection.execute(statement.values(revoked_at=now))
    return str(row[1])


def end_other_sessions(
    connection: Connection, district: str, name: str, *, now: datetime, secret: str = ""
) -> int:
    """Revoke all sessions of a user but the one that asks; answers how many."""
    statement = update(LoginSession).where(
        _SESSION.district == district,
        _SESSION.user_name == name,
        _SESSION.revoked_at.is_(None),
        _SESSION.session_hash != (_digest(secret) if secret else ""),
    )
    return connection.execute(statement.values(revoked_at=now)).rowcount
