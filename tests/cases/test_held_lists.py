"""Suspensions and deferrals are kept apart in lists, and a clock tells how long it was held (flow.md 5)."""

from __future__ import annotations

from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.view import case_view
from tests.cases.deadlines import shown_deadlines
from tests.making import Office


def items(office: Office, **filters: Any) -> dict[str, str | None]:
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        found = list_cases(desk, office.people["leader"], filters=Filters(**filters), page=Page())
    return {item["number"]: item["hold_kind"] for item in found.items}


def held(office: Office, kind: str) -> str:
    number = office.walk(office.report(), "handling")
    asked = office.ask("officer_a", number, kind, until="2026-10-20", photos=1)
    office.grant("shift_supervisor", number, asked.id)
    return number


def test_a_list_is_narrowed_to_what_holds_its_cases(office: Office) -> None:
    suspended, deferred = held(office, "suspension"), held(office, "deferral")
    back = office.walk(office.report(), "handed_back")
    running = office.report()

    assert items(office) == {suspended: "suspension", deferred: "deferral", back: "hand_back", running: None}
    assert set(items(office, hold=["suspension"])) == {suspended}
    assert set(items(office, hold=["deferral"])) == {deferred}
    assert set(items(office, hold=["suspension", "deferral"])) == {suspended, deferred}
    request = next(iter(office.case(suspended).requests))
    office.release("shift_supervisor", suspended, request)
    assert items(office, hold=["suspension"]) == {}


def test_a_list_is_narrowed_to_difficult_cases(office: Office) -> None:
    difficult = office.walk(office.report(), "handed_back", "dispatched", "handed_back")
    plain = office.report()

    assert set(items(office, difficult=True)) == {difficult}
    assert set(items(office, difficult=False)) == {plain}


def test_held_seconds_are_those_on_the_wall(office: Office) -> None:
    number = office.walk(office.report(), "handling")
    office.tick(hours=1, minutes=0)
    asked = office.ask("officer_a", number, "deferral", until="2026-10-20")
    office.grant("shift_supervisor", number, asked.id)

    def seconds() -> int:
        with office.database.reading() as connection:
            desk = Desk(connection, office.book, office.now)
            view = case_view(desk, office.people["leader"], number)
        (run,) = [run for run in view["clocks"] if run["stage"] == "handling"]
        return int(run["held_seconds"])

    assert seconds() == 0
    office.tick(hours=20, minutes=0)
    assert seconds() == 20 * 3600
    office.release("shift_supervisor", number, asked.id)
    office.tick(hours=1, minutes=0)
    office.plain(number, "give_feedback")
    office.tick(minutes=30)
    assert seconds() == 20 * 3600
    # What lies between a feedback and its return is a hold too.
    office.plain(number, "return_feedback")
    assert seconds() == 20 * 3600 + 1800


def test_a_hold_that_ended_by_its_date_is_over_in_lists_before_the_job_wrote_it(office: Office) -> None:
    number, still = held(office, "suspension"), held(office, "deferral")
    office.set("2026-10-19T23:59:59")
    office.release("shift_supervisor", still, next(iter(office.case(still).requests)))
    later = office.ask("officer_a", still, "suspension", until="2026-10-21", photos=1)
    office.grant("shift_supervisor", still, later.id)
    assert items(office) == {number: "suspension", still: "suspension"}

    office.set("2026-10-20T00:00")

    assert items(office) == {number: None, still: "suspension"}
    (handling,) = [one for one in shown_deadlines(office, number) if one["stage"] == "handling"]
    assert (handling["held"], handling["due_at"] is not None) == (False, True)
    office.release_holds(number)
    assert [one for one in shown_deadlines(office, number) if one["stage"] == "handling"] == [handling]
