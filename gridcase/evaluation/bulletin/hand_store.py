"""Keeps what people write for a bulletin, so that every print and the page say the same."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from gridcase.cases.models import Case
from gridcase.cases.steps import dump_json
from gridcase.db import table_of
from gridcase.errors import Invalid
from gridcase.evaluation.bulletin.content import Hand, Place
from gridcase.evaluation.bulletin.models import BulletinHand
from gridcase.evaluation.frozen.store import RecordKey

_HAND, _CASE = table_of(BulletinHand), table_of(Case).c
_WIDTHS: dict[str, int] = {name: getattr(_HAND.c[name].type, "length", 0) for name in ("number", "signature")}
_MANY = 500


def read_hand(connection: Connection, key: RecordKey) -> Hand:
    """What was entered for a period; an empty one when nothing was."""
    statement = select(
        _HAND.c.number, _HAND.c.signature, _HAND.c.issued_on, _HAND.c.text, _HAND.c.places
    ).where(_of(key))
    row = connection.execute(statement).first()
    if row is None:
        return Hand()
    places = tuple(Place(**place) for place in json.loads(row.places))
    return Hand(row.number, row.signature, row.issued_on, row.text, places)


def hand_mark(connection: Connection, key: RecordKey) -> datetime | None:
    """When something was last entered for a period."""
    return connection.execute(select(_HAND.c.entered_at).where(_of(key))).scalar()


def keep_hand(connection: Connection, key: RecordKey, hand: Hand, *, by: str, now: datetime) -> None:
    """Keep what was entered in place of what was there. Raises Invalid `too_long`, `bad_value`."""
    for name, longest in _WIDTHS.items():
        value = getattr(hand, name)
        if len(value) > longest:
            raise Invalid(
                "too_long", f"{name} is longer than {longest} characters", field=name, max_length=longest
            )
    for name in ("number", "signature", "text"):
        if not all(map(_is_text, getattr(hand, name))):
            raise Invalid("bad_value", f"{name} holds a character that is no text", field=name)
    connection.execute(delete(_HAND).where(_of(key)))
    connection.execute(
        insert(_HAND),
        {
            "district": key.district,
            "unit_kind": key.of,
            "period": key.period,
            "number": hand.number,
            "signature": hand.signature,
            "issued_on": hand.issued_on,
            "text": hand.text,
            "places": dump_json([asdict(place) for place in hand.places]),
            "entered_by": by[:80],
            "entered_at": now,
        },
    )


def _is_text(sign: str) -> bool:
    """Whether a sign is for people: lines are indented by wide blanks, which `isprintable` takes for none."""
    return sign.isprintable() or sign in "\t\r\n" or unicodedata.category(sign) == "Zs"


def known_cases(connection: Connection, district: str, numbers: Iterable[str]) -> set[str]:
    """Which of these numbers are cases."""
    # PostgreSQL refuses to be asked for a NUL.
    wanted, found = sorted(number for number in set(numbers) if "\0" not in number), set[str]()
    for first in range(0, len(wanted), _MANY):
        statement = select(_CASE.number).where(
            _CASE.district == district, _CASE.number.in_(wanted[first : first + _MANY])
        )
        found |= set(connection.scalars(statement))
    return found


def _of(key: RecordKey) -> ColumnElement[bool]:
    return and_(_HAND.c.district == key.district, _HAND.c.unit_kind == key.of, _HAND.c.period == key.period)
