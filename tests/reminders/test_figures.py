"""The figures behind a reminder are those of every other table: the counts of evaluation at the same moment."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

from gridcase.evaluation.counting import count_units
from gridcase.evaluation.fact_sums import CountQuery
from gridcase.evaluation.periods import period_of
from gridcase.facts import Selection, Span
from gridcase.reminders.queries import figures_at, standings_at
from gridcase.reminders.rules import STANDINGS
from tests.making import Office, china
from tests.reminders.town import Town


def test_figures_equal_the_counts_of_evaluation_at_any_moment(office: Office) -> None:
    town = Town(office)
    chance = random.Random(7)
    for _ in range(24):
        due = china("2026-10-01T00:00") + timedelta(hours=chance.randrange(-240, 720))
        number = town.owe(chance.choice("ABS"), due)
        fate = chance.choice(["open", "handled", "closed", "held"])
        if fate == "held":
            town.suspend(number, until="2026-12-01")
        elif fate != "open":
            town.handle(number, due + timedelta(hours=chance.randrange(-1, 200)))
            if fate == "closed":
                town.office.tick(hours=chance.randrange(1, 100))
                town.close(number)

    for day in (3, 17, 28, 31):
        at = china(f"2026-10-{day:02}T08:05")
        until_now = Span(period_of(at).span.start, at)
        query = CountQuery(office.district, ("department",), until_now, at, Selection())
        with office.database.reading() as connection:
            counted = {unit[0]: counts for unit, counts in count_units(connection, query).items()}
            figures = figures_at(connection, office.district, until_now=until_now)
            cases = standings_at(connection, office.district, list("ABS"), until_now=until_now)

        assert list(figures) == sorted(counted)
        for code, counts in counted.items():
            own = figures[code]
            assert (own.due, own.on_time_closed) == (counts["due"], counts["on_time_closed"])
            assert own.overdue_open == counts["overdue_unhandled"] + counts["carried_over_open"]
            standings = Counter(case.standing for case in cases.get(code, ()))
            assert [standings[name] for name in STANDINGS] == [
                counts["overdue_unhandled"],
                counts["carried_over_open"],
                counts["due"] - counts["closed"] - counts["overdue_unhandled"],
                counts["late_closed"],
            ]
        assert any(own.due for own in figures.values())


def test_the_cases_of_other_departments_are_left_out(office: Office) -> None:
    town = Town(office)
    mine, other = town.owe("A", "2026-10-20T10:00"), town.owe("B", "2026-10-20T10:00")
    town.handle(other, "2026-10-28T10:00")

    for at in (china("2026-10-21T08:05"), china("2026-10-29T08:05")):
        with office.database.reading() as connection:
            until_now = Span(period_of(at).span.start, at)
            cases = standings_at(connection, office.district, ["A"], until_now=until_now)
        assert {code: [case.number for case in own] for code, own in cases.items()} == {"A": [mine]}
