"""Counts of a period in which each case is judged once: what an earlier frozen period judged is left out (evaluation.md 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from gridcase.cases.models import case_fact
from gridcase.db import table_of
from gridcase.evaluation.counting import Counts, count_units
from gridcase.evaluation.fact_sums import CountQuery
from gridcase.evaluation.frozen.counts import frozen_month
from gridcase.evaluation.frozen.models import JudgedCase
from gridcase.evaluation.once import OnceQuery, Unit, is_due_in, unit_of
from gridcase.evaluation.periods import Period
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.post_counting import count_posts
from gridcase.evaluation.rows_at import rows_at
from gridcase.facts import columns_at
from gridcase.facts.blocks import COLUMN_NAMES

_FACT = case_fact.c
_JUDGED = table_of(JudgedCase).c


@dataclass(slots=True)
class Once:
    """Counts by unit, and how many cases were left out because a frozen period judged them."""

    counts: dict[Unit, Counts] = field(default_factory=dict)
    judged_before: int = 0


def count_once(connection: Connection, query: OnceQuery) -> Once:
    """The counts added over the periods of the query, each at its own T.

    A month of a quarter or longer that is frozen, by the same selection, brings its frozen counts (evaluation.md 2).
    """
    total = Once()
    for period, at in query.moments:
        frozen = frozen_month(connection, query, period)
        month = (
            count_period(connection, query, period, at=at)
            if frozen is None
            else Once(frozen.counts, frozen.judged_before)
        )
        total.judged_before += month.judged_before
        for unit, counts in month.counts.items():
            own = total.counts.setdefault(unit, dict.fromkeys(COLUMN_NAMES, 0))
            for name, value in counts.items():
                own[name] += value
    return total


def count_period(connection: Connection, query: OnceQuery, period: Period, *, at: datetime) -> Once:
    """The counts of one period judged at `at` from the case history, whatever is frozen of the period itself."""
    if query.of in POSTS:
        people = count_posts(connection, query.district, query.of, moments=[(period, at)])
        return Once({(person,): counts for person, counts in people.items()})
    counted = CountQuery(query.district, query.by, period.span, at, query.selection)
    found = Once(count_units(connection, counted))
    if query.selection.mode != "due":
        return found
    numbers = judged_before(connection, query.district, query.of, period=period, at=at)
    for row in rows_at(connection, query.district, numbers, at=at).values():
        unit = unit_of(row, query.by, query.district)
        if unit is None or not is_due_in(row, period.span):
            continue
        found.judged_before += 1
        own = found.counts[unit]
        for is_left_out, sign in ((False, -1), (True, 1)):
            columns = columns_at(
                row, period=period.span, at=at, selection=query.selection, is_judged_before=is_left_out
            )
            for name, value in columns.items():
                own[name] += sign * value
    return found


def judged_before(
    connection: Connection, district: str, of: str, *, period: Period, at: datetime
) -> list[str]:
    """The cases that may count in the period at T and belonged to one that ended before it and is frozen, by number.

    Only cases that were still open then are kept in mind: the due moment of another one cannot move any more.
    """
    earlier = and_(
        _JUDGED.district == district, _JUDGED.unit_kind == of, _JUDGED.ends_at <= period.span.start
    )
    if connection.execute(select(_JUDGED.number).where(earlier).limit(1)).first() is None:
        return []
    is_due = and_(_FACT.due_at >= period.span.start, _FACT.due_at < period.span.end)
    statement = (
        select(_FACT.number)
        .join(
            table_of(JudgedCase),
            and_(_JUDGED.district == _FACT.district, _JUDGED.number == _FACT.number),
        )
        .where(earlier, _FACT.district == district, or_(is_due, _FACT.last_step_at >= at))
        .distinct()
    )
    return sorted(connection.scalars(statement))
