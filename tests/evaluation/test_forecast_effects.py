"""What one case is worth to its department, computed by hand: closed now, or left alone until the month ends."""

from __future__ import annotations

from fractions import Fraction

from gridcase.evaluation.forecast import Forecast, forecast
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from tests.making import Office

SCHEMES = SchemeFolder(shipped_folder() / "workflows" / "schemes")


def request(office: Office) -> RankRequest:
    scheme = SCHEMES.find("department-d1")
    return RankRequest(office.district, parse_period("2026-10"), "departments", scheme, office.now)


def forecast_of(office: Office, unit: str) -> Forecast:
    with office.database.reading() as connection:
        return forecast(connection, request(office), SCHEMES, unit=unit)


def test_a_case_that_is_not_due_adds_when_it_is_closed_and_costs_when_it_is_left(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    office.walk(office.report(), "closed", department="A")
    number = office.walk(office.report(), "handling", department="A")
    office.tick(5)

    effect = forecast_of(office, "A").effects[number]

    # 60 × 1/2 + 30 × 1/1 + 10 = 70 now; 100 with both closed; 60 × 1/2 + 30 × 1/2 + 10 = 55 when it falls due.
    assert (effect.closed.score, effect.idle.score, effect.stake) == (30, -15, 45)
    assert effect.closed.rates == {"按期处置率": Fraction(1, 2)}
    assert effect.idle.rates == {"结案率": Fraction(-1, 2)}
    office.walk(number, "closed", department="A")
    office.tick(1)
    with office.database.reading() as connection:
        (unit,) = (
            unit
            for unit in rank(connection, request(office), SCHEMES).evaluation.units
            if unit.unit == "甲局"
        )
    assert unit.score is not None
    assert unit.score.value == 70 + 30


def test_an_overdue_case_adds_to_closing_alone_and_costs_no_more_than_it_has(sqlite_office: Office) -> None:
    office = sqlite_office
    office.walk(office.report(), "closed", department="A")
    number = office.walk(office.report(), "handling", department="A")
    office.set("2026-10-20T09:00")

    effect = forecast_of(office, "A").effects[number]

    assert (effect.closed.score, effect.idle.score) == (15, 0)
    assert effect.closed.rates == {"结案率": Fraction(1, 2)}
    assert effect.idle.rates == {}


def test_a_department_of_which_nothing_was_due_yet_has_a_stake_by_its_rates(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "handling", department="A")
    office.tick(5)

    effect = forecast_of(office, "A").effects[number]

    # Without a case due there is no score yet.
    assert effect.closed.score is None
    assert effect.closed.rates == {"按期处置率": Fraction(1)}
    assert effect.stake == 1
