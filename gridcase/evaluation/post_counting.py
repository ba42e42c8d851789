"""The counts of the people of a post in a period at T, by what each did: mode `act` (evaluation.md 2, 3 and 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    null,
    or_,
    select,
    true,
)

from gridcase.cases.models import case_fact
from gridcase.directory.duty import Shift, Wanted, shifts
from gridcase.evaluation.periods import Period
from gridcase.evaluation.post_columns import MISSED, POSTS, Post, columns_of_people
from gridcase.evaluation.replay import replayed_rows
from gridcase.facts import Span
from gridcase.facts.acts import ACT_COLUMNS
from gridcase.facts.blocks import INTAKE_MOMENTS

Counts = dict[str, int]
Condition = ColumnElement[bool]

_FACT = case_fact.c
_SECOND = timedelta(seconds=1)
# kind, moment, person, done, on time
_PARTS = 5


@dataclass(frozen=True, slots=True)
class PostQuery:
    """What is counted: acts of the people of `of` (a key of POSTS) in a district and period, as known at `at` (T)."""

    district: str
    of: str
    period: Span
    at: datetime

    @property
    def post(self) -> Post:
        return POSTS[self.of]

    @property
    def stands(self) -> Condition:
        """Rows that stand as they stood at T; those with later steps are replayed."""
        return and_(_FACT.district == self.district, _FACT.last_step_at < self.at)


@dataclass(frozen=True, slots=True)
class Share:
    """What one case adds to the counts of one person."""

    number: str
    person: str
    columns: Counts


def count_posts(
    connection: Connection, district: str, of: str, *, moments: Iterable[tuple[Period, datetime]]
) -> dict[str, Counts]:
    """Person -> counts (names without `_count`, only those of the post), added over periods, each at its own T."""
    total: dict[str, Counts] = {}
    for period, at in moments:
        query = PostQuery(district, of, period.span, at)
        for person, counts in _count(connection, query).items():
            own = total.setdefault(person, dict.fromkeys(query.post.columns, 0))
            for name, value in counts.items():
                own[name] += value
    return total


def _count(connection: Connection, query: PostQuery) -> dict[str, Counts]:
    sums: dict[str, Counts] = defaultdict(lambda: defaultdict(int))
    for key, names in query.post.keys.items():
        person = case_fact.c[key]
        sums_of = [func.sum(_in_period(name, query.period)) for name in names]
        rows = and_(query.stands, person.is_not(None), _touches(names, query.period))
        statement = select(person, *sums_of).where(rows).group_by(person)
        for name_of, *values in connection.execute(statement):
            for name, value in zip(names, values, strict=True):
                sums[name_of][name] += int(value)
    for share in (*_act_shares(connection, query), *_single_shares(connection, query)):
        for name, value in share.columns.items():
            sums[share.person][name] += value
    return sums


def person_shares(connection: Connection, query: PostQuery, person: str) -> Iterator[Share]:
    """What each case adds to the counts of one person; a case may come more than once."""
    for key, names in query.post.keys.items():
        columns = [_in_period(name, query.period) for name in names]
        statement = select(_FACT.number, *columns).where(
            query.stands, case_fact.c[key] == person, _touches(names, query.period)
        )
        for number, *values in connection.execute(statement):
            yield Share(number, person, dict(zip(names, values, strict=True)))
    yield from _act_shares(connection, query, person=person)
    yield from (share for share in _single_shares(connection, query) if share.person == person)


def _in_period(name: str, period: Span) -> ColumnElement[int]:
    return case((_within(case_fact.c[INTAKE_MOMENTS[name]], period), case_fact.c[name]), else_=0)


def _touches(names: Iterable[str], period: Span) -> Condition:
    """Rows of which any of these columns may count in the period."""
    moments = dict.fromkeys(INTAKE_MOMENTS[name] for name in names)
    return or_(*(_within(case_fact.c[moment], period) for moment in moments))


def _within(moment: ColumnElement[datetime], span: Span) -> Condition:
    return and_(moment >= span.start, moment < span.end)


def _single_shares(connection: Connection, query: PostQuery) -> Iterator[Share]:
    """What is looked at case by case: cases with steps at or after T, and those that were missed."""
    missed = _stored_missed(connection, query)
    for number, row in replayed_rows(connection, query.district, query.at):
        for person, columns in columns_of_people(row, query.post, query.period).items():
            yield Share(number, person, columns)
        if row.missed and query.period.holds(row.filed_at) and row.cell and row.reported_at:
            missed.append(MissedCase(number, row.cell, row.reported_at))
    if query.post.has_missed and missed:
        yield from _missed_shares(connection, query, missed)


# --- tasks and sending duties ----------------------------------------------------------------------------------


def _act_shares(connection: Connection, query: PostQuery, *, person: str | None = None) -> Iterator[Share]:
    """The tasks and duties of the post: the sums by person, or those of one person case by case."""
    if not query.post.acts:
        return
    for number, who, kind, *values in connection.execute(_acts(connection, query, person=person)):
        owed_done_on_time = zip(ACT_COLUMNS[kind], values, strict=True)
        yield Share(number or "", who, {name: int(value) for name, value in owed_done_on_time if name})


def _acts(connection: Connection, query: PostQuery, *, person: str | None = None) -> Select[Any]:
    """Number, person, kind, and how many acts of it, how many done, how many on time.

    Summed over all cases (the number is none); for one `person` case by case. The acts of a case lie in one column
    as JSON (`gridcase.facts.acts`), which the database opens.
    """
    act, (kind, at, who, is_done, is_on_time) = _opened(connection)
    start, end = (moment.astimezone(UTC).isoformat() for moment in (query.period.start, query.period.end))
    number = null() if person is None else _FACT.number
    sums = (func.count(), func.sum(cast(is_done, Integer)), func.sum(cast(is_on_time, Integer)))
    statement = (
        select(number, who, kind, *sums)
        .select_from(case_fact.join(act, true()))
        .where(
            query.stands,
            # Most cases have all their acts in one period: the others need not be opened.
            _FACT.acts_to >= query.period.start,
            _FACT.acts_from < query.period.end,
            # Moments are texts of one form and one zone: their order is that of time.
            at >= start,
            at < end,
            kind.in_(query.post.acts),
        )
    )
    if person is None:
        return statement.where(who.is_not(None)).group_by(who, kind)
    return statement.where(who == person).group_by(_FACT.number, who, kind)


def _opened(connection: Connection) -> tuple[FromClause, list[ColumnElement[Any]]]:
    """The acts of a row as a table of their own, and the parts of an act."""
    if connection.dialect.name == "sqlite":
        act = func.json_each(_FACT.acts).table_valued("value", name="act")
        return act, [func.json_extract(act.c.value, f"$[{place}]") for place in range(_PARTS)]
    told = func.json_array_elements(cast(_FACT.acts, JSON)).table_valued(column("value", JSON), name="act")
    return told, [told.c.value[place].as_string() for place in range(_PARTS)]


# --- missed cases ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MissedCase:
    """A case that was missed: where it lies, and when it was reported."""

    number: str
    cell: str
    reported_at: datetime


def _stored_missed(connection: Connection, query: PostQuery) -> list[MissedCase]:
    """Filed in the period and found to have been missed."""
    if not query.post.has_missed:
        return []
    filed = _within(case_fact.c[INTAKE_MOMENTS[MISSED]], query.period)
    stored = select(_FACT.number, _FACT.cell, _FACT.reported_at).where(
        query.stands, _FACT.missed == 1, filed, _FACT.cell.is_not(None)
    )
    return [MissedCase(*row) for row in connection.execute(stored)]


def _missed_shares(connection: Connection, query: PostQuery, cases: Sequence[MissedCase]) -> Iterator[Share]:
    for number, inspector in on_duty(connection, query.district, cases):
        yield Share(number, inspector, {MISSED: 1})


def on_duty(connection: Connection, district: str, cases: Sequence[MissedCase]) -> Iterator[tuple[str, str]]:
    """Number and inspector: a missed case counts on every inspector who was on duty in its cell when it was reported.

    Where the roster has nobody, it counts on nobody (flow.md 5).
    """
    if not cases:
        return
    moments = [missed.reported_at for missed in cases]
    wanted = Wanted(start=min(moments), end=max(moments) + _SECOND)
    by_cell: dict[str, list[Shift]] = defaultdict(list)
    for shift in shifts(connection, district, wanted):
        for cell in shift.cells:
            by_cell[cell].append(shift)
    for missed in cases:
        own = (shift for shift in by_cell[missed.cell] if shift.start <= missed.reported_at < shift.end)
        for inspector in sorted({shift.inspector for shift in own}):
            yield missed.number, inspector
