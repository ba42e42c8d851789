"""The working calendar that a running process counts by: it follows what an administrator imports meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from gridcase.clock import ClockRules, WorkCalendar, make_rules

# How often a process looks whether another calendar is in force (seconds; docs/adr/0014). Short, so that whoever imports one need
# not wait long before the due moments are computed anew; never part of an act, so that it costs none of them a query.
LOOK_EVERY_S = 1.0

# Answers the mark of the calendar in force and the calendar, or None when the mark is still the one given.
Look = Callable[[str | None], tuple[str | None, WorkCalendar] | None]


class LiveCalendar:
    """The calendar in force, at most `LOOK_EVERY_S` old, with the clock rules compiled under it.

    `look` asks the database, `seconds` is a clock that only goes forward. Safe to share by threads: one of them
    looks while the others go on with what they have.
    """

    def __init__(self, look: Look, *, seconds: Callable[[], float]) -> None:
        self._look = look
        self._seconds = seconds
        self._looking = Lock()
        self._mark: str | None = None
        self._calendar = WorkCalendar()
        self._rules: dict[tuple[str, tuple[tuple[str, str], ...]], ClockRules] = {}
        self._look_at = 0.0
        found = look("")
        if found is not None:
            self._take(found)

    @property
    def current(self) -> WorkCalendar:
        """The calendar in force."""
        self._follow()
        return self._calendar

    def rules(self, workday: str, slots: tuple[tuple[str, str], ...]) -> ClockRules:
        """The compiled rules of a reading of 工作日 and its working hours."""
        self._follow()
        known, key = self._rules, (workday, slots)
        rules = known.get(key)
        if rules is None:
            rules = known[key] = make_rules(self._calendar, slots, workday)
        return rules

    def refresh(self) -> None:
        """Look now, whenever it was looked last: for whoever has just imported a calendar."""
        with self._looking:
            found = self._look(self._mark)
            if found is not None:
                self._take(found)

    def _follow(self) -> None:
        if self._seconds() < self._look_at or not self._looking.acquire(blocking=False):
            return
        try:
            self._look_at = self._seconds() + LOOK_EVERY_S
            found = self._look(self._mark)
            if found is not None:
                self._take(found)
        finally:
            self._looking.release()

    def _take(self, found: tuple[str | None, WorkCalendar]) -> None:
        # The rules of the old calendar go with it: another thread may still hold them for the act that it is in.
        self._mark, self._calendar, self._rules = *found, {}
