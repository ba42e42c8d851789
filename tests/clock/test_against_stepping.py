"""The clock agrees with a slow walk over cells and days, for any slots, calendars, holds and extensions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridcase.clock import (
    CHINA,
    CalendarRow,
    ClockError,
    ClockRules,
    Explanation,
    Extension,
    Hold,
    Limit,
    Task,
    Unit,
    WorkCalendar,
    counted,
    due_moment,
    explain,
    lamp,
    make_rules,
)
from tests.clock import stepping
from tests.clock.stepping import Question, World

T = TypeVar("T")

CENTURIES = datetime(1900, 1, 1, tzinfo=CHINA)
SECONDS = int((datetime(2200, 1, 1, tzinfo=CHINA) - CENTURIES).total_seconds())
WEEKDAYS = WorkCalendar()
FIRST = datetime(2026, 9, 21, tzinfo=CHINA)
MINUTE, QUARTER, SECOND = timedelta(minutes=1), timedelta(minutes=15), timedelta(seconds=1)
UNITS = [unit.value for unit in Unit]


@st.composite
def worlds(draw: st.DrawFn, step: timedelta) -> World:
    """Up to three slots at quarter hours, also touching and up to midnight; any rows in five weeks."""
    edges = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
    if len(edges) % 2:
        edges.pop()
    slots = [(begin * 15, end * 15) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    if draw(st.booleans()):
        middle = (slots[0][0] + slots[0][1]) // 30 * 15
        if slots[0][0] < middle < slots[0][1]:
            slots[:1] = [(slots[0][0], middle), (middle, slots[0][1])]
    days = [FIRST.date() + timedelta(days=count) for count in range(35)]
    kinds = st.sampled_from([("holiday", "甲"), ("holiday", "乙"), ("workday", "甲")])
    rows = draw(st.dictionaries(st.sampled_from(days), kinds, max_size=12))
    return World(tuple(slots), rows, draw(st.sampled_from(["span", "close_of_business"])), step)


@st.composite
def questions(draw: st.DrawFn, world: World, span: int) -> Question:
    """A clock within `span` steps, with small limits, holds and extensions; some are to be refused."""
    moments = st.integers(0, span).map(lambda count: FIRST + count * world.step)
    start = draw(moments)
    later = st.integers(0, span).map(lambda count: start + count * world.step)
    hour_unit = draw(st.sampled_from(UNITS))
    units = st.sampled_from([hour_unit, hour_unit, hour_unit, *UNITS])
    amounts = units.flatmap(
        lambda unit: st.tuples(
            st.integers(1, 300 if unit.endswith("时") else 3).map(
                lambda number: number * (1 if world.step == QUARTER else 3) if unit.endswith("时") else number
            ),
            st.just(unit),
        )
    )
    pairs = st.tuples(later, later).map(lambda pair: (min(pair), max(pair)))
    holds = tuple(draw(st.lists(pairs, max_size=4)))
    extensions = tuple(draw(st.lists(st.tuples(later, amounts), max_size=2)))
    return Question(start, draw(amounts.filter(lambda amount: amount[1] == hour_unit)), holds, extensions)


def limit_of(world: World, amount: tuple[int, str]) -> Limit:
    number, unit = amount
    hours = Decimal(int(number * world.step.total_seconds())) / 3600
    value = hours if unit.endswith("时") else Decimal(number)
    return Limit(value, Unit(unit), f"{value}{unit}")


def rules_of(world: World) -> ClockRules:
    def text(minute: int) -> str:
        return f"{minute // 60:02}:{minute % 60:02}"

    calendar = WorkCalendar(CalendarRow(on, kind, name) for on, (kind, name) in world.rows.items())
    return make_rules(calendar, [[text(begin), text(end)] for begin, end in world.slots], world.workday)


def task_of(world: World, question: Question) -> Task:
    return Task(
        question.start,
        limit_of(world, question.limit),
        tuple(Hold(begin, end) for begin, end in question.holds),
        tuple(Extension(asked, limit_of(world, amount)) for asked, amount in question.extensions),
    )


def told(explanation: Explanation) -> list[tuple[Any, ...]]:
    return [
        (
            datetime.fromisoformat(line["from"]),
            datetime.fromisoformat(line["to"]),
            line["counted"],
            line["why"],
            line.get("name", ""),
            line["used"],
        )
        for line in explanation.lines
        if line["kind"] == "interval"
    ]


@dataclass(frozen=True)
class Found:
    """A due moment, what was passed on the way, and at some moments between the used seconds and the lamp."""

    due: datetime
    intervals: list[tuple[Any, ...]]
    on_the_way: list[tuple[int, str]]


def or_code(act: Callable[[], T]) -> T | str:
    """What the clock answers, or the code of its refusal."""
    try:
        return act()
    except ClockError as error:
        return error.code


def found(world: World, question: Question) -> Found | str:
    """What the clock answers: the code of a refusal, or what it found, told and untold the same."""
    task, rules = task_of(world, question), rules_of(world)
    explanation, due = or_code(lambda: explain(task, rules)), or_code(lambda: due_moment(task, rules))
    if isinstance(explanation, str) or isinstance(due, str):
        assert due == explanation
        return str(explanation)
    assert due == explanation.due_at
    on_the_way = [
        (counted(task, rules, until=moment), lamp(task, rules, now=moment, yellow=80))
        for moment in moments_between(world, question, due)
    ]
    return Found(due, told(explanation), on_the_way)


def walked(world: World, question: Question) -> Found | str:
    """What the slow walk answers."""
    expected = stepping.answer(world, question)
    if isinstance(expected, str):
        return expected
    on_the_way = [
        (
            stepping.used_at(world, question, moment, expected.due),
            stepping.lamp_at(world, question, moment, expected.due),
        )
        for moment in moments_between(world, question, expected.due)
    ]
    return Found(expected.due, list(expected.intervals), on_the_way)


def moments_between(world: World, question: Question, due: datetime) -> list[datetime]:
    """From the start to a fifth behind the due moment, at the edges of cells."""
    cells = int((due - question.start) / world.step)
    return [question.start + cells * share // 5 * world.step for share in (0, 1, 3, 4, 5, 6)]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_by_quarters_of_an_hour_over_weeks(data: st.DataObject) -> None:
    world = data.draw(worlds(QUARTER))

    question = data.draw(questions(world, 14 * 96))

    assert found(world, question) == walked(world, question)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_by_minutes_over_days(data: st.DataObject) -> None:
    world = data.draw(worlds(MINUTE))

    question = data.draw(questions(world, 4 * 1440))

    assert found(world, question) == walked(world, question)


SHORT_SLOTS = World(((480, 482), (484, 486)), {}, "span", SECOND)


@settings(max_examples=60, deadline=None)
@given(
    edge=st.sampled_from([480, 482, 484]),
    before=st.integers(0, 90),
    hundredths=st.integers(1, 3),
    holds=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), max_size=3),
)
@example(edge=482, before=36, hundredths=1, holds=[(36, 40)])
@example(edge=482, before=37, hundredths=1, holds=[(36, 40)])
def test_by_seconds_around_the_edges_of_slots(
    edge: int, before: int, hundredths: int, holds: list[tuple[int, int]]
) -> None:
    start = FIRST + timedelta(minutes=edge, seconds=-before)
    spans = tuple(
        (start + timedelta(seconds=min(pair)), start + timedelta(seconds=max(pair))) for pair in holds
    )

    question = Question(start, (36 * hundredths, "工作时"), spans)

    assert found(SHORT_SLOTS, question) == walked(SHORT_SLOTS, question)


@settings(max_examples=300, deadline=None)
@given(
    start=st.integers(0, SECONDS - 1).map(lambda second: CENTURIES + timedelta(seconds=second)),
    days=st.integers(1, 400),
    workday=st.sampled_from(["span", "close_of_business"]),
)
def test_day_by_day_in_all_centuries(start: datetime, days: int, workday: str) -> None:
    rules = make_rules(WEEKDAYS, [["08:00", "12:00"], ["14:00", "18:00"]], workday)
    task = Task(start, Limit(Decimal(days), Unit.WORKING_DAY, f"{days}工作日"))

    due = due_moment(task, rules)

    assert due == (_closing(start, days) if workday == "close_of_business" else _spanned(start, days))


def _next_working(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _closing(start: datetime, days: int) -> datetime:
    day = start.date()
    for _ in range(days):
        day = _next_working(day)
    return datetime(day.year, day.month, day.day, 18, tzinfo=CHINA)


def _spanned(start: datetime, days: int) -> datetime:
    """A start in working time ends at the same time of day; before or after hours it ends at an edge."""
    day, time = start.date(), start.timetz()
    hours = start.hour + start.minute / 60 + start.second / 3600
    if day.weekday() > 4 or hours >= 18:
        return _closing(start, days)
    if hours <= 8:
        return _closing(start - timedelta(days=1), days)
    for _ in range(days):
        day = _next_working(day)
    if 12 <= hours <= 14:
        return datetime(day.year, day.month, day.day, 12, tzinfo=CHINA)
    return datetime.combine(day, time)
