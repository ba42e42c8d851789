"""What concerns a department and a handler now, and the terms of its requests, on both databases."""

from __future__ import annotations

from datetime import timedelta

from gridcase.cases.assignments import assigned_to, handed_in
from gridcase.cases.book import Desk
from gridcase.cases.inbox import Inbox, inbox
from gridcase.cases.listing import named_cases
from gridcase.cases.orders import OrderForm, supervise
from gridcase.cases.terms import Terms, hand_back_terms, terms_of
from gridcase.cases.wanted import wanted_in
from tests.making import Office


def inbox_of(office: Office, who: str) -> Inbox:
    with office.database.reading() as connection:
        return inbox(Desk(connection, office.book, office.now), office.actor(who))


def numbers(office: Office, who: str, tab: str) -> list[str]:
    return [entry.number for entry in inbox_of(office, who).of(tab)]


def wanted(office: Office, who: str) -> dict[str, list[str]]:
    """The codes of what is wanted, by number."""
    entries = inbox_of(office, who).entries
    with office.database.reading() as connection:
        desk, actor = Desk(connection, office.book, office.now), office.actor(who)
        items = {
            item["number"]: item for item in named_cases(desk, actor, [entry.number for entry in entries])
        }
        found = wanted_in(desk, actor, entries, items=items)
    return {number: [each.code for each in things] for number, things in found.items()}


def terms(office: Office, number: str, kind: str) -> Terms:
    case = office.case(number)
    with office.database.reading() as connection:
        return terms_of(Desk(connection, office.book, office.now), case, case.definition.requests[kind])


def test_a_case_passes_through_the_tabs_of_its_department(office: Office) -> None:
    number = office.walk(office.report(), "dispatched", department="A")
    assert numbers(office, "officer_a", "in-dispatched") == numbers(office, "officer_a", "todo") == [number]
    assert wanted(office, "officer_a") == {number: ["move"]}
    office.walk(number, "handling")
    assert wanted(office, "officer_a") == {number: ["assign"]}
    office.move("officer_a", number, "assign", handler="handler_a")
    assert wanted(office, "officer_a") == {number: ["await_handler"]}
    assert numbers(office, "officer_a", "todo") == []
    assert inbox_of(office, "officer_a").at_handlers() == (1, 0)
    office.move("handler_a", number, "submit_result", photos=1)
    assert wanted(office, "officer_a") == {number: ["review"]}
    office.walk(number, "handled")
    assert numbers(office, "officer_a", "sent") == [number]
    assert numbers(office, "officer_a", "todo") == []
    office.walk(number, "handling")
    assert wanted(office, "officer_a") == {number: ["again"]}
    asked = office.ask("officer_a", number, "suspension", photos=1, until="2026-10-20")
    office.grant("shift_supervisor", number, asked.id)
    assert numbers(office, "officer_a", "held") == [number]
    assert wanted(office, "officer_a") == {number: ["await_release"]}
    assert inbox_of(office, "officer_b").entries == ()


def test_what_was_sent_stands_by_its_present_due_moment_and_what_has_none_last(office: Office) -> None:
    slow, quick, handed_back = (office.report() for _ in range(3))
    office.walk(handed_back, "handed_back", department="A")
    office.walk(slow, "handling", department="A")
    office.walk(quick, "handled", department="A")
    office.tick(days=1)
    office.walk(slow, "handled", department="A")
    dues = {number: office.case(number).state_run.due_at for number in (slow, quick, handed_back)}  # type: ignore[union-attr]

    shown = numbers(office, "officer_a", "sent")

    assert shown == sorted(shown, key=lambda number: dues[number])  # type: ignore[arg-type,return-value]
    assert shown.index(quick) < shown.index(slow)


def test_an_order_is_wanted_also_of_a_case_that_is_over_and_comes_by_its_own_date(office: Office) -> None:
    first = office.walk(office.report(), "handling", department="A")
    second = office.walk(office.report(), "handling", department="A")
    form = OrderForm(1, "限期处置", office.now + timedelta(minutes=30), department="A")
    office.write(lambda desk: supervise(desk, office.actor("shift_supervisor"), second, form=form))
    assert numbers(office, "officer_a", "todo") == [second, first]
    office.walk(second, "closed")

    assert numbers(office, "officer_a", "orders") == [second]
    assert wanted(office, "officer_a")[second] == ["reply_order"]


def test_an_assisting_department_is_asked_until_it_answers(office: Office) -> None:
    number = office.walk(office.report(), "filed")
    office.move("dispatcher", number, "dispatch", department="B", assisting=["A"])
    assert wanted(office, "officer_a") == {number: ["answer_assisting"]}
    assert numbers(office, "officer_a", "todo") == [number]
    office.tick(1)

    office.add_photo("officer_a", number, "other")

    assert wanted(office, "officer_a") == {number: ["answered_assisting"]}
    assert numbers(office, "officer_a", "todo") == []
    assert numbers(office, "officer_a", "assisting") == [number]


def test_a_handler_has_open_assignments_by_due_moment_held_ones_last_and_what_was_handed_in(
    office: Office,
) -> None:
    held, late, sent = (office.walk(office.report(), "handling", department="A") for _ in range(3))
    for number in (held, late, sent):
        office.move("officer_a", number, "assign", handler="handler_a")
    asked = office.ask("officer_a", held, "deferral", until="2026-10-30")
    office.grant("shift_supervisor", held, asked.id)
    office.move("handler_a", sent, "submit_result", photos=1)
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        tasks = assigned_to(desk, office.actor("handler_a"))
        handed = handed_in(desk, office.actor("handler_a"))
        others = assigned_to(desk, office.actor("handler_a2"))

    assert [task["number"] for task in tasks] == [late, held]
    assert [task["held"] for task in tasks] == [False, True]
    assert [each["number"] for each in handed] == [sent]
    assert others == []


def test_the_terms_follow_what_was_granted_and_end_with_the_due_moment(office: Office) -> None:
    number = office.walk(office.report(), "handling", department="A")
    first = terms(office, number, "extension")
    asked = office.ask("officer_a", number, "extension")
    office.grant("dispatcher", number, asked.id)
    second = terms(office, number, "extension")

    assert (first.used, first.left, first.decided_by, first.later_by) == (
        0,
        2,
        "dispatcher",
        "shift_supervisor",
    )
    assert (second.used, second.left, second.decided_by, second.later_by) == (1, 1, "shift_supervisor", None)
    assert second.ask_until == first.longer_until
    assert second.size == first.size == office.case(number).runs.latest("handling").limit  # type: ignore[union-attr]
    holding = terms(office, number, "suspension")
    assert (str(holding.first_day), str(holding.last_day), holding.left) == ("2026-10-10", "2027-10-09", 1)
    office.set("2026-10-25T09:00")
    assert [reason.code for reason in terms(office, number, "extension").reasons] == ["before_due"]


def test_a_hand_back_has_its_limit_from_the_dispatch_and_the_second_makes_the_case_difficult(
    office: Office,
) -> None:
    number = office.walk(office.report(), "dispatched", department="A")
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        before = hand_back_terms(desk, office.case(number))
        office_case = office.case(office.report())
        undispatched = hand_back_terms(desk, office_case)
    office.walk(number, "handed_back", "dispatched")
    with office.database.reading() as connection:
        after = hand_back_terms(Desk(connection, office.book, office.now), office.case(number))

    assert undispatched is None
    assert before is not None
    assert after is not None
    assert (before.limit, before.used, before.is_next_difficult) == ("4工作时", 0, False)
    assert (after.used, after.is_next_difficult) == (1, True)
    assert before.until is not None
    assert before.until > office.now
