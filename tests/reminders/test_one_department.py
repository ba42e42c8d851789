"""The figures of one department from its own rows are those of all departments, settled or not."""

from __future__ import annotations

from gridcase.config.tables import Slow
from gridcase.evaluation.settling import settle
from gridcase.facts import Span
from gridcase.reminders.efficiency import efficiency_of
from gridcase.reminders.queries import figures_at, standings_at
from gridcase.reminders.rules import Figures
from tests.making import Office, china


def test_a_department_has_the_figures_and_cases_that_all_have_together(office: Office) -> None:
    office.walk(office.report(), "closed", department="A")
    late, owed = (office.walk(office.report(), "handling", department="A") for _ in range(2))
    office.walk(office.report(), "handling", department="B")
    office.set("2026-10-20T09:00")
    office.walk(late, "closed")
    office.walk(office.report(), "closed", department="B")
    office.walk(office.report(), "handling", department="A")
    for round_of in ("before", "after"):
        office.tick(5)
        until_now = Span(china("2026-10-01T00:00"), office.now)
        with office.database.reading() as connection:
            all_of_them = figures_at(connection, office.district, until_now=until_now)
            behind = standings_at(connection, office.district, ["A", "B"], until_now=until_now)
            for code in ("A", "B", "S"):
                found = efficiency_of(connection, office.district, code, until_now=until_now, slow=Slow())
                assert found.figures == all_of_them.get(code, Figures()), (round_of, code)
                assert list(found.cases) == behind.get(code, []), (round_of, code)
        settle(office.database, office.book, office.now)
    assert {case.number for case in behind["A"]} == {late, owed}
    assert all_of_them["A"].due == 3
