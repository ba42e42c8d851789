"""The surroundings of every act of the played month: the register's desk, the people, the dice and the time."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from gridcase.cases import service
from gridcase.cases.book import Desk, Rulebook
from gridcase.cases.catalogue import Category
from gridcase.cases.forms import Moved, MoveForm
from gridcase.cases.photos import PhotoFile
from gridcase.clock import ClockRules, Limit, Task, Unit, due_moment, parse_limit
from gridcase.demo.month.agenda import Agenda
from gridcase.demo.month.chance import Urn, happens, minutes, pick
from gridcase.demo.month.course import Act, Course
from gridcase.demo.month.people import Staff
from gridcase.demo.month.places import Places
from gridcase.demo.month.plan import Delay, Plan, Tempo
from gridcase.directory.people import Actor

_WORKING_UNITS = frozenset({Unit.WORKING_HOUR, Unit.WORKING_DAY})
_REMEMBERED = 60


@dataclass
class World:
    """Everything the people of the month know and share. `desk` is that of the transaction that is open now."""

    book: Rulebook
    plan: Plan
    staff: Staff
    places: Places
    pictures: Mapping[str, tuple[PhotoFile, ...]]
    rng: Random
    rush_from: datetime
    agenda: Agenda = field(default_factory=Agenda)
    tally: Counter[str] = field(default_factory=Counter)
    desk: Desk | None = None
    recent: deque[Course] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def __post_init__(self) -> None:
        find = self.book.catalogue.find
        self._classes: Urn[Category] = Urn(
            (category, weight)
            for key, weight in self.plan.mix.items()
            if (category := find(*key.split("/"))) is not None
        )
        channels = self.book.channels
        self._channels: Urn[str] = Urn(
            (code, weight)
            for code, weight in self.plan.channels.items()
            if channels[code].role != "inspector"
        )
        slots = tuple((start, end) for start, end in self.book.settings.clock.slots)
        self._working: ClockRules = self.book.rules_of("span", slots)

    # --- time ------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.at_desk.now

    @property
    def at_desk(self) -> Desk:
        """The open desk. Raises LookupError between two transactions."""
        if self.desk is None:
            raise LookupError("no transaction is open")
        return self.desk

    def soon(self, delay: Delay, act: Act, course: Course) -> None:
        """Plan an act after a drawn delay of the wall clock; in the rush everybody is behind."""
        factor = self.plan.arrivals.rush_factor if self.now >= self.rush_from else 1.0
        after = timedelta(minutes=minutes(self.rng, delay) * factor)
        self.agenda.plan(self.now + after, act, course)

    def after_work(self, start: datetime, seconds: float) -> datetime:
        """The moment at which so much working time has passed since `start`."""
        hours = Decimal(max(int(seconds), 1)) / 3600
        return due_moment(Task(start, Limit(hours, Unit.WORKING_HOUR, "")), self._working).astimezone(UTC)

    def part_of_limit(self, course: Course, start: datetime, part: float) -> datetime:
        """The moment at which `part` of the case's limit has been used, counted from `start` in its own unit."""
        limit = parse_limit(course.condition.limit)
        seconds = self._working.total(limit) * part
        if limit.unit in _WORKING_UNITS:
            return self.after_work(start, seconds)
        return start + timedelta(seconds=int(seconds))

    def is_urgent(self, course: Course) -> bool:
        """Whether nights and holidays count for this case."""
        return parse_limit(course.condition.limit).unit not in _WORKING_UNITS

    def working_days(self, course: Course) -> float:
        """The limit in days of working time; 0 when it is an urgent one."""
        limit = parse_limit(course.condition.limit)
        if limit.unit not in _WORKING_UNITS:
            return 0.0
        day = self._working.total(Limit(Decimal(1), Unit.WORKING_DAY, ""))
        return self._working.total(limit) / day

    # --- draws -----------------------------------------------------------------------------------------------

    def happens(self, share: float) -> bool:
        """True in `share` percent of the draws."""
        return happens(self.rng, share)

    def words(self, texts: Sequence[str]) -> str:
        """One of the texts."""
        return pick(self.rng, texts)

    def category(self) -> Category:
        """A class by the shares of the plan."""
        return self._classes.draw(self.rng)

    def channel(self) -> str:
        """A channel by the shares of the plan, inspectors left out."""
        return self._channels.draw(self.rng)

    def tempo(self, course: Course) -> Tempo:
        """The pace of the department that has the case."""
        return self.plan.tempo[self.staff.tempo[course.department]]

    def on_duty(self, role: str) -> Actor:
        """Somebody of a desk whose shift it is."""
        return self.staff.on_duty(role, self.now, self.rng)

    def photos(self, kind: str, count: int = 1) -> tuple[PhotoFile, ...]:
        """Pictures of a kind from the pool."""
        return tuple(pick(self.rng, self.pictures[kind]) for _ in range(count))

    # --- acts ------------------------------------------------------------------------------------------------

    def move(
        self, course: Course, actor: Actor, trigger: str, *, photos: Sequence[PhotoFile] = (), **records: Any
    ) -> Moved:
        """Fire a trigger on the case, as the interface would."""
        form = MoveForm(records, None, tuple(photos))
        moved = service.move(self.at_desk, actor, course.number, trigger=trigger, form=form)
        self.tally["steps"] += 1
        return moved

    def end(self, course: Course, how: str) -> None:
        """The case is over: nothing more happens to it."""
        course.is_over = True
        course.twin = None
        self.tally[how] += 1

    def position(self, course: Course) -> dict[str, Any]:
        """Where somebody stands who looks at the problem: a few metres away."""
        return {
            "lon": round(course.place.lon + self.rng.uniform(-1, 1) * 0.00003, 6),
            "lat": round(course.place.lat + self.rng.uniform(-1, 1) * 0.00003, 6),
            "coordinate_system": "wgs84",
        }
