"""Plays the month: acts in order of time through the service functions, one transaction a simulated day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from gridcase.cases.book import Desk
from gridcase.db import Database
from gridcase.demo.month.arrivals import Arrival
from gridcase.demo.month.intake import arrive
from gridcase.demo.month.world import World
from gridcase.errors import Invalid, NotFound, NotPermitted, Refused

_SHOWN_REFUSALS = 20


@dataclass(frozen=True, slots=True)
class Pause:
    """The end of a transaction; `then` is called between this one and the next, with the moment."""

    at: datetime
    then: Callable[[datetime], None] | None = None


@dataclass
class Player:
    """Plays arrivals and agenda of a world. `refusals` tells what the flow said no to: nothing, when all is well."""

    world: World
    arrivals: Iterator[Arrival]
    refusals: list[str] = field(default_factory=list)
    _next: Arrival | None = None

    def play(
        self, database: Database, pauses: Sequence[Pause], *, progress: Callable[[int], None] | None = None
    ) -> None:
        """Play up to the last pause; `pauses` ascend. `progress` hears how many cases were added."""
        self._next = next(self.arrivals, None)
        for pause in pauses:
            before = self.world.tally["cases"]
            with database.transaction() as connection:
                self._play_until(pause.at, connection)
            self.world.desk = None
            if pause.then is not None:
                pause.then(pause.at)
            if progress is not None:
                progress(self.world.tally["cases"] - before)

    def _play_until(self, end: datetime, connection: Connection) -> None:
        while True:
            coming = self._next.at if self._next is not None else end
            entry = self.world.agenda.next_before(min(end, coming))
            if entry is not None:
                is_done = self._act(connection, entry.at, partial(entry.act, entry.course))
                entry.course.is_over = entry.course.is_over or not is_done
            elif self._next is not None and coming < end:
                self._act(connection, coming, partial(arrive, self.world, self._next))
                self._next = next(self.arrivals, None)
            else:
                return

    def _act(self, connection: Connection, at: datetime, act: Callable[[], None]) -> bool:
        """One act. What the flow refuses is told and leaves the case as it lies: nobody acts on it any more."""
        self.world.desk = Desk(connection, self.world.book, at)
        try:
            act()
        except (Refused, NotPermitted, NotFound, Invalid) as error:
            self.world.tally["refused"] += 1
            if len(self.refusals) < _SHOWN_REFUSALS:
                self.refusals.append(f"{at.isoformat()} {act}: {error}")
            return False
        return True
