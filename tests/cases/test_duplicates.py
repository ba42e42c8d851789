"""Open duplicates: within the radius and days of their category, at the report and before filing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.known_duplicates import duplicates_of_case
from gridcase.config import load_settings
from gridcase.errors import NotFound
from tests.making import Office, make_office

SETTINGS = """[duplicates]
by_category = [{ category = "event/01", radius_m = 10, days = 2 }, { category = "event/01/10", days = 20 }]
"""
METRE = 1 / 111_200


@pytest.fixture
def strict(database_url: str, tmp_path: Path, quick_geo: Path) -> Iterator[Office]:
    office = make_office(database_url, tmp_path, geo=quick_geo, settings=load_settings(SETTINGS))
    yield office
    office.database.close()


def looked_up(office: Office, number: str, who: str = "shift_supervisor") -> dict[str, object]:
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        return duplicates_of_case(desk, office.people[who], number)


def test_radius_and_days_are_those_of_the_category(strict: Office) -> None:
    lat = strict.point[1]
    first = strict.report()
    near, far = (strict.reported(lat=lat + metres * METRE) for metres in (9, 11))

    assert [each.number for each in near.duplicates] == [first]
    # Nine metres from the second one lie two of the eleven; the first one is too far.
    assert [each.number for each in far.duplicates] == [near.number]
    strict.tick(minutes=0, days=20)
    assert [each.number for each in strict.reported().duplicates] == [first, near.number]
    strict.tick(minutes=0, seconds=1)
    assert first not in [each.number for each in strict.reported().duplicates]


def test_what_is_to_be_looked_at_before_filing_can_be_asked_for(office: Office) -> None:
    other, number = office.report(), office.report()

    told = looked_up(office, number)

    assert told == {
        "number": number, "radius_m": 50.0, "days": 7,
        "items": [{"number": other, "distance_m": 0.0, "state": "reported"}],
    }  # fmt: skip
    office.plain(other, "reject")
    assert looked_up(office, number)["items"] == []
    with pytest.raises(NotFound):
        looked_up(office, number, "officer_a")
