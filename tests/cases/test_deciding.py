"""Whose queue a pending request stands in: the list, the count and what the case itself offers are one (flow.md 1 and 5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import event

from gridcase.cases.book import Desk
from gridcase.cases.listing import Filters
from gridcase.cases.request_offers import requests_offered
from gridcase.cases.visibility import may_see
from gridcase.cases.work import deciding
from tests.cases.clocking import dispatched
from tests.cases.queued import queued
from tests.making import Office, china

MONDAY = "2026-11-23T09:00"


def listed(office: Office, who: str) -> set[str]:
    return queued(office, who, Filters(to_decide=True), deciding)


def offered(office: Office, who: str, numbers: list[str]) -> set[str]:
    """The same, asked of every case: where this person is offered to forward or to grant."""
    actor, found = office.people[who], set()
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        for number in numbers:
            case = office.case(number)
            acts = requests_offered(desk, actor, case)["acts"]
            if may_see(case, actor, office.book.flows) and any(
                {"forward", "grant"} & set(acts.get(request.id, ())) for request in case.open_requests
            ):
                found.add(number)
    return found


def hire(office: Office, name: str, roles: tuple[str, ...], department: str | None = None) -> None:
    """Somebody whom the directory takes only where desks are merged, or who came from another department."""
    office.people[name] = replace(
        office.people["shift_supervisor"], name=name, roles=roles, department=department
    )


def check(office: Office, numbers: list[str], **wanted: set[str]) -> None:
    for who in office.people:
        mine = listed(office, who) & set(numbers)
        assert mine == offered(office, who, numbers), who
        if who in wanted:
            assert mine == wanted[who], who


def test_each_request_waits_for_whoever_passes_it_on_or_decides_it(office: Office) -> None:
    extended, again, held, void, own = (dispatched(office, "4工作时", MONDAY) for _ in range(5))
    numbers = [extended, again, held, void, own]
    check(office, numbers, dispatcher=set(), shift_supervisor=set(), leader=set())

    office.ask("officer_a", extended, "extension")
    office.grant("dispatcher", again, office.ask("officer_a", again, "extension").id)
    second = office.ask("officer_a", again, "extension")
    office.ask("officer_a", held, "suspension", photos=1, until="2026-12-01")
    office.ask("officer_a", void, "void", document="区城管〔2026〕5号")
    office.ask("dispatcher", own, "void")
    desks = {held, void, own, again}
    check(
        office, numbers, dispatcher={extended}, shift_supervisor=desks, shift_supervisor_2=desks, officer_a=set(),
        officer_a2=set(), officer_b=set(), leader=set(), intake_operator=set(), inspector=set(), upper_reviewer=set(),
    )  # fmt: skip

    office.refuse("shift_supervisor", again, second.id)
    office.withdraw("dispatcher", own, "R1")
    check(office, numbers, dispatcher={extended}, shift_supervisor={held, void})

    office.move("shift_supervisor", void, "void")
    office.plain(held, "hand_back")
    check(office, numbers, dispatcher={extended}, shift_supervisor={held})


def test_nobody_decides_their_own_and_nobody_of_a_department_that_had_the_case(office: Office) -> None:
    hire(office, "both_desks", ("dispatcher", "shift_supervisor"))
    hire(office, "seconded", ("shift_supervisor",), department="A")
    number, other = dispatched(office, "4工作时", MONDAY), dispatched(office, "4工作时", MONDAY)
    office.ask("both_desks", number, "void")
    office.ask("officer_a", other, "void", document="区城管〔2026〕5号")

    check(office, [number, other], both_desks={other}, seconded=set(), shift_supervisor={number, other})


def test_an_appeal_waits_for_the_first_desk_then_for_another_person(office: Office) -> None:
    hire(office, "both_desks", ("dispatcher", "shift_supervisor"))
    number = dispatched(office, "4工作时", MONDAY)
    office.tick(days=3)
    office.walk(number, "closed")
    asked = office.ask("officer_a", number, "appeal")
    since = office.now
    check(office, [number], dispatcher={number}, both_desks={number}, shift_supervisor=set())

    office.tick(30)
    office.forward("both_desks", number, asked.id)
    check(office, [number], dispatcher=set(), both_desks=set(), shift_supervisor={number})
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        told: dict[str, Any] | None = deciding(desk, office.people["shift_supervisor"])
    assert told is not None
    assert china(told["oldest"][:19]) == since

    office.grant("shift_supervisor", number, asked.id)
    check(office, [number], shift_supervisor=set())


def test_a_void_of_the_two_level_flow_goes_from_desk_to_city(standing_both: Office) -> None:
    office = standing_both
    office.set(MONDAY)
    number = office.walk(office.report(workflow="two_level"), "dispatched")
    asked = office.ask("dispatcher", number, "void")
    check(office, [number], shift_supervisor={number}, upper_reviewer=set(), dispatcher=set())

    office.forward("shift_supervisor", number, asked.id)
    check(office, [number], shift_supervisor=set(), upper_reviewer={number})


def test_the_queue_of_requests_reads_open_requests_alone(sqlite_office: Office) -> None:
    office, asked = sqlite_office, []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(office.database.engine, "before_cursor_execute", listen)
    listed(office, "shift_supervisor")
    event.remove(office.database.engine, "before_cursor_execute", listen)

    with office.database.reading() as connection:
        plans = [
            row[-1]
            for statement, parameters in asked
            if " request" in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert any("ix_request_state" in line for line in plans)
    assert [line for line in plans if line.endswith("(district=?)") and "request" in line] == []
