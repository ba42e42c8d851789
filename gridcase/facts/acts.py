"""The work of people that a case can ask for more than once: one act a task or duty, kept as JSON in the fact row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

# The columns that each kind of act adds to: owed, done, done on time (evaluation.md 3).
ACT_COLUMNS: dict[str, tuple[str, str | None, str]] = {
    "confirm": ("confirm_due", "confirmed", "on_time_confirmed"),
    "verify": ("verify_due", "verified", "on_time_verified"),
    "confirm_send": ("confirm_send_due", None, "on_time_confirm_sent"),
    "verify_send": ("verify_send_due", None, "on_time_verify_sent"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One task of an inspector (`confirm`, `verify`) or one sending duty (`confirm_send`, `verify_send`).

    `at` is the moment it is counted by: the sending of a task, the arising of a duty. `person` is the inspector,
    or the one who sent; None for a duty that nobody has met.
    """

    kind: str
    at: datetime
    person: str | None
    is_done: bool
    is_on_time: bool


def acts_text(acts: Iterable[Act]) -> str:
    """The acts as compact JSON: a list of [kind, moment, person, done, on time]."""
    rows = [[act.kind, _text(act.at), act.person, int(act.is_done), int(act.is_on_time)] for act in acts]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else "[]"


def acts_from_text(text: str) -> list[Act]:
    """The acts that `acts_text` wrote."""
    return [
        Act(kind, datetime.fromisoformat(at), person, bool(is_done), bool(is_on_time))
        for kind, at, person, is_done, is_on_time in json.loads(text)
    ]


def count_acts(acts: Iterable[Act]) -> dict[str, int]:
    """The sums of all task and duty columns over these acts."""
    counts = dict.fromkeys(_ALL_COLUMNS, 0)
    for act in acts:
        owed, done, on_time = ACT_COLUMNS[act.kind]
        counts[owed] += 1
        if done is not None:
            counts[done] += act.is_done
        counts[on_time] += act.is_on_time
    return counts


_ALL_COLUMNS = tuple(column for columns in ACT_COLUMNS.values() for column in columns if column is not None)


def _text(moment: datetime) -> str:
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat()
