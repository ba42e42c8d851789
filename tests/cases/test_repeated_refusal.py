"""Repeated refusal 推诿: from a hand-back on a case is difficult, and the unit of the territory stands first (flow.md 5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.offers import moves_offered
from gridcase.cases.view import case_view
from gridcase.config import load_settings
from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import add_department
from tests.cases.checking import check_case
from tests.cases.clocking import run_of
from tests.making import Office, make_office


@pytest.fixture
def town(sqlite_office: Office) -> Office:
    """An office with the units of the territory of its point, and those of another street."""
    place = sqlite_office.case(sqlite_office.report()).fields
    cards = (
        DepartmentCard("JD", "本街道", "street", place["street"]),
        DepartmentCard("SQ", "本社区", "community", place["community"]),
        DepartmentCard("SQ0", "已撤社区", "community", place["community"], is_active=False),
        DepartmentCard("JD0", "外街道", "street", f"{sqlite_office.district}999"),
    )
    with sqlite_office.database.transaction() as connection:
        for card in cards:
            add_department(connection, sqlite_office.district, card)
    return sqlite_office


def handed_back(office: Office, times: int) -> str:
    number = office.report()
    for at in range(times):
        office.walk(number, *(["dispatched"] if at else []), "handed_back")
    return number


def shown(office: Office, number: str) -> dict[str, object]:
    with office.database.reading() as connection:
        return case_view(Desk(connection, office.book, office.now), office.people["dispatcher"], number)


def test_the_second_hand_back_makes_a_case_difficult_and_nothing_else(town: Office) -> None:
    number = handed_back(town, 1)
    assert (town.case(number).is_difficult, shown(town, number)["fallback_department"]) == (False, None)
    town.walk(number, "dispatched")
    before = run_of(town, number)
    town.tick(30)
    town.plain(number, "hand_back")

    case = check_case(town, number)
    view = shown(town, number)
    assert (case.state, case.is_difficult, case.counters["hand_back_count"]) == ("handed_back", True, 2)
    assert (view["difficult"], view["fallback_department"]) == (True, "SQ")
    # It is the hand-back that holds the clock, as ever; being difficult adds nothing.
    assert (run_of(town, number).run, len(run_of(town, number).holds)) == (before.run, 2)
    assert town.rows("cases", number)[0]["is_difficult"] is True


def test_the_dispatcher_is_offered_the_unit_of_the_territory_first(town: Office) -> None:
    number = handed_back(town, 2)

    with town.database.reading() as connection:
        offered = moves_offered(Desk(connection, town.book, town.now), town.people["dispatcher"], number)
    (move,) = [move for move in offered["allowed"] if move["trigger"] == "redispatch"]
    fields = {field["name"]: field["choices"] for field in move["fields"]}

    first = fields["department"][0]
    assert (first["value"], first["label"], first["fallback"]) == ("SQ", "本社区", True)
    assert [choice["value"] for choice in fields["department"] if choice["fallback"]] == ["SQ"]
    assert not any(choice["fallback"] for choice in fields["assisting"])
    town.move("dispatcher", number, "redispatch", department="SQ")
    assert check_case(town, number).counters["misdispatch_count"] == 1


def test_without_a_unit_of_the_community_it_is_the_streets(town: Office) -> None:
    number = town.report()
    with town.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE department SET is_active = 0 WHERE code = 'SQ'")
    for at in range(2):
        town.walk(number, *(["dispatched"] if at else []), "handed_back")

    assert shown(town, number)["fallback_department"] == "JD"


@pytest.fixture
def patient_office(tmp_path: Path, quick_geo: Path, sqlite_url: str) -> Iterator[Office]:
    settings = load_settings("[hand_back]\ndifficult_from = 3\n", "config.toml")
    office = make_office(sqlite_url, tmp_path, geo=quick_geo, settings=settings)
    yield office
    office.database.close()


def test_a_city_sets_from_which_hand_back_on_a_case_is_difficult(patient_office: Office) -> None:
    number = handed_back(patient_office, 2)
    assert check_case(patient_office, number).is_difficult is False

    patient_office.walk(number, "dispatched", "handed_back")

    case = check_case(patient_office, number)
    assert case.is_difficult is True
    assert case.entries[-1].step.data["difficult"] is True
