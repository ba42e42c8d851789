"""Keeps answers to questions: appended one after the other, each with the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from gridcase.cases.book import Desk
from gridcase.cases.steps import dump_json
from gridcase.cases.store import Batch
from gridcase.cases.texts import check_texts
from gridcase.clock import CHINA
from gridcase.db import table_of
from gridcase.directory.audit import Noted, note
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotPermitted, Reason
from gridcase.evaluation.integrity.models import IntegrityAnswer
from gridcase.evaluation.integrity.rules import CELLS, VOIDS, Finding

# Leaders answer for the district, shift supervisors for the centre, administrators look after the records.
ROLES = ("leader", "shift_supervisor", "administrator")
OPEN, ANSWERED, CLOSED = "open", "answered", "closed"

_ANSWER = table_of(IntegrityAnswer)
_HASHED = (
    "district", "no", "period", "rule", "subject", "asked", "text", "is_closing", "answered_by", "answered_name",
    "previous_hash",
)  # fmt: skip
_FIRST_HASH = "0" * 64
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is kept. `cases` are those that the question had when it was answered."""

    no: int
    rule: str
    key: str
    text: str
    is_closing: bool
    by: str
    name: str
    at: datetime
    question: str
    cases: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name; the moment in China time."""
        return {
            "no": self.no,
            "text": self.text,
            "is_closing": self.is_closing,
            "by": self.by,
            "name": self.name,
            "at": self.at.astimezone(CHINA).isoformat(),
            "question": self.question,
            "case_count": len(self.cases),
        }


@dataclass(frozen=True)
class Asked:
    """A question as it stands when it is answered: in words, with its figures and cases."""

    period: str
    finding: Finding
    question: str
    cases: Sequence[str]

    @property
    def text(self) -> str:
        """Canonical JSON."""
        figures = {figure.name: figure.value for figure in self.finding.figures}
        return dump_json({"question": self.question, "figures": figures, "cases": list(self.cases)})


def check_reader(actor: Actor) -> None:
    """Raises NotPermitted `role_missing` for a person whom these questions are not for."""
    if not may_read(actor):
        raise NotPermitted("role_missing", "only leaders, shift supervisors and administrators may read this")


def may_read(actor: Actor) -> bool:
    """Whether this person may read questions and answer them."""
    return any(actor.has_role(role) for role in ROLES)


def is_about(finding: Finding, actor: Actor) -> bool:
    """Whether a question is about this very person."""
    return finding.rule not in (VOIDS, CELLS) and finding.subject[0] == actor.name


def give_answer(desk: Desk, actor: Actor, asked: Asked, *, text: str, is_closing: bool) -> int:
    """Append an answer; answers its number.

    Raises NotPermitted `role_missing`, and `own_question` when somebody closes a question about themselves: they may
    answer it, others close it. Invalid `record_missing` for less than two characters, `too_long`, `bad_value`.
    """
    check_reader(actor)
    words = text.strip()
    if len(words) < _SHORTEST:
        fault = Reason("record_missing", {"field": "text"}, field="text")
        raise Invalid("record_missing", "an answer has two characters or more", errors=[fault])
    check_texts(desk, {"text": words})
    if is_closing and is_about(asked.finding, actor):
        raise NotPermitted("own_question", "nobody closes a question about themselves")
    last = desk.connection.execute(
        select(_ANSWER.c.no, _ANSWER.c.hash)
        .where(_ANSWER.c.district == desk.district)
        .order_by(_ANSWER.c.no.desc())
        .limit(1)
    ).first()
    number: int = 1 if last is None else last.no + 1
    row = {
        "district": desk.district,
        "no": number,
        "period": asked.period,
        "rule": asked.finding.rule,
        "subject": asked.finding.key,
        "asked": asked.text,
        "text": words,
        "is_closing": is_closing,
        "answered_by": actor.name,
        "answered_name": actor.display_name or actor.name,
        "answered_at": desk.now,
        "previous_hash": _FIRST_HASH if last is None else last.hash,
    }
    batch = Batch(desk.dialect)
    # Two answers at once meet in the number: the later one is judged again and follows the other.
    batch.add(_ANSWER, "insert", {**row, "hash": _hash(row)})
    desk.send(batch)
    about = f"{asked.period} {asked.finding.rule} {asked.finding.key}"
    note(desk.connection, desk.district, Noted(desk.now, actor.name, "question_answered", about))
    return number


def answers_of(connection: Connection, district: str, period: str) -> dict[tuple[str, str], list[Answer]]:
    """(rule, key) -> the answers to that question, in their order."""
    statement = select(_ANSWER).where(_ANSWER.c.district == district, _ANSWER.c.period == period)
    found: dict[tuple[str, str], list[Answer]] = {}
    for row in connection.execute(statement.order_by(_ANSWER.c.no)).mappings():
        answer = _answer(row)
        found.setdefault((answer.rule, answer.key), []).append(answer)
    return found


def state_of(answers: Sequence[Answer], cases: Sequence[str]) -> str:
    """`closed` when the last closing answer knew all of these cases, else `answered`, or `open` without any answer."""
    if not answers:
        return OPEN
    closing = [answer for answer in answers if answer.is_closing]
    return CLOSED if closing and set(cases) <= set(closing[-1].cases) else ANSWERED


def first_altered(connection: Connection, district: str) -> str | None:
    """The first answer that is not what was written, in words; None when the chain is whole."""
    expected, previous = 1, _FIRST_HASH
    statement = select(_ANSWER).where(_ANSWER.c.district == district).order_by(_ANSWER.c.no)
    for row in connection.execute(statement).mappings():
        if row["no"] != expected:
            return f"answer {expected} is gone"
        if row["previous_hash"] != previous or row["hash"] != _hash(row):
            return f"answer {expected} is not what was written"
        expected, previous = expected + 1, row["hash"]
    return None


def _answer(row: Mapping[Any, Any]) -> Answer:
    asked = json.loads(row["asked"])
    return Answer(
        no=row["no"],
        rule=row["rule"],
        key=row["subject"],
        text=row["text"],
        is_closing=row["is_closing"],
        by=row["answered_by"],
        name=row["answered_name"],
        at=row["answered_at"],
        question=asked["question"],
        cases=tuple(asked["cases"]),
    )


def _hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of the canonical JSON of all columns; the moment in UTC."""
    values = {name: row[name] for name in _HASHED}
    values["answered_at"] = row["answered_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return hashlib.sha256(dump_json(values).encode()).hexdigest()
