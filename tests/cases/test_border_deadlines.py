"""Deadlines at the borders: acts in the seconds in which slots end, days begin and clocks are due, and new calendars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.deadline import deadline
from gridcase.cases.verifying import verify
from gridcase.clock import CHINA, parse_calendar
from gridcase.directory.calendar import import_calendar
from gridcase.errors import GridcaseError
from gridcase.jobs.holds import release_holds
from gridcase.jobs.recomputing import recompute_due
from tests.cases.deadlines import check_against_command, shown_deadlines
from tests.making import NOW, Office, china

BORDERS = ("00:00:00", "08:00:00", "12:00:00", "14:00:00", "18:00:00", "23:59:59")
STATES = ("filed", "dispatched", "handling", "handling", "handling", "verifying")
SECOND = timedelta(seconds=1)


class Borders:
    """One office whose people act only in the seconds around a border; chance decides who does what."""

    def __init__(self, office: Office, rng: Random) -> None:
        self.office, self.rng = office, rng
        self.done: Counter[str] = Counter()
        self.acts: tuple[Callable[[str], object], ...] = (
            self.extend, self.suspend, self.release, self.feed_back, self.hand_back_and_forth, self.load_calendar,
            self.wait_for_midnight,
        )  # fmt: skip

    def report(self) -> str:
        """A case that came as far as chance lets it, beginning around a border of one of the next days."""
        day = self.today() + timedelta(days=self.rng.randrange(4))
        self.go_to(china(f"{day}T{self.rng.choice(BORDERS)}"))
        number = self.office.report()
        self.office.walk(number, self.rng.choice(STATES))
        return number

    def act(self, number: str) -> None:
        """One act at a border; most go to the very second in which the handling is due."""
        due_at = self.due_at(number)
        if due_at is not None and self.rng.random() < 0.6:
            self.go_to(due_at)
        elif self.rng.random() < 0.4:
            self.go_to(china(f"{self.today() + timedelta(days=1)}T00:00"))
        act = self.rng.choice(self.acts)
        try:
            act(number)
            self.done[act.__name__] += 1
        except GridcaseError as refused:
            self.done[refused.code] += 1

    def due_at(self, number: str) -> datetime | None:
        with self.office.database.reading() as connection:
            desk = Desk(connection, self.office.book, self.office.now)
            try:
                told = deadline(desk, self.office.actor("leader"), number)["due_at"]
            except GridcaseError:
                return None
        return datetime.fromisoformat(told).astimezone(UTC) if told else None

    def today(self) -> date:
        return self.office.now.astimezone(CHINA).date()

    def go_to(self, border: datetime) -> None:
        """To the border, a second before or a second after it; never back."""
        self.office.set(
            max(border + self.rng.choice((-SECOND, 0 * SECOND, 0 * SECOND, SECOND)), self.office.now)
        )

    def extend(self, number: str) -> None:
        asked = self.office.ask("officer_a", number, "extension")
        self.office.set(self.office.now + self.rng.choice((0 * SECOND, SECOND)))
        self.office.grant("dispatcher", number, asked.id)

    def suspend(self, number: str) -> None:
        until = self.today() + timedelta(days=self.rng.choice((1, 2, 5)))
        asked = self.office.ask("officer_a", number, "suspension", photos=1, until=until.isoformat())
        self.office.grant("shift_supervisor", number, asked.id)

    def release(self, _number: str) -> None:
        self.wait_for_midnight()
        release_holds(self.office.database, self.office.book, self.office.now)

    def feed_back(self, number: str) -> None:
        self.office.plain(number, "give_feedback")

    def hand_back_and_forth(self, number: str) -> None:
        self.office.plain(number, "hand_back")
        self.office.plain(number, "redispatch")

    def load_calendar(self, _number: str) -> None:
        """Another calendar for the days around now: some workdays become holidays, some weekends workdays."""
        days = [self.today() + timedelta(days=apart) for apart in range(-20, 180)]
        changed = [day for day in days if day.year == self.today().year and self.rng.random() < 0.3]
        rows = [f"{day},{'holiday' if day.weekday() < 5 else 'workday'},变动" for day in changed]
        book = self.office.book
        with self.office.database.transaction() as connection:
            text = "\n".join(["date,kind,name", *rows]) + "\n"
            import_calendar(connection, self.office.district, parse_calendar(text, "changed.csv"))
        book.live_calendar.refresh()
        recompute_due(self.office.database, book, self.office.now)

    def wait_for_midnight(self, _number: str = "") -> None:
        day = self.today() + timedelta(days=self.rng.choice((1, 2, 5)))
        self.go_to(china(f"{day}T00:00"))


@pytest.mark.parametrize(("kind", "seed", "cases"), [("sqlite", 5, 30), ("postgres", 9, 14)])
def test_deadlines_at_borders_equal_the_command(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, *, seed: int, cases: int
) -> None:
    office: Office = request.getfixturevalue(f"_standing_{kind}")
    office.set(NOW)
    borders, asked = Borders(office, Random(seed)), 0

    for _case in range(cases):
        number = borders.report()
        for _act in range(borders.rng.randrange(1, 5)):
            borders.act(number)
            # At once, while the calendar by which the answers were given is in force.
            answers = shown_deadlines(office, number)
            check_against_command(office, answers, tmp_path)
            asked += len(answers)

    assert [case for case in verify(office.database, office.book) if case.differences] == []
    assert asked > 3 * cases
    assert min(borders.done[name] for name in ("extend", "suspend", "release", "load_calendar")) > 0, (
        borders.done
    )
