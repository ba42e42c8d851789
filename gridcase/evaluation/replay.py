"""Fact rows at a moment in the past, of the cases that went on after it: made from the steps before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection, or_, select

from gridcase.cases.models import case_fact
from gridcase.evaluation.kept_facts import facts_before
from gridcase.facts import FactRow


def replayed_rows(
    connection: Connection, district: str, at: datetime, *, sorts: Iterable[bool] = (True, False)
) -> Iterator[tuple[str, FactRow]]:
    """Number and fact row at `at` of every case whose last step lies at or after it, by case number.

    Cases that began at or after `at` are left out. Only steps strictly before `at` are read. `sorts`: whether
    settled cases (True) are looked at, and others (False).
    """
    fact = case_fact.c
    numbers: list[str] = []
    # Two looks, since each of the two indexes holds one sort of rows.
    for is_settled in sorts:
        later = select(fact.number).where(
            fact.district == district,
            fact.is_settled if is_settled else ~fact.is_settled,
            fact.last_step_at >= at,
            or_(fact.reported_at.is_(None), fact.reported_at < at),
        )
        numbers += connection.scalars(later)
    yield from facts_before(connection, district, numbers, at=at)
