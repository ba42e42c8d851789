"""The cases that only a confirmation brings on: the list, the count and the cases themselves tell the same (flow.md 4)."""

from __future__ import annotations

from dataclasses import replace

from gridcase.cases.book import Desk
from gridcase.cases.guards import is_confirmation_owed
from gridcase.cases.listing import Filters
from gridcase.cases.work import unconfirmed
from tests.cases.queued import queued
from tests.making import Office


def listed(office: Office, who: str) -> set[str]:
    return queued(office, who, Filters(unconfirmed=True), unconfirmed)


def test_a_case_stands_there_from_its_early_acceptance_until_it_was_confirmed(office: Office) -> None:
    number = office.report("intake_operator", channel="hotline_12345")
    assert listed(office, "intake_operator") == set()
    office.move("intake_operator", number, "accept")

    assert listed(office, "intake_operator") == {number}
    assert listed(office, "shift_supervisor") == set()
    office.move("intake_operator", number, "send_confirmation", inspector="inspector_2")
    assert listed(office, "intake_operator") == set()
    office.walk(number, "accepted")
    assert listed(office, "intake_operator") == set()
    assert not is_confirmation_owed(office.case(number))


def test_what_needs_no_confirmation_or_is_over_stands_in_no_such_queue(office: Office) -> None:
    own, rejected = office.report(), office.report("intake_operator", channel="hotline_12345")
    for number in (own, rejected):
        office.move("intake_operator", number, "accept")
    assert listed(office, "intake_operator") == {rejected}

    office.move("shift_supervisor", rejected, "reject", reason_code="not_in_scope", reason="不属于受理范围")

    assert listed(office, "intake_operator") == set()


def test_whoever_has_both_posts_finds_it_in_the_queue_of_accepted_ones(office: Office) -> None:
    number = office.report("intake_operator", channel="hotline_12345")
    office.move("intake_operator", number, "accept")
    both = replace(office.people["intake_operator"], roles=("intake_operator", "shift_supervisor"))

    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        assert unconfirmed(desk, both) is None
