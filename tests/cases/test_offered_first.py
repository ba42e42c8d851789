"""A case that came back to intake is offered first to whoever filed it, and to anybody of the desk (flow.md 1, rule 5)."""

from __future__ import annotations

from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.view import case_view
from tests.making import Office


def listed(office: Office, who: str, **filters: Any) -> dict[str, str | None]:
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        found = list_cases(desk, office.people[who], filters=Filters(**filters), page=Page())
    return {item["number"]: item["offered_to"] for item in found.items}


def test_a_returned_case_names_who_filed_it(office: Office) -> None:
    fresh = office.walk(office.report(), "accepted")
    number = office.walk(office.report(), "accepted")
    office.move("shift_supervisor_2", number, "file", condition_no=1, duplicates_seen=True)
    assert listed(office, "shift_supervisor_2") == {fresh: None, number: None}
    office.plain(number, "return_to_intake")

    assert listed(office, "shift_supervisor") == {fresh: None, number: "shift_supervisor_2"}
    assert set(listed(office, "shift_supervisor_2", mine=True)) == {number}
    assert listed(office, "shift_supervisor", mine=True) == {}
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        view = case_view(desk, office.people["dispatcher"], number)
    assert view["offered_to"] == "shift_supervisor_2"

    # Anybody of the desk may file it nevertheless, and then it is theirs.
    office.move("shift_supervisor", number, "file", condition_no=1, duplicates_seen=True)
    assert listed(office, "shift_supervisor")[number] is None
    office.plain(number, "return_to_intake")
    assert set(listed(office, "shift_supervisor", mine=True)) == {number}
