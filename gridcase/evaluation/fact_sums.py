"""The counts of stored fact rows as plain sums in SQL, equal to `columns_at` row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, not_, or_, select, true

from gridcase.cases.models import case_fact
from gridcase.db import unsought
from gridcase.evaluation.narrowing import Narrowing
from gridcase.facts.acts import acts_from_text, count_acts
from gridcase.facts.blocks import ACT_COLUMN_NAMES, INTAKE_MOMENTS, OUTCOME_STORED
from gridcase.facts.selection import Selection, Span
from gridcase.facts.texts import moments_from_text

Condition = ColumnElement[bool]
Expressions = dict[str, ColumnElement[int]]
# unit (one value for each key of the query) -> column without `_count` -> sum
Unit = tuple[str, ...]
Sums = dict[Unit, dict[str, int]]

_FACT = case_fact.c
# What rows may add to singly, from their texts.
_SINGLE_COLUMNS = frozenset({*ACT_COLUMN_NAMES, "supervision_unanswered"})
# Questions whose expressions are kept: there are some three hundred of them, and each is asked again and again.
_KEPT_PARTS = 64
UNIT_KEYS = ("cell", "community", "street", "district", "department")


@dataclass(frozen=True, slots=True)
class CountQuery:
    """What is counted: the cases of a district by keys of the fact row, in a period, judged at `at` (T).

    `is_unsettled_only` leaves out the cases that stand in the month sums.
    """

    district: str
    by: Unit
    period: Span
    at: datetime
    selection: Selection
    is_unsettled_only: bool = False

    @property
    def keys(self) -> list[ColumnElement[str]]:
        """The columns by which rows are grouped. Raises ValueError for a column that names no unit."""
        if not set(self.by) <= set(UNIT_KEYS):
            raise ValueError(f"{self.by!r} are no keys of units")
        return [case_fact.c[name] for name in self.by]

    @property
    def is_counted(self) -> Condition:
        """Rows that belong to a unit and stand as they stood at T: their last step lies before it."""
        wanted: list[Condition] = [key.is_not(None) for key in self.keys]
        if self.is_unsettled_only:
            wanted.append(~_FACT.is_settled)
        return and_(_FACT.district == self.district, unsought(_FACT.last_step_at) < self.at, *wanted)


def stored_sums(connection: Connection, query: CountQuery) -> Sums:
    """The sums over the rows that stand as at T. Rows with later steps are left out: they are replayed."""
    sums: Sums = defaultdict(lambda: defaultdict(int))
    for part in parts(query):
        _add_part(connection, query, part, sums=sums)
    _add_singles(connection, query, sums)
    return sums


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The sums over the rows that are not settled, and whether any of them asks for more.

    `has_moved`: some were summed before a step moved them; `has_later`: some have steps at or after T.
    """

    sums: Sums
    has_moved: bool
    has_later: bool


def unsettled_sums(connection: Connection, query: CountQuery) -> Unsettled:
    """As `stored_sums` over the rows that are not settled, which lie all over the table: they are looked at twice.

    The columns of block O count in few of these rows and are asked for by themselves.
    """
    own = replace(query, is_unsettled_only=True)
    first, *others = parts(own)
    sums: Sums = defaultdict(lambda: defaultdict(int))
    _add_part(connection, own, first, sums=sums)
    expressions = {
        name: _if(condition, value) for condition, columns in others for name, value in columns.items()
    }
    stands, moved = (_FACT.last_step_at < own.at).label("stands"), (_FACT.settled_no > 0).label("moved")
    single = _one(or_(*_single_conditions(own)))
    summed = [func.sum(value) for value in (*expressions.values(), single)]
    statement = (
        select(stands, moved, *own.keys, *summed)
        .where(_FACT.district == own.district, ~_FACT.is_settled)
        .group_by(*own.keys, "stands", "moved")
    )
    has_moved = has_later = has_singles = False
    for is_standing, is_moved, *values in connection.execute(statement):
        has_moved, has_later = has_moved or is_moved, has_later or not is_standing
        unit = tuple(values[: len(own.by)])
        if not is_standing or None in unit:
            continue
        *counts, single_count = values[len(own.by) :]
        has_singles = has_singles or single_count > 0
        _add_row(sums[unit], expressions, counts)
    if has_singles:
        _add_singles(connection, own, sums)
    return Unsettled(sums, has_moved, has_later)


