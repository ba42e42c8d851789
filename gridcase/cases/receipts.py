"""Idempotent writes: the same client id with the same content gets the same answer, and nothing happens twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.engine import Dialect

from gridcase.cases.book import Desk
from gridcase.cases.models import Receipt
from gridcase.cases.steps import dump_json
from gridcase.cases.store import Batch
from gridcase.db import Prepared, table_of
from gridcase.directory.credentials import TOKEN_TYPES, token_query, token_values
from gridcase.directory.models import ApiToken
from gridcase.directory.people import Actor
from gridcase.directory.queries import actor_of_row
from gridcase.errors import Reason, Refused

_TABLE = table_of(Receipt)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of a write as JSON; `is_repeat` when it was given before and nothing was done now."""

    text: str
    is_repeat: bool


def content_hash(actor: str, path: str, body: str, *, photos: tuple[str, ...]) -> bytes:
    """What "the same content" means: the same person, call, body and photos (by hash).

    `body` is text that says the same thing in the same words, whatever order its fields were sent in.
    """
    return hashlib.sha256(f"{dump_json([actor, path, photos])}{body}".encode()).digest()


@lru_cache(maxsize=8)
def _select(dialect: Dialect) -> Prepared:
    statement = select(_TABLE.c.content_hash, _TABLE.c.answer).where(
        _TABLE.c.district == bindparam("district"), _TABLE.c.client_id == bindparam("client_id")
    )
    return Prepared(statement, dialect, {name: _TABLE.c[name].type for name in ("district", "client_id")})


@lru_cache(maxsize=8)
def _select_with_actor(dialect: Dialect) -> Prepared:
    token = table_of(ApiToken)
    mine = and_(_TABLE.c.district == token.c.district, _TABLE.c.client_id == bindparam("client_id"))
    statement = (
        token_query()
        .add_columns(_TABLE.c.content_hash, _TABLE.c.answer)
        .select_from(token.outerjoin(_TABLE, mine))
    )
    return Prepared(statement, dialect, {**TOKEN_TYPES, "client_id": _TABLE.c.client_id.type})


def look_for_both(desk: Desk, token: str, client_id: str) -> Actor | None:
    """Who is behind a token, and in the same look what `once` needs to know of a client id."""
    values = {**token_values(desk.district, token, now=desk.now), "client_id": client_id}
    rows = desk.access.fetch(_select_with_actor(desk.dialect), values)
    if not rows:
        return None
    *actor, known, answer = rows[0]
    desk.receipts[client_id] = [] if answer is None else [(known, answer)]
    return actor_of_row(actor)


def once(desk: Desk, client_id: str | None, content: bytes, *, act: Callable[[], dict[str, Any]]) -> Answered:
    """Run `act` unless this client id was answered before. Without a client id every call is a new one.

    Raises Refused `client_id_reused` when the id was used with other content.
    """
    if client_id is None:
        return Answered(dump_json(act()), is_repeat=False)
    keys = {"district": desk.district, "client_id": client_id}
    rows = desk.receipts.get(client_id)
    if rows is None:
        rows = desk.access.fetch(_select(desk.dialect), keys)
    if rows:
        known, answer = rows[0]
        if bytes(known) != content:
            raise Refused([Reason("client_id_reused", {"client_id": client_id})], code="client_id_reused")
        return Answered(str(answer), is_repeat=True)
    text = dump_json(act())
    batch = Batch(desk.dialect)
    # Two repeats at once meet in the primary key: the later one is judged again and finds this answer.
    batch.add(_TABLE, "insert", {**keys, "content_hash": content, "answer": text, "written_at": desk.now})
    desk.send(batch)
    return Answered(text, is_repeat=False)
