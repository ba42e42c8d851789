"""Checks the hash chain of one case's steps, and says which column of a step was altered where that can be told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.cases.differences import ABSENT, DIFFERS, Difference
from gridcase.cases.mirrors import Row
from gridcase.cases.steps import FIRST_HASH, hash_of, sealed_text

TABLE = "step"
# The content is not what was sealed, and no other row of the case tells which column it is.
ALTERED = "hash_mismatch"
ALGORITHMS = ("sha256", "sm3")
# Columns that no check of the content covers by itself.
_LINKS = ("previous_hash", "hash")


@dataclass(frozen=True, slots=True)
class Chain:
    """The step rows of one case in order of `no`; `last_hash` and `version` as the case row tells them, if there is one."""

    number: str
    rows: Sequence[Row]
    last_hash: str | None
    version: int | None


# What a column of an altered step may have held: values of its kind that stand elsewhere in the case.
Candidates = Callable[[], Mapping[str, Collection[Any]]]


def check_chain(chain: Chain, candidates: Candidates) -> Iterator[Difference]:
    """The first step that is missing or was altered; nothing when all is sound.

    After it nothing more is told of the chain: each later step hangs on it.
    """
    # A database may hold a text where a number belongs; no step stands at that place then.
    known = {no for no in [row["no"] for row in chain.rows] if isinstance(no, int)}
    last = max([*known, chain.version if isinstance(chain.version, int) else 0])
    missing = next((no for no in range(1, last + 1) if no not in known), None)
    if missing is not None:
        yield Difference(chain.number, TABLE, ABSENT, {"no": missing})
        return
    previous = FIRST_HASH
    for index, row in enumerate(chain.rows):
        # The next link was made of the hash as it was when this step was sealed.
        link = chain.rows[index + 1]["previous_hash"] if index + 1 < len(chain.rows) else chain.last_hash
        found = _check_step(chain.number, row, previous, link=link, candidates=candidates)
        if found is not None:
            yield found
            return
        previous = row["hash"]


def _check_step(
    number: str, row: Row, previous: str, *, link: str | None, candidates: Candidates
) -> Difference | None:
    key = {"no": row["no"]}
    if row["previous_hash"] != previous:
        return Difference(number, TABLE, DIFFERS, key, "previous_hash", row["previous_hash"], previous)
    if _is_sealed(row, previous, row["hash"]):
        return None
    if link is not None and link != row["hash"] and _is_sealed(row, previous, link):
        return Difference(number, TABLE, DIFFERS, key, "hash", row["hash"], link)
    altered = _altered_column(row, previous, candidates())
    if altered is None:
        return Difference(number, TABLE, ALTERED, key)
    column, value = altered
    return Difference(number, TABLE, DIFFERS, key, column, row[column], value)


def _is_whole(row: Row) -> bool:
    """Whether every value is of the kind that its column keeps: a moment of whole seconds, a flag, a number."""
    at, on_time = row["at"], row["on_time"]
    return isinstance(at, datetime) and at.microsecond == 0 and (on_time is None or isinstance(on_time, bool))


def _is_sealed(row: Row, previous: str, wanted: str) -> bool:
    """Whether this row, after that hash, has the wanted one by any of the algorithms."""
    if not _is_whole(row):
        return False
    told = sealed_text(row, previous)
    return any(hash_of(told, name) == wanted for name in ALGORITHMS)


def _altered_column(
    row: Row, previous: str, candidates: Mapping[str, Collection[Any]]
) -> tuple[str, Any] | None:
    """The column that was altered and what it held, when one other value makes the step the one that was sealed."""
    for column, values in candidates.items():
        if column in _LINKS:
            continue
        for value in values:
            tried = {**row, column: value}
            if value == row[column] and type(value) is type(row[column]):
                continue
            if _is_sealed(tried, previous, row["hash"]):
                return column, value
    return None
