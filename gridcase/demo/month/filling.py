"""Fills an empty database with a played month: people, pictures, then every act from the first report to the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

from gridcase.cases.book import Rulebook
from gridcase.clock import CHINA
from gridcase.db import Database
from gridcase.demo.marks import mark_as_demo
from gridcase.demo.month.arrivals import Arrival, Load, arrivals
from gridcase.demo.month.duties import load_rules
from gridcase.demo.month.intake import WORKFLOW
from gridcase.demo.month.people import Office, Staff, hire
from gridcase.demo.month.pictures import draw_pictures
from gridcase.demo.month.places import Places
from gridcase.demo.month.plan import Plan, load_plan
from gridcase.demo.month.playing import Pause, Player
from gridcase.demo.month.span import Span, midnight, span_of
from gridcase.demo.month.world import World
from gridcase.directory.service import RoleRules
from gridcase.errors import DefinitionError, Fault

Moment = Callable[[datetime], None]
_USUAL_TIME = time(8, 5)


@dataclass(frozen=True)
class Ground:
    """Where the month is played: a database without cases, its rulebook, the rules about roles, the plan."""

    database: Database
    book: Rulebook
    rules: RoleRules
    plan: Plan


@dataclass(frozen=True)
class Order:
    """What is wanted: the month (`2026-10`), the number of cases, the seed, one hash for every password."""

    period: str
    cases: int
    seed: int
    password_hash: str | None = None


@dataclass(frozen=True)
class Watch:
    """Who wants to know: `added` hears of new cases, `remind` is called at the time of the daily reminder in the
    last days of the period, while no transaction is open."""

    added: Callable[[int], None] | None = None
    remind: Moment | None = None


@dataclass(frozen=True)
class Filled:
    """What was played: users by role, acts by name, and what the flow refused (nothing, when all is well)."""

    span: Span
    users: dict[str, list[str]]
    tally: Counter[str]
    refusals: list[str] = field(default_factory=list)


def read_plan(workflows: Path, book: Rulebook) -> Plan:
    """The plan of the site. Raises DefinitionError with every fault, also when the site lacks the played workflow."""
    if WORKFLOW not in book.flows.names:
        text = f"the people of the demo know the workflow {WORKFLOW!r}, which the site does not have"
        raise DefinitionError([Fault(str(workflows), "", "unknown_workflow", text)])
    return load_plan(workflows, catalogue=book.catalogue, channels=book.channels)


def span_of_order(order: Order, plan: Plan, book: Rulebook) -> Span:
    """The days of the order. Raises Invalid `bad_period`."""
    settings = book.settings.evaluation
    return span_of(
        order.period,
        book.calendar,
        start_day=settings.period_start_day,
        warm_up_days=plan.arrivals.warm_up_days,
    )


def fill(ground: Ground, order: Order, watch: Watch) -> Filled:
    """Play the month into a database without cases, and mark it as a demo. The same order plays the same month.

    One transaction a simulated day: nothing is acknowledged to anybody meanwhile. The clock of the demo is not
    set here: it starts when somebody looks.
    """
    book, plan = ground.book, ground.plan
    span = span_of_order(order, plan, book)
    staff = _hire(ground, order, opens=span.opens)
    rng = Random(f"month/{order.seed}")
    world = World(
        book=book,
        plan=plan,
        staff=staff,
        places=Places(book.geography, rng, on=span.start.astimezone(CHINA).date()),
        pictures=draw_pictures(book.photos, order.seed),
        rng=rng,
        rush_from=span.stands - timedelta(hours=plan.arrivals.rush_hours),
    )
    player = Player(world, _arrivals(ground, order, span=span))
    player.play(ground.database, _pauses(book, span, watch.remind), progress=watch.added)
    return Filled(span, staff.names, world.tally, player.refusals)


def _hire(ground: Ground, order: Order, *, opens: datetime) -> Staff:
    book = ground.book
    with ground.database.transaction() as connection:
        mark_as_demo(connection, book.district)
        office = Office(connection, book.district, ground.rules, opens, order.password_hash)
        rng = Random(f"people/{order.seed}")
        staff = hire(office, ground.plan, book.geography, cases=order.cases, rng=rng)
        load_rules(connection, book, ground.plan, staff=staff)
        return staff


def _arrivals(ground: Ground, order: Order, *, span: Span) -> Iterator[Arrival]:
    book, weights = ground.book, ground.plan.channels
    patrol = sum(weight for code, weight in weights.items() if book.channels[code].role == "inspector")
    load = Load(order.cases, patrol / sum(weights.values()))
    rng = Random(f"arrivals/{order.seed}")
    return arrivals(ground.plan.arrivals, book.calendar, rng, span=(span.opens, span.stands), load=load)


def _pauses(book: Rulebook, span: Span, remind: Moment | None) -> list[Pause]:
    """Midnights, the daily reminder in the last days of the period, and the moment at which the demo stands."""
    pauses = [Pause(midnight(on)) for on in span.days()[1:]]
    if remind is not None:
        at = _reminder_time(book)
        first = span.end - timedelta(days=book.settings.reminders.days)
        for on in span.days():
            moment = datetime.combine(on, at, CHINA).astimezone(UTC)
            if first <= moment < span.end:
                pauses.append(Pause(moment, remind))
    pauses.append(Pause(span.stands))
    return sorted(pauses, key=lambda pause: pause.at)


def _reminder_time(book: Rulebook) -> time:
    """The time of day of the reminder job; a schedule of minutes has none, then the one that we ship."""
    text = str(book.settings.jobs.remind)
    return time.fromisoformat(text) if len(text) == len("HH:MM") else _USUAL_TIME
