"""Reads the records of rules: counted, and case by case behind one figure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, and_, func, not_, select

from gridcase.cases.models import Photo, case_fact
from gridcase.db import table_of
from gridcase.evaluation.case_list import CaseShare
from gridcase.evaluation.integrity.bursts import SelfHandled
from gridcase.evaluation.integrity.query import IntegrityQuery
from gridcase.evaluation.integrity.sources import Source, alike_photos, since
from gridcase.evaluation.integrity.tally import ALL, OWN, Figure, Subject, Tally
from gridcase.facts import FactRow

_FACT = case_fact.c
_PHOTO = table_of(Photo).c
# Subjects that a statement names; of more, all are read and the others passed over.
_NAMED = 500


def tally_of(connection: Connection, source: Source) -> Tally:
    """The records of a rule counted by subject and mark: as many rows as there are subjects, however many cases."""
    counts: Counter[tuple[Subject, str]] = Counter((made.subject, made.mark) for made in source.made)
    if source.stored is not None:
        stored = source.stored.subquery()
        keys = (stored.c.first, stored.c.second, stored.c.mark)
        for first, second, mark, count in connection.execute(select(*keys, func.count()).group_by(*keys)):
            counts[(first, second), mark] += count
    return Tally(counts)


def shares_of(connection: Connection, source: Source, figure: Figure, *, subject: Subject) -> list[CaseShare]:
    """The cases behind a figure, by number; their values add up to it."""
    values: dict[str, int] = defaultdict(int)
    for made in source.made:
        is_theirs = figure.whose == ALL or (made.subject == subject) == (figure.whose == OWN)
        if made.mark in figure.marks and is_theirs:
            values[made.number] += 1
    if source.stored is not None:
        stored = source.stored.subquery()
        wanted: list[ColumnElement[bool]] = [stored.c.mark.in_(figure.marks)]
        theirs = and_(stored.c.first == subject[0], stored.c.second == subject[1])
        if figure.whose != ALL:
            wanted.append(theirs if figure.whose == OWN else not_(theirs))
        statement = select(stored.c.number, func.count()).where(*wanted).group_by(stored.c.number)
        for number, count in connection.execute(statement):
            values[number] += count
    return [CaseShare(number, values[number]) for number in sorted(values)]


def numbers_of(
    connection: Connection, source: Source, asked: Mapping[Subject, Figure]
) -> dict[Subject, list[str]]:
    """The cases behind one figure of each subject, by number, in one pass over the records."""
    found: dict[Subject, set[str]] = defaultdict(set)
    for made in source.made:
        if made.subject in asked and made.mark in asked[made.subject].marks:
            found[made.subject].add(made.number)
    if source.stored is not None:
        stored = source.stored.subquery()
        statement = select(stored.c.first, stored.c.second, stored.c.number).where(
            stored.c.mark.in_({mark for figure in asked.values() for mark in figure.marks})
        )
        firsts = {first for first, _second in asked}
        if len(firsts) <= _NAMED:
            statement = statement.where(stored.c.first.in_(firsts))
        for first, second, number in connection.execute(statement):
            if (first, second) in asked:
                found[first, second].add(number)
    return {subject: sorted(numbers) for subject, numbers in found.items()}


def self_handled_cases(
    connection: Connection, query: IntegrityQuery, later: Iterable[tuple[str, FactRow]]
) -> list[SelfHandled]:
    """The cases that inspectors reported in the period and settled on the spot, as at T."""
    statement = select(_FACT.inspector, _FACT.cell, _FACT.reported_at, _FACT.number).where(
        _FACT.district == query.district,
        _FACT.last_step_at < query.at,
        _FACT.self_handled == 1,
        _FACT.inspector.is_not(None),
        _FACT.cell.is_not(None),
        _FACT.reported_at >= query.period.span.start,
        _FACT.reported_at < query.until,
    )
    found = [SelfHandled(*row) for row in connection.execute(since(statement, query.period.span.start))]
    found += [
        SelfHandled(row.inspector, row.cell, row.reported_at, number)
        for number, row in later
        if row.self_handled
        and row.inspector
        and row.cell
        and row.reported_at
        and query.period.span.holds(row.reported_at)
    ]
    return sorted(found)


def photo_count(connection: Connection, query: IntegrityQuery) -> int:
    """How many photos were sent in the period."""
    statement = (
        select(func.count())
        .select_from(table_of(Photo))
        .where(
            _PHOTO.district == query.district,
            _PHOTO.sent_at >= query.period.span.start,
            _PHOTO.sent_at < query.until,
        )
    )
    return int(connection.scalar(statement) or 0)


def photo_pairs(
    connection: Connection, query: IntegrityQuery, sender: str, *, most: int
) -> list[dict[str, object]]:
    """The first look-alikes of a sender in the order of sending: case, earlier case, bits that differ of 64."""
    statement = (
        select(_PHOTO.id, _PHOTO.number, _PHOTO.like_photo, _PHOTO.like_number, _PHOTO.like_distance)
        .where(alike_photos(query), _PHOTO.sent_by == sender)
        .order_by(_PHOTO.sent_at, _PHOTO.id)
        .limit(most)
    )
    return [
        {"photo": photo, "number": number, "like_photo": like, "like_number": like_number, "bits": bits}
        for photo, number, like, like_number, bits in connection.execute(statement)
    ]
