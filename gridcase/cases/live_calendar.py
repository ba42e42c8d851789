"""The working calendar that a running process counts by: it follows what an administrator imports meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gridcase.cases.following import Following, Look
from gridcase.clock import ClockRules, WorkCalendar, make_rules


@dataclass(frozen=True)
class _Compiled:
    """A calendar with the clock rules under it: both are taken over as one."""

    calendar: WorkCalendar
    rules: dict[tuple[str, tuple[tuple[str, str], ...]], ClockRules] = field(default_factory=dict)


class LiveCalendar:
    """The calendar in force, as `Following` keeps it, with the clock rules compiled under it."""

    def __init__(self, look: Look[WorkCalendar], *, seconds: Callable[[], float]) -> None:
        def compiled(known: str | None) -> tuple[str | None, _Compiled] | None:
            found = look(known)
            return None if found is None else (found[0], _Compiled(found[1]))

        self._following = Following(compiled, seconds=seconds)

    @property
    def current(self) -> WorkCalendar:
        """The calendar in force."""
        return self._following.current.calendar

    def rules(self, workday: str, slots: tuple[tuple[str, str], ...]) -> ClockRules:
        """The compiled rules of a reading of 工作日 and its working hours."""
        compiled, key = self._following.current, (workday, slots)
        rules = compiled.rules.get(key)
        if rules is None:
            rules = compiled.rules[key] = make_rules(compiled.calendar, slots, workday)
        return rules

    def refresh(self) -> None:
        """Look now, whenever it was looked last: for whoever has just imported a calendar."""
        self._following.refresh()
