"""Saved filters and phrases of the centre desk: each person's own, phrases also for everybody in a role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from gridcase.db import table_of
from gridcase.directory.desk_models import DeskFilter, DeskPhrase
from gridcase.errors import Invalid, Reason

_FILTER, _PHRASE = table_of(DeskFilter), table_of(DeskPhrase)
# Longer lists than these nobody reads through.
MOST_FILTERS, MOST_PHRASES = 20, 40
LONGEST_NAME, LONGEST_QUERY, LONGEST_PHRASE = 40, 500, 200
USER, ROLE = "user", "role"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase and whose it is: `owner_kind` user or role, `owner` the user name or the role code."""

    text: str
    owner_kind: str
    owner: str


def saved_filters(connection: Connection, district: str, owner: str) -> list[tuple[str, str]]:
    """Name and query string of each filter of a person, by name."""
    query = select(_FILTER.c.name, _FILTER.c.query).where(
        _FILTER.c.district == district, _FILTER.c.owner == owner
    )
    return [(name, text) for name, text in connection.execute(query.order_by(_FILTER.c.name))]


def keep_filter(
    connection: Connection, district: str, owner: str, *, kept: tuple[str, str], now: datetime
) -> None:
    """Keep a filter (name, query string) in place of one of the same name. Raises Invalid `bad_value`, `too_long`."""
    name, text = kept
    _check(name, "name", LONGEST_NAME)
    _check(text, "query", LONGEST_QUERY)
    drop_filter(connection, district, owner, name=name)
    if len(saved_filters(connection, district, owner)) >= MOST_FILTERS:
        raise _too_many(MOST_FILTERS)
    row = {"district": district, "owner": owner, "name": name, "query": text, "kept_at": now}
    connection.execute(insert(_FILTER).values(row))


def drop_filter(connection: Connection, district: str, owner: str, *, name: str) -> None:
    """Forget a filter; one that is not there is no fault."""
    mine = and_(_FILTER.c.district == district, _FILTER.c.owner == owner, _FILTER.c.name == name)
    connection.execute(delete(_FILTER).where(mine))


def phrases_for(connection: Connection, district: str, name: str, *, roles: Iterable[str]) -> list[Phrase]:
    """A person's own phrases, then those of roles, each in the order in which they were written."""
    whose = or_(
        and_(_PHRASE.c.owner_kind == USER, _PHRASE.c.owner == name),
        and_(_PHRASE.c.owner_kind == ROLE, _PHRASE.c.owner.in_(list(roles))),
    )
    query = select(_PHRASE.c.text, _PHRASE.c.owner_kind, _PHRASE.c.owner).where(
        _PHRASE.c.district == district, whose
    )
    ordered = query.order_by(_PHRASE.c.owner_kind.desc(), _PHRASE.c.kept_at, _PHRASE.c.text)
    return [Phrase(*row) for row in connection.execute(ordered)]


def keep_phrase(connection: Connection, district: str, phrase: Phrase, *, now: datetime) -> None:
    """Keep a phrase; one that is there already stays as it is. Raises Invalid `bad_value`, `too_long`."""
    _check(phrase.text, "text", LONGEST_PHRASE)
    drop_phrase(connection, district, phrase)
    count = select(func.count()).where(_owned(district, phrase))
    if connection.execute(count).scalar_one() >= MOST_PHRASES:
        raise _too_many(MOST_PHRASES)
    row = {
        "district": district, "owner_kind": phrase.owner_kind, "owner": phrase.owner, "text": phrase.text,
        "kept_at": now,
    }  # fmt: skip
    connection.execute(insert(_PHRASE).values(row))


def drop_phrase(connection: Connection, district: str, phrase: Phrase) -> None:
    """Forget a phrase; one that is not there is no fault."""
    connection.execute(delete(_PHRASE).where(and_(_owned(district, phrase), _PHRASE.c.text == phrase.text)))


def _owned(district: str, phrase: Phrase) -> ColumnElement[bool]:
    columns = _PHRASE.c
    return and_(
        columns.district == district,
        columns.owner_kind == phrase.owner_kind,
        columns.owner == phrase.owner,
    )


def _check(text: str, field: str, longest: int) -> None:
    if not text:
        raise Invalid(
            "record_missing",
            f"{field} is empty",
            errors=[Reason("record_missing", {"field": field}, field=field)],
        )
    if len(text) > longest:
        fault = Reason("too_long", {"field": field, "max_length": longest}, field=field)
        raise Invalid("too_long", f"{field} is too long", errors=[fault])


def _too_many(most: int) -> Invalid:
    return Invalid("bad_value", f"at most {most} are kept", field="name")
