"""A step as the register stores it: encoding to a row, decoding from one, and the hash that links it to the last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from gridcase.facts import ClockEffect, Step

FIRST_HASH = "0" * 64
_MOMENTS = frozenset({"at", "due_at", "held_from", "asked_at", "old_due_at", "until_at", "yellow_at"})
_EFFECT_FIELDS = tuple(field.name for field in fields(ClockEffect))
_HASHED = (
    "district", "number", "no", "trigger", "from_state", "to_state", "at", "actor", "actor_name", "role",
    "department", "phone", "receiver", "opinion", "reason", "used", "on_time", "definition_version", "data", "clocks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A step with what only the register needs: the words of the actor and the hash chain."""

    step: Step
    actor_name: str
    phone: str
    receiver: str | None
    opinion: str | None
    reason: str | None
    used: int | None
    on_time: bool | None
    definition_version: int
    previous_hash: str
    hash: str


# What is stored is a tree made here: to look for circles at each level would cost a third more.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def dump_json(value: Any) -> str:
    """Compact JSON with sorted keys and unescaped Chinese: the same value always gives the same text."""
    return _ENCODER.encode(value)


@lru_cache(maxsize=4096)
def moment_text(moment: datetime) -> str:
    """`2026-10-03T15:20:00Z`: UTC, whole seconds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def moment_from(text: str) -> datetime:
    """The aware UTC moment that `moment_text` wrote."""
    return datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)


def effect_to_json(effect: ClockEffect) -> dict[str, Any]:
    """Only what is set, moments as text."""
    answer: dict[str, Any] = {}
    for name in _EFFECT_FIELDS:
        value = getattr(effect, name)
        if value is not None:
            answer[name] = moment_text(value) if name in _MOMENTS else value
    return answer


def effect_from_json(values: Mapping[str, Any]) -> ClockEffect:
    """The effect that `effect_to_json` wrote."""
    read: dict[str, Any] = {
        name: moment_from(value) if name in _MOMENTS else value for name, value in values.items()
    }
    if "slots" in read:
        read["slots"] = tuple((start, end) for start, end in read["slots"])
    return ClockEffect(**read)


def seal(values: Mapping[str, Any], previous_hash: str, algorithm: str) -> str:
    """The hash of a step row over all its columns and the hash before it (hex, lower case).

    `values` are the columns of the step table, `at` an aware moment. `algorithm` is sha256 or sm3.
    """
    return hash_of(sealed_text(values, previous_hash), algorithm)


def sealed_text(values: Mapping[str, Any], previous_hash: str) -> bytes:
    """What is hashed of a step row: all its columns and the hash before it, as JSON in UTF-8."""
    content = {name: values[name] for name in _HASHED}
    content["at"] = moment_text(values["at"])
    content["previous_hash"] = previous_hash
    return dump_json(content).encode()


def hash_of(told: bytes, algorithm: str) -> str:
    """The hash of a sealed text (hex, lower case). `algorithm` is sha256 or sm3."""
    # By its own name: `new` looks the algorithm up each time, which takes more than half as long again.
    sealing = hashlib.sha256(told) if algorithm == "sha256" else hashlib.new(algorithm, told)
    return sealing.hexdigest()


def row_of(entry: Entry, district: str, number: str) -> dict[str, Any]:
    """The columns of the step table for an entry."""
    step = entry.step
    return {
        "district": district,
        "number": number,
        "no": step.no,
        "trigger": step.trigger,
        "from_state": step.from_state,
        "to_state": step.to_state,
        "at": step.at,
        "actor": step.actor,
        "actor_name": entry.actor_name,
        "role": step.role,
        "department": step.department,
        "phone": entry.phone,
        "receiver": entry.receiver,
        "opinion": entry.opinion,
        "reason": entry.reason,
        "used": entry.used,
        "on_time": entry.on_time,
        "definition_version": entry.definition_version,
        "data": dump_json(step.data),
        "clocks": dump_json([effect_to_json(effect) for effect in step.clocks]),
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def sealed(entry: Entry, district: str, number: str, *, algorithm: str) -> tuple[Entry, dict[str, Any]]:
    """The entry, which has no hash yet, with its hash, and its row."""
    row = row_of(entry, district, number)
    row["hash"] = seal(row, entry.previous_hash, algorithm)
    # Nobody else has seen it yet. To copy it field by field would take as long as to seal it.
    object.__setattr__(entry, "hash", row["hash"])
    return entry, row


def entry_from_row(row: Mapping[str, Any]) -> Entry:
    """The entry of a row of the step table; `at` may be naive UTC (SQLite) or aware."""
    at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
    effects = tuple(effect_from_json(values) for values in json.loads(row["clocks"]))
    step = Step(
        no=row["no"],
        trigger=row["trigger"],
        from_state=row["from_state"],
        to_state=row["to_state"],
        at=at,
        actor=row["actor"],
        role=row["role"],
        department=row["department"],
        data=json.loads(row["data"]),
        clocks=effects,
    )
    return Entry(
        step=step,
        actor_name=row["actor_name"],
        phone=row["phone"],
        receiver=row["receiver"],
        opinion=row["opinion"],
        reason=row["reason"],
        used=row["used"],
        on_time=None if row["on_time"] is None else bool(row["on_time"]),
        definition_version=row["definition_version"],
        previous_hash=row["previous_hash"],
        hash=row["hash"],
    )
