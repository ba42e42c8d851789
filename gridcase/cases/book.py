"""Everything one installation knows beside its cases: settings, definitions, catalogue, channels, places, calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy import Connection

from gridcase.cases.catalogue import Catalogue, Channel
from gridcase.cases.clocks import ClockDesk, Slots
from gridcase.cases.holding import hold_cases
from gridcase.cases.photos import PhotoStore
from gridcase.cases.store import Stale
from gridcase.clock import ClockRules, WorkCalendar, make_rules
from gridcase.config import Settings
from gridcase.db import Database
from gridcase.engine import Definition, FlowMachine, Flows
from gridcase.errors import ChangedMeanwhile
from gridcase.spatial import Geography

Answer = TypeVar("Answer")

_RETRIES = 8


@dataclass(frozen=True)
class Rulebook:
    """What every act is judged by. One a process; built once by the application (gridcase/app.py)."""

    settings: Settings
    flows: Flows
    machines: Mapping[tuple[str, int], FlowMachine]
    catalogue: Catalogue
    channels: Mapping[str, Channel]
    geography: Geography
    calendar: WorkCalendar
    photos: PhotoStore
    # The versions whose text is known to be stored.
    stored: set[tuple[str, int]] = field(default_factory=set, compare=False)
    _rules: dict[tuple[str, Slots], ClockRules] = field(default_factory=dict, compare=False)

    @property
    def district(self) -> str:
        return self.settings.site.district

    def machine(self, definition: Definition) -> FlowMachine:
        """The one shared machine of a definition version."""
        return self.machines[definition.name, definition.version]

    def rules_of(self, workday: str, slots: Slots) -> ClockRules:
        """The compiled clock rules of a reading and its working hours, under the calendar in force."""
        key = (workday, slots)
        rules = self._rules.get(key)
        if rules is None:
            rules = self._rules[key] = make_rules(self.calendar, slots, workday)
        return rules

    @cached_property
    def clock_desk(self) -> ClockDesk:
        """What the clock arithmetic of a move needs."""
        settings = self.settings
        return ClockDesk(
            rules_of=self.rules_of,
            yellow=settings.lamp.yellow,
            workday=settings.clock.workday,
            slots=tuple((start, end) for start, end in settings.clock.slots),
            is_rework_remaining=settings.rework.limit == "remaining",
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """One act's surroundings: the open transaction, the rulebook and the moment of the act."""

    connection: Connection
    book: Rulebook
    now: datetime

    @property
    def district(self) -> str:
        return self.book.district


def write(database: Database, book: Rulebook, now: datetime, *, act: Callable[[Desk], Answer]) -> Answer:
    """Run one act in one transaction; when another writer got in between, judge it again from the start.

    The moment of an act is a whole second, as clocks count and tables keep it. Whatever `act` raises rolls
    everything back. Raises ChangedMeanwhile after eight rounds lost in a row.
    """
    second = now.replace(microsecond=0)
    lost: tuple[str, ...] = ()
    for _round in range(_RETRIES):
        try:
            with database.transaction() as connection:
                if lost:
                    # Once is enough: from now on the others wait, or a busy case would never let this act through.
                    hold_cases(connection, book.district, lost)
                return act(Desk(connection, book, second))
        except Stale as stale:
            lost = stale.args
    raise ChangedMeanwhile()
