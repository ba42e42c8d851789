"""The figures behind a reminder are those of every other table: the counts of evaluation at the same moment."""

from __future__ import annotations

import random
from datetime import timedelta

from gridcase.evaluation.counting import count_units
from gridcase.evaluation.fact_sums import CountQuery
from gridcase.evaluation.periods import period_of
from gridcase.facts import Selection, Span
from gridcase.reminders.queries import rows_at
from gridcase.reminders.rules import STANDINGS, figures_by_department
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
        start = period_of(at).start
        with office.database.reading() as connection:
            query = CountQuery(office.district, ("department",), Span(start, at), at, Selection())
            expected = {unit[0]: counts for unit, counts in count_units(connection, query).items()}
            found = figures_by_department(
                rows_at(connection, office.district, start=start, at=at), start=start, at=at
            )

        for code, counts in expected.items():
            own = found.get(code)
            names = ("due", "on_time_closed", "overdue_unhandled", "carried_over_open")
            assert {name: getattr(own, name, 0) for name in names} == {name: counts[name] for name in names}
            standings = [case.standing for case in own.cases] if own else []
            by_standing = [standings.count(name) for name in STANDINGS]
            unclosed = counts["due"] - counts["closed"] - counts["overdue_unhandled"]
            assert by_standing == [
                counts["overdue_unhandled"],
                counts["carried_over_open"],
                unclosed,
                counts["late_closed"],
            ]
        assert set(found) <= set(expected)
        assert any(own.due for own in found.values())