def _add_part(
    connection: Connection, query: CountQuery, part: tuple[Condition, Expressions], *, sums: Sums
) -> None:
    condition, expressions = part
    columns = [func.sum(value) for value in expressions.values()]
    statement = select(*query.keys, *columns).where(query.is_counted, condition).group_by(*query.keys)
    width = len(query.by)
    for row in connection.execute(statement):
        _add_row(sums[tuple(row[:width])], expressions, row[width:])


def _add_row(unit: dict[str, int], names: Iterable[str], values: Iterable[Any]) -> None:
    for name, value in zip(names, values, strict=True):
        unit[name] += int(value)


def _add_singles(connection: Connection, query: CountQuery, sums: Sums) -> None:
    for single in _singly(connection, query, true()):
        for name, value in single.columns.items():
            sums[single.unit][name] += value


def stored_cases(
    connection: Connection, query: CountQuery, narrowed: Narrowing, *, terms: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    """Case number and what the case adds to the sum of `terms` (column -> factor), by a query of one key.

    Of the rows that stand as at T; a case may come more than once, a share of 0 is left out.
    """
    is_theirs = _is_of(query, narrowed)
    for condition, expressions in parts(query):
        own = [factor * expressions[name] for name, factor in terms.items() if name in expressions]
        if not own:
            continue
        value = sum(own[1:], own[0])
        if expressions.keys() >= INTAKE_MOMENTS.keys():
            # Settled rows are found by their last step: no moment of block I lies behind it.
            condition = and_(condition, _FACT.last_step_at >= query.period.start)
        # Apart, for settled rows are found by indexes of their own.
        for is_sort in (_FACT.is_settled, ~_FACT.is_settled):
            statement = select(_FACT.number, value).where(
                query.is_counted, is_sort, condition, is_theirs, value != 0
            )
            yield from ((number, int(share)) for number, share in connection.execute(statement))
    if not _SINGLE_COLUMNS.isdisjoint(terms):
        for single in _singly(connection, query, is_theirs):
            yield (
                single.number,
                sum(factor * single.columns.get(name, 0) for name, factor in terms.items()),
            )


def _is_of(query: CountQuery, narrowed: Narrowing) -> Condition:
    (key,) = query.keys
    wanted: list[Condition] = [
        func.coalesce(case_fact.c[name], "") == value for name, value in narrowed.parts.items()
    ]
    if narrowed.codes is not None:
        wanted.append(key.in_(sorted(narrowed.codes)))
    return and_(true(), *wanted)


@lru_cache(maxsize=_KEPT_PARTS)
def parts(query: CountQuery) -> tuple[tuple[Condition, Expressions], ...]:
    """Which rows count in which columns; every part is one scan that sums plain columns under their condition.

    A scan costs more than the conditions inside it (measured on SQLite), so each block is read once.
    """
    acts: Expressions = {name: case_fact.c[name] for name in ACT_COLUMN_NAMES}
    if query.selection.mode == "reported":
        intake = {name: _intake(name) for name in INTAKE_MOMENTS}
        held = {"held": _one(and_(_FACT.is_countable, _held(query.at)))}
        all_of_them = {**intake, **acts, **_outcome(query), **held}
        return ((_within(_FACT.reported_at, query.period), all_of_them),)
    if query.selection.mode != "due":
        raise ValueError(f"mode {query.selection.mode!r} counts the acts of people, not cases")
    moments = [(name, case_fact.c[moment]) for name, moment in INTAKE_MOMENTS.items()]
    intake = {name: _if(_within(moment, query.period), _intake(name)) for name, moment in moments}
    are_acts = and_(_within(_FACT.acts_from, query.period), _within(_FACT.acts_to, query.period))
    # No moment of block I lies before the report.
    return (_due_part(query), (_FACT.reported_at < query.period.end, intake), (are_acts, acts))


def _due_part(query: CountQuery) -> tuple[Condition, Expressions]:
    """Block O of mode `due`: cases due in the period, held cases, and what was carried over."""
    is_due, is_carried = _within(_FACT.due_at, query.period), _is_carried(query)
    expressions = {name: _if(is_due, value) for name, value in _outcome(query).items()}
    expressions["held"] = _one(_held(query.at))
    for name, value in _carried(query).items():
        carried = _if(is_carried, value)
        expressions[name] = expressions[name] + carried if name in expressions else carried
    return and_(_FACT.is_countable, or_(is_due, _FACT.is_held, is_carried)), expressions


def _within(moment: ColumnElement[datetime], span: Span) -> Condition:
    return and_(moment >= span.start, moment < span.end)


def _held(at: datetime) -> Condition:
    """Inside the open hold; it ends by itself at its planned end (FactRow.is_held_at)."""
    return and_(_FACT.is_held, or_(_FACT.held_until.is_(None), _FACT.held_until > at))


def _one(condition: Condition) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _if(condition: Condition, value: ColumnElement[int]) -> ColumnElement[int]:
    return case((condition, value), else_=0)


def _intake(name: str) -> ColumnElement[int]:
    if name == "undispatched":
        return _one(and_(_FACT.filed == 1, _FACT.is_open, _FACT.dispatched_at.is_(None)))
    column: ColumnElement[int] = case_fact.c[name]
    return column


def _outcome(query: CountQuery) -> Expressions:
    """The O columns except those selected apart, for rows that the mode selects."""
    is_owed = and_(_FACT.is_countable, not_(_held(query.at)))
    is_unhandled = and_(is_owed, _FACT.handled == 0)
    is_late = and_(_FACT.due_at.is_not(None), _FACT.due_at < query.at)
    overdue, in_time = _one(and_(is_unhandled, is_late)), _one(and_(is_unhandled, not_(is_late)))
    is_due = or_(_FACT.handled == 1, and_(is_unhandled, is_late))
    handle_due = _one(is_owed)
    if query.selection.handle_due == "without_not_yet_due":
        handle_due = handle_due - in_time
    expressions: Expressions = {name: case_fact.c[name] for name in OUTCOME_STORED}
    if query.selection.on_time_closing == "closing":
        expressions.update(_by_closing())
    return {
        **expressions,
        "handle_due": handle_due,
        "open_in_time": in_time,
        "overdue_unhandled": overdue,
        "unhandled": _one(is_unhandled),
        "due": _one(is_due),
        "overdue_unclosed": _one(and_(is_due, _FACT.closed == 0)),
        "urgent_due": _one(and_(is_due, _FACT.is_urgent)),
        "assigned_due": _one(and_(is_due, _FACT.is_assigned)),
        "public_overdue_unhandled": _one(and_(is_unhandled, is_late, _FACT.is_public)),
        "supervision_unanswered": _FACT.supervision_late,
    }


def _by_closing() -> Expressions:
    """Setting `on_time_closing = "closing"`: the closing itself is compared with the due moment."""
    is_closed = _FACT.closed == 1
    is_by_due = or_(_FACT.due_at.is_(None), _FACT.closed_at <= _FACT.due_at, _FACT.appeal_exempted == 1)
    on_time, late = and_(is_closed, is_by_due), and_(is_closed, not_(is_by_due))
    return {
        "on_time_closed": _one(on_time),
        "late_closed": _one(late),
        "urgent_on_time_closed": _one(and_(on_time, _FACT.is_urgent)),
        "assigned_on_time_closed": _one(and_(on_time, _FACT.is_assigned)),
        "public_late_closed": _one(and_(late, _FACT.is_public)),
    }


def _is_carried(query: CountQuery) -> Condition:
    start = query.period.start
    is_open_then = or_(_FACT.handled_at.is_(None), _FACT.handled_at >= start)
    return and_(_FACT.is_countable, not_(_FACT.is_held), _FACT.due_at < start, is_open_then)


def _carried(query: CountQuery) -> Expressions:
    """上期遗留, and what `carry_over = "included"` adds to the columns of the period."""
    handled: ColumnElement[int] = _FACT.handled
    is_closed = and_(_FACT.closed == 1, _FACT.closed_at >= query.period.start, _FACT.closed_at < query.at)
    columns: Expressions = {
        "carried_over": literal(1),
        "carried_over_handled": handled,
        "carried_over_closed": _one(is_closed),
        "carried_over_open": 1 - handled,
    }
    if query.selection.carry_over == "included":
        columns |= {
            "handle_due": literal(1),
            "due": literal(1),
            "urgent_due": _one(_FACT.is_urgent),
            "assigned_due": _one(_FACT.is_assigned),
            "handled": handled,
            "late_handled": handled,
            "closed": _one(is_closed),
            "late_closed": _one(is_closed),
            "urgent_closed": _one(and_(is_closed, _FACT.is_urgent)),
            "assigned_closed": _one(and_(is_closed, _FACT.is_assigned)),
            "public_late_closed": _one(and_(is_closed, _FACT.is_public)),
            "unhandled": 1 - handled,
            "overdue_unhandled": 1 - handled,
            "public_overdue_unhandled": _one(and_(handled == 0, _FACT.is_public)),
            "overdue_unclosed": _one(not_(is_closed)),
        }
    return columns


@dataclass(frozen=True, slots=True)
class _Single:
    """What a case adds to columns that no plain sum gives."""

    unit: Unit
    number: str
    columns: Mapping[str, int]


def _singly(connection: Connection, query: CountQuery, only: Condition) -> Iterator[_Single]:
    """The few rows whose value lies in a text: acts on both sides of an edge, orders that wait for a reply."""
    if query.selection.mode == "due":
        yield from _straddling_acts(connection, query, only)
    yield from _open_orders(connection, query, only)


def _single_conditions(query: CountQuery) -> Iterator[Condition]:
    """Which rows `_singly` reads."""
    if query.selection.mode == "due":
        yield _straddles(query.period)
    yield _has_late_orders(query)


def _straddles(span: Span) -> Condition:
    touches = and_(_FACT.acts_to >= span.start, _FACT.acts_from < span.end)
    return and_(touches, or_(_FACT.acts_from < span.start, _FACT.acts_to >= span.end))


def _has_late_orders(query: CountQuery) -> Condition:
    moment = _FACT.reported_at if query.selection.mode == "reported" else _FACT.due_at
    is_late = _FACT.supervision_open_from < query.at
    return and_(_FACT.is_countable, _within(moment, query.period), is_late)


def _straddling_acts(connection: Connection, query: CountQuery, only: Condition) -> Iterator[_Single]:
    """Cases whose tasks lie on both sides of an edge of the period: each task by its own moment."""
    span = query.period
    statement = select(*query.keys, _FACT.number, _FACT.acts).where(query.is_counted, _straddles(span), only)
    for *unit, number, text in connection.execute(statement):
        acts = (act for act in acts_from_text(text) if span.holds(act.at))
        yield _Single(tuple(unit), number, count_acts(acts))


def _open_orders(connection: Connection, query: CountQuery, only: Condition) -> Iterator[_Single]:
    """Open supervision orders whose deadline has passed at T, for rows that block O selects."""
    statement = select(*query.keys, _FACT.number, _FACT.supervision_open).where(
        query.is_counted, _has_late_orders(query), only
    )
    for *unit, number, text in connection.execute(statement):
        late = sum(reply_by < query.at for reply_by in moments_from_text(text))
        yield _Single(tuple(unit), number, {"supervision_unanswered": late})
