"""A month of cases planned by hand, and who is slow on which morning by a computation of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.making import china
from tests.reminders.town import LIMIT, Town

DEPARTMENTS = ("C", "D", "E", "F")
RUN_AT = timedelta(hours=8, minutes=5)


@dataclass(frozen=True)
class Planned:
    """A case of a department: when it is due, when it is handled (None: never), whether it is then closed."""

    department: str
    due_at: datetime
    handled_at: datetime | None = None

    @property
    def is_on_time(self) -> bool:
        return self.handled_at is not None and self.handled_at <= self.due_at


class Month:
    """The days `[first, end)` of a period, with cases that make departments slow on some of them.

    A is slow from the fifth day on by its backlog, B never, C from the third day before the end on, D until the
    fourth day before the end, E owes two and never three, F is late with two of five, S is slow until the tenth
    day before the end only.
    """

    def __init__(self, first: str, end: str) -> None:
        self.first, self.end = china(f"{first}T00:00"), china(f"{end}T00:00")
        self.mornings = [
            self.first + timedelta(days=day) + RUN_AT for day in range((self.end - self.first).days)
        ]
        self.cases = sorted(self._planned(), key=lambda case: case.due_at)

    def _planned(self) -> list[Planned]:
        def at(days: float) -> datetime:
            """So many days from the first (negative: before the end), at noon."""
            return (self.first if days >= 0 else self.end) + timedelta(days=days, hours=12)

        hour = timedelta(hours=1)
        owed = [Planned("A", at(4) - hour * number) for number in range(3)]
        owed += [Planned("C", at(-4) - hour * number) for number in range(3)]
        owed += [Planned("D", at(6) - hour * number, at(-5) if number == 0 else None) for number in range(3)]
        owed += [Planned("E", at(8) - hour * number) for number in range(2)]
        owed += [Planned("S", at(3) - hour * number, at(-10)) for number in range(3)]
        due = [at(9) - hour * number for number in range(5)]
        owed += [Planned("B", moment, moment - hour / 2) for moment in due]
        owed += [
            Planned("F", moment, moment + hour / (1 if number < 2 else -2))
            for number, moment in enumerate(due)
        ]
        return owed

    @property
    def last_days(self) -> list[datetime]:
        """The mornings on which reminders are stored."""
        return self.mornings[-7:]

    def slow_at(self, at: datetime) -> set[str]:
        """Who is slow at a moment, counted from the plan by the words of evaluation.md 12."""
        slow = set()
        for department in {case.department for case in self.cases}:
            due = [case for case in self.cases if case.department == department and case.due_at < at]
            done = [case for case in due if case.handled_at is not None and case.handled_at < at]
            on_time = sum(case.is_on_time for case in done)
            if len(due) - len(done) >= 3 or (len(due) >= 5 and on_time * 100 < 80 * len(due)):
                slow.add(department)
        return slow

    def expected(self) -> list[tuple[str, str]]:
        """Day and department of every reminder that must exist after the month."""
        return [
            ((morning + timedelta(hours=8)).date().isoformat(), department)
            for morning in self.last_days
            for department in sorted(self.slow_at(morning))
        ]

    def play(self, town: Town, every_morning: Callable[[datetime], None]) -> None:
        """Let the month pass: every act at its moment through the register, and the call at 08:05 of each day."""
        acts: list[tuple[datetime, int, Callable[[], None]]] = []
        numbers: dict[int, str] = {}

        def owe(index: int, case: Planned) -> None:
            numbers[index] = town.owe(case.department, case.due_at)

        def handle(index: int, moment: datetime) -> None:
            town.handle(numbers[index], moment)
            town.close(numbers[index])

        for index, case in enumerate(self.cases):
            acts.append((case.due_at - LIMIT, 0, lambda i=index, c=case: owe(i, c)))
            if case.handled_at is not None:
                acts.append((case.handled_at, 1, lambda i=index, m=case.handled_at: handle(i, m)))
        acts += [(morning, 2, lambda m=morning: every_morning(m)) for morning in self.mornings]
        for _moment, _rank, act in sorted(acts, key=lambda each: each[:2]):
            act()
