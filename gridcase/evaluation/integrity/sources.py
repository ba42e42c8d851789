"""Which cases are looked at for each rule: whom a question would be put to, and the mark of each, as one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from gridcase.cases.models import Photo, StepRow, case_fact
from gridcase.db import table_of
from gridcase.evaluation.integrity.query import IntegrityQuery
from gridcase.evaluation.integrity.rules import (
    ALIKE,
    EARLIER,
    FAILED,
    LATE,
    LIKE,
    PASSED,
    REPORTED,
    SETTLED,
)
from gridcase.evaluation.integrity.tally import Subject
from gridcase.facts import FactRow

_FACT = case_fact.c
_STEP, _SENT = table_of(StepRow).alias("answered"), table_of(StepRow).alias("sent")
_PHOTO = table_of(Photo).c
_RESULTS = {"verify_pass": PASSED, "verify_fail": FAILED}
_DISPATCHES = ("dispatch", "redispatch", "rework")

# Four columns: number, first, second, mark.
Statement = Any


@dataclass(frozen=True, slots=True)
class Record:
    """A case under a mark. A case may stand more than once, as with several verifications."""

    number: str
    subject: Subject
    mark: str


@dataclass(frozen=True)
class Source:
    """All records of a rule: those that a statement finds, and those that were made otherwise."""

    stored: Statement | None = None
    made: tuple[Record, ...] = ()


def _records(
    number: ColumnElement[Any], subject: ColumnElement[Any], mark: ColumnElement[Any]
) -> Select[Any]:
    return select(
        number.label("number"),
        func.coalesce(subject, "").label("first"),
        literal("").label("second"),
        mark.label("mark"),
    )


def _within(moment: ColumnElement[datetime], start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(moment >= start, moment < end)


def since(statement: Select[Any], moment: datetime, *, fact: Any = _FACT) -> Statement:
    """The same rows of cases that have a step at or after the moment, found without reading all others.

    Settled rows have an index by their last step; those that are not are few. Each sort asks for itself.
    """
    settled = statement.where(fact.is_settled, fact.last_step_at >= moment)
    return union_all(settled, statement.where(~fact.is_settled, fact.last_step_at >= moment))


def voids(query: IntegrityQuery) -> Source:
    """Cases voided in the period, by the department of the dispatch in force.

    A voided case is not changed by anything later, so that the stored row serves for every T.
    """
    at, start = _FACT.voided_at, query.period.span.start
    mark = case((at >= query.voids_from, LATE), else_=EARLIER)
    stored = _records(_FACT.number, _FACT.department, mark).where(
        _FACT.district == query.district, _within(at, start, query.until)
    )
    return Source(since(stored, start))


def closings(query: IntegrityQuery) -> Source:
    """Cases closed from the begin of the period to the cut-off, by who closed them; forced closings among them."""
    at, start = _FACT.closed_at, query.period.span.start
    mark = case((at >= query.closings_from, LATE), else_=EARLIER)
    stored = _records(_FACT.number, _FACT.closer, mark).where(
        _FACT.district == query.district, _within(at, start, query.cut_off)
    )
    return Source(since(stored, start))


def cells(query: IntegrityQuery, later: Iterable[tuple[str, FactRow]]) -> Source:
    """Cases by cell, marked by the month of their report; `later` are the rows that went on after T, as at T."""
    months = (*query.months_before, query.period)
    at = _FACT.reported_at
    mark = case(*((at < month.span.end, month.name) for month in months[:-1]), else_=query.period.name)
    first, end = months[0].span.start, query.until
    made = tuple(
        Record(number, (row.cell, ""), month.name)
        for number, row in later
        if row.cell
        for month in months
        if month.span.holds(row.reported_at)
    )
    stored = _records(_FACT.number, _FACT.cell, mark).where(
        _FACT.district == query.district,
        _FACT.last_step_at < query.at,
        _FACT.cell.is_not(None),
        _within(at, first, end),
    )
    return Source(since(stored, first), made)


def self_handling(query: IntegrityQuery, later: Iterable[tuple[str, FactRow]]) -> Source:
    """Cases that inspectors reported in the period, settled on the spot or not."""
    mark = case((_FACT.self_handled == 1, SETTLED), else_=REPORTED)
    made = tuple(
        Record(number, (row.inspector, ""), SETTLED if row.self_handled else REPORTED)
        for number, row in later
        if row.inspector
        and (row.self_handled or row.inspector_reported)
        and query.period.span.holds(row.reported_at)
    )
    stored = _records(_FACT.number, _FACT.inspector, mark).where(
        _FACT.district == query.district,
        _FACT.last_step_at < query.at,
        _FACT.inspector.is_not(None),
        or_(_FACT.self_handled == 1, _FACT.inspector_reported == 1),
        _within(_FACT.reported_at, query.period.span.start, query.until),
    )
    return Source(since(stored, query.period.span.start), made)


def photos(query: IntegrityQuery) -> Source:
    """Photos sent in the period that resemble an earlier one, by sender: the case of each, and that of the earlier."""
    seen = alike_photos(query)
    own = _records(_PHOTO.number, _PHOTO.sent_by, literal(ALIKE)).where(seen)
    earlier = _records(_PHOTO.like_number, _PHOTO.sent_by, literal(LIKE)).where(seen)
    return Source(union_all(own, earlier))


def alike_photos(query: IntegrityQuery) -> ColumnElement[bool]:
    """Photos of the period that resemble an earlier one closely enough to be asked about."""
    return and_(
        _PHOTO.district == query.district,
        _PHOTO.like_number.is_not(None),
        _PHOTO.like_distance <= query.settings.photo_bits,
        _within(_PHOTO.sent_at, query.period.span.start, query.until),
    )


def verifications(connection: Connection, query: IntegrityQuery) -> Source:
    """Verifications that an inspector answered with pass or fail in the period, with the main department at that moment.

    Steps lie under their case: only cases with a task that was answered, and with a step since the begin of the
    period, are read.
    """
    department = (
        select(_department(connection))
        .where(
            _SENT.c.district == _STEP.c.district,
            _SENT.c.number == _STEP.c.number,
            _SENT.c.no < _STEP.c.no,
            _SENT.c.trigger.in_(_DISPATCHES),
            _department(connection).is_not(None),
        )
        .order_by(_SENT.c.no.desc())
        .limit(1)
        .scalar_subquery()
    )
    # A case that never went to another department has one: most steps need not be looked for.
    had = case(
        (and_(_FACT.filed == 1, _FACT.wrong_dispatched == 0), _FACT.first_department), else_=department
    )
    own = and_(_FACT.district == _STEP.c.district, _FACT.number == _STEP.c.number)
    # Named one by one, the cases lead to their steps: joined, SQLite would read every step of the district.
    fact = case_fact.alias("verified_case").c
    verified = select(fact.number).where(
        fact.district == query.district, fact.verified > 0, fact.reported_at < query.until
    )
    cases = since(verified, query.period.span.start, fact=fact)
    return Source(
        select(
            _STEP.c.number.label("number"),
            _STEP.c.actor.label("first"),
            func.coalesce(had, "").label("second"),
            case(_RESULTS, value=_STEP.c.trigger).label("mark"),
        )
        .select_from(_STEP.join(case_fact, own))
        .where(
            _STEP.c.district == query.district,
            _STEP.c.number.in_(cases),
            _STEP.c.trigger.in_(list(_RESULTS)),
            _within(_STEP.c.at, query.period.span.start, query.until),
        )
    )


def _department(connection: Connection) -> ColumnElement[Any]:
    """The main department that a dispatch names."""
    told: ColumnElement[Any] = (
        func.json_extract(_SENT.c.data, "$.department")
        if connection.dialect.name == "sqlite"
        else cast(_SENT.c.data, JSON)["department"].as_string()
    )
    return told
