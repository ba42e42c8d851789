"""Everything one installation knows beside its cases: settings, definitions, catalogue, channels, places, calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError

from gridcase.cases.catalogue import Catalogue, Channel
from gridcase.cases.clocks import ClockDesk, Slots
from gridcase.cases.holding import hold_cases
from gridcase.cases.live_calendar import LiveCalendar
from gridcase.cases.photos import PhotoStore
from gridcase.cases.store import Batch, Stale
from gridcase.clock import ClockRules, WorkCalendar
from gridcase.config import Settings
from gridcase.db import Access, Database
from gridcase.directory.service import RoleRules
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
    live_calendar: LiveCalendar
    photos: PhotoStore
    # The versions whose text is known to be stored.
    stored: set[tuple[str, int]] = field(default_factory=set, compare=False)

    @cached_property
    def district(self) -> str:
        return self.settings.site.district

    def machine(self, definition: Definition) -> FlowMachine:
        """The one shared machine of a definition version."""
        return self.machines[definition.name, definition.version]

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar in force."""
        return self.live_calendar.current

    def rules_of(self, workday: str, slots: Slots) -> ClockRules:
        """The compiled clock rules of a reading and its working hours, under the calendar in force."""
        return self.live_calendar.rules(workday, slots)

    @cached_property
    def role_rules(self) -> RoleRules:
        """What definitions and settings say of roles."""
        definitions = [self.flows.latest(name) for name in self.flows.names]
        return RoleRules(
            known=frozenset(code for definition in definitions for code in definition.roles),
            centre=frozenset(
                code for definition in definitions for code, role in definition.roles.items() if role.centre
            ),
            merge=tuple(frozenset(pair) for pair in self.settings.roles.merge),
        )

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


class Desk:
    """One act's surroundings: its way into the database, the rulebook and the moment of the act.

    With `pending`, what the act writes is gathered there and sent when the act reads again or is done; without,
    it is sent at once.
    """

    __slots__ = ("_access", "_pending", "book", "dialect", "district", "now", "receipts")

    def __init__(
        self, access: Access | Connection, book: Rulebook, now: datetime, *, pending: Batch | None = None
    ) -> None:
        self._access = access if isinstance(access, Access) else Access(access)
        self._pending = pending
        self.book = book
        self.dialect: Dialect = self._access.dialect
        self.district = book.district
        self.now = now
        # What is known of client ids: the hash of what was sent and the answer, or nothing (receipts.py).
        self.receipts: dict[str, list[tuple[Any, ...]]] = {}

    @property
    def connection(self) -> Connection:
        """The connection, within the act's transaction."""
        self._send_pending()
        self._access.begin()
        return self._access.connection

    @property
    def access(self) -> Access:
        """For prepared statements that need no transaction: see Access."""
        self._send_pending()
        return self._access

    def at(self, moment: datetime) -> Desk:
        """The same act at another moment."""
        other = Desk(self._access, self.book, moment, pending=self._pending)
        other.receipts = self.receipts
        return other

    def send(self, batch: Batch) -> None:
        """Write a batch, with all others of the act or at once. Raises Stale when another writer was first."""
        if self._pending is None:
            batch.flush(self._access.cursor)
            return
        if not self._pending.numbers.isdisjoint(batch.numbers):
            self._send_pending()
        self._pending.take(batch)

    def _send_pending(self) -> None:
        if self._pending:
            # More is to come: from here on it takes a transaction to hold it together.
            self._access.begin()
            self.finish()

    def finish(self) -> None:
        """Send what is pending. Raises Stale when another writer was first."""
        if self._pending:
            self._pending.flush(self._access.cursor)
            self._pending.numbers.clear()


def write(database: Database, book: Rulebook, now: datetime, *, act: Callable[[Desk], Answer]) -> Answer:
    """Run one act in one transaction; when another writer got in between, judge it again from the start.

    The moment of an act is a whole second, as clocks count and tables keep it. Whatever `act` raises rolls
    everything back. Raises ChangedMeanwhile after eight rounds lost in a row.
    """
    second = now.replace(microsecond=0)
    lost: tuple[str, ...] = ()

    def judge(access: Access) -> Answer:
        desk = Desk(access, book, second, pending=Batch(access.dialect))
        if lost:
            # Once is enough: from now on the others wait, or a busy case would never let this act through.
            hold_cases(desk.connection, book.district, lost)
        answer = act(desk)
        desk.finish()
        return answer

    for number in range(_RETRIES):
        try:
            return database.act(judge)
        except Stale as stale:
            lost = stale.args
        except IntegrityError:
            # On PostgreSQL somebody may write the row that this act looked for and did not find: now it finds it.
            if database.is_sqlite or number == _RETRIES - 1:
                raise
    raise ChangedMeanwhile()
