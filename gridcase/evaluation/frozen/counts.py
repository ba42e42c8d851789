"""The counts by unit of a frozen record: as text, and read back for the quarter that the month belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from gridcase.cases.steps import dump_json
from gridcase.evaluation.frozen.store import RecordKey, newest_head, read_text
from gridcase.evaluation.frozen.tally import Counts
from gridcase.evaluation.once import OnceQuery, Unit
from gridcase.evaluation.periods import Period
from gridcase.facts import Selection
from gridcase.facts.blocks import COLUMN_NAMES

NAME = "counts"


@dataclass(frozen=True, slots=True)
class FrozenCounts:
    """All counts of a frozen period by unit, how they were selected, and at which T."""

    as_of: datetime
    selection: Selection
    counts: dict[Unit, Counts]
    judged_before: int

    def is_comparable(self, selection: Selection) -> bool:
        """Whether another scheme would count the same; how long it waits before it judges does not matter."""
        delay = self.selection.as_of_delay_hours
        return replace(selection, as_of_delay_hours=delay) == self.selection


def counts_text(by: Unit, counts: Mapping[Unit, Counts]) -> str:
    """Canonical JSON: the keys, and for each unit in order its counts that are not 0."""
    rows = [
        [list(unit), {name: value for name, value in counts[unit].items() if value}]
        for unit in sorted(counts)
    ]
    return dump_json({"by": list(by), "counts": rows})


def keys_of(text: str) -> Unit:
    """The keys by which the counts of a text were made."""
    return tuple(json.loads(text)["by"])


def counts_from(text: str, by: Unit) -> dict[Unit, Counts] | None:
    """The counts of a text by fewer keys or the same; None when it was not counted by all of these."""
    told = json.loads(text)
    if not set(by) <= set(told["by"]):
        return None
    places = [told["by"].index(key) for key in by]
    found: dict[Unit, Counts] = {}
    for keys, counts in told["counts"]:
        own = found.setdefault(tuple(keys[place] for place in places), dict.fromkeys(COLUMN_NAMES, 0))
        for name, value in counts.items():
            own[name] = own.get(name, 0) + value
    return found


def frozen_month(connection: Connection, query: OnceQuery, period: Period) -> FrozenCounts | None:
    """The frozen counts of a month of a quarter or longer, after its last amendment (evaluation.md 2).

    None when the period is asked for itself, when the month is not frozen, was judged after the T that was given,
    or was counted by another selection or by fewer keys.
    """
    key = RecordKey(query.district, query.of, period.name)
    head = newest_head(connection, key) if query.is_sum else None
    if head is None or (query.as_of is not None and head.as_of > query.as_of):
        return None
    counts = counts_from(read_text(connection, head, NAME), query.by)
    if counts is None:
        return None
    found = FrozenCounts(head.as_of, head.selection, counts, head.judged_before)
    return found if found.is_comparable(query.selection) else None
