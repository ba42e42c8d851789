"""Supervision orders: who gives them to whom, one reply, a reply clock of their own, and no word to the case's clocks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from gridcase.cases.runs import Run
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotFound, NotPermitted, Refused
from tests.cases.checking import check_case
from tests.cases.flows import LOOK_BACK
from tests.cases.following import offered, reply, supervise, view
from tests.cases.refusing import reasons, refusal
from tests.cases.sites import open_site
from tests.making import Office


@pytest.fixture
def office(standing_both: Office) -> Office:
    """On both databases."""
    return standing_both


@pytest.fixture
def number(office: Office) -> str:
    """A case that department A has in its hands."""
    return office.walk(office.report(), "handling")


def clocks_of(office: Office, number: str) -> list[Run]:
    return list(office.case(number).runs)


def test_an_order_goes_to_the_main_department_and_leaves_state_and_clocks_alone(
    office: Office, number: str
) -> None:
    before = clocks_of(office, number)
    asked_by = office.now + timedelta(hours=2)

    answer = supervise(office, number, level=2, text=" 请今日处置 ", reply_by=asked_by)

    case = check_case(office, number)
    assert (answer.id, answer.case, answer.version) == ("S1", number, case.version)
    assert (case.state, clocks_of(office, number)) == ("handling", before)
    assert case.counters["supervision_count"] == 1
    step = case.entries[-1]
    assert (step.step.trigger, step.receiver, step.opinion) == ("supervise", "A", "请今日处置")
    (order,) = view(office, number)["supervision_orders"]
    assert {name: order[name] for name in ("id", "number", "level", "department", "desk", "text")} == {
        "id": "S1",
        "number": answer.number,
        "level": 2,
        "department": "A",
        "desk": None,
        "text": "请今日处置",
    }
    assert (order["reply_by"], order["replied_at"], order["late_seconds"]) == (
        "2026-10-09T11:04:00+08:00",
        None,
        0,
    )


def test_orders_have_numbers_of_their_own_through_the_year(office: Office, number: str) -> None:
    other = office.walk(office.report(), "handling")

    first, second, third = supervise(office, number), supervise(office, other), supervise(office, number)
    office.set("2027-01-01T09:00")
    fourth = supervise(office, number)

    serials = [int(answer.number.removeprefix("DB2026")) for answer in (first, second, third)]
    assert serials == [serials[0], serials[0] + 1, serials[0] + 2]
    assert [answer.id for answer in (first, third, fourth)] == ["S1", "S2", "S3"]
    assert fourth.number.startswith("DB2027")
    check_case(office, number)


@pytest.mark.parametrize(("late", "seconds"), [(0, 0), (1, 1), (7200, 7200)])
def test_a_reply_is_late_by_the_seconds_after_its_own_moment(
    office: Office, number: str, late: int, seconds: int
) -> None:
    order = supervise(office, number, reply_by=office.now + timedelta(hours=1))

    office.tick(hours=1, minutes=0, seconds=late)
    answer = reply(office, number, order.id, text="已派人")
    office.tick(days=3)

    case = check_case(office, number)
    assert (answer.id, answer.number, answer.version) == ("S1", order.number, case.version)
    (shown,) = view(office, number)["supervision_orders"]
    assert (shown["late_seconds"], shown["reply"], shown["replied_by"]) == (seconds, "已派人", "officer_a")
    (row,) = office.rows("case_fact", number)
    assert (row["supervised"], row["supervision_late"], row["supervision_open"]) == (1, int(late > 0), "")


def test_an_order_without_a_reply_grows_later(office: Office, number: str) -> None:
    supervise(office, number, reply_by=office.now + timedelta(hours=1))

    office.tick(hours=1, minutes=1)

    (order,) = view(office, number)["supervision_orders"]
    assert (order["late_seconds"], order["replied_at"]) == (60, None)
    (row,) = office.rows("case_fact", number)
    assert row["supervision_open_from"] == office.now - timedelta(minutes=1)


def test_an_order_is_answered_once(office: Office, number: str) -> None:
    order = supervise(office, number)
    reply(office, number, order.id)

    assert reasons(office, lambda: reply(office, number, order.id, "officer_a2")) == {"order_replied"}


def test_only_the_department_that_was_asked_answers(office: Office, number: str) -> None:
    office.walk(number, "handed_back", "dispatched", department="B")
    order = supervise(office, number, department="A")

    assert reasons(office, lambda: reply(office, number, order.id, "officer_b")) == {"order_department"}
    assert reply(office, number, order.id, "officer_a2").id == order.id


def test_a_desk_is_answered_by_whoever_sits_there(office: Office) -> None:
    number = office.walk(office.report(), "filed")
    order = supervise(office, number, "leader", desk="dispatcher")

    error = refusal(office, lambda: reply(office, number, order.id, "intake_operator"))
    assert (type(error), error.code) == (NotPermitted, "role_missing")
    reply(office, number, order.id, "dispatcher")

    case = check_case(office, number)
    assert case.entries[-1].step.role == "dispatcher"
    # An order to a desk counts for no department.
    (row,) = office.rows("case_fact", number)
    assert (row["supervised"], case.counters["supervision_count"]) == (0, 1)


def test_an_open_order_may_be_answered_when_the_case_is_over_but_none_is_given_then(
    office: Office, number: str
) -> None:
    order = supervise(office, number)
    office.walk(number, "closed")

    reply(office, number, order.id)

    check_case(office, number)
    assert reasons(office, lambda: supervise(office, number)) == {"wrong_state"}


@pytest.mark.parametrize("who", ["intake_operator", "dispatcher", "inspector", "officer_a"])
def test_only_supervisor_and_leader_give_orders(office: Office, number: str, who: str) -> None:
    error = refusal(office, lambda: supervise(office, number, who))

    assert (type(error), error.code) == (NotPermitted, "role_missing")


def test_nobody_of_a_department_of_the_case_gives_orders_in_a_centre_role(
    office: Office, number: str
) -> None:
    insider = Actor("内部人", "内部人", ("shift_supervisor",), office.district, "A")
    chief = Actor("分管领导", "分管领导", ("leader",), office.district, "A")

    error = refusal(office, lambda: supervise(office, number, insider))

    assert error.code == "separation"
    assert offered(office, number, insider) == []
    assert supervise(office, number, chief).id == "S1"


def test_who_does_not_see_the_case_finds_none(office: Office, number: str) -> None:
    order = supervise(office, number)

    for act in (
        lambda: supervise(office, number, "administrator"),
        lambda: reply(office, number, order.id, "officer_b"),
    ):
        error = refusal(office, act)
        assert (type(error), error.code) == (NotFound, "unknown_case")


def test_a_refused_order_lists_every_reason(office: Office, number: str) -> None:
    found = reasons(office, lambda: supervise(office, number, department="B", reply_by=office.now))

    assert found == {"department_of_case", "reply_by_in_future"}


def test_without_a_main_department_somebody_has_to_be_named(office: Office) -> None:
    number = office.walk(office.report(), "accepted")

    assert reasons(office, lambda: supervise(office, number)) == {"record_missing:department"}
    assert reasons(office, lambda: supervise(office, number, department="A")) == {"department_of_case"}
    assert supervise(office, number, desk="shift_supervisor").id == "S1"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"department": "A", "desk": "dispatcher"}, "bad_value", "desk"),
        ({"desk": "nobody"}, "unknown_role", "desk"),
        ({"desk": "department_officer"}, "bad_value", "desk"),
        ({"department": "X"}, "unknown_department", "department"),
        ({"text": "  "}, "missing_field", "text"),
        ({"level": 4}, "bad_value", "level"),
        ({"text": "长" * 5000}, "too_long", "text"),
    ],
)
def test_an_order_that_cannot_be_understood_is_refused_with_its_field(
    office: Office, number: str, fields: dict[str, object], code: str, field: str
) -> None:
    error = refusal(office, lambda: supervise(office, number, **fields))

    assert (type(error), error.code, error.data["field"]) == (Invalid, code, field)


def test_an_unknown_order_and_an_empty_reply_are_refused(office: Office, number: str) -> None:
    order = supervise(office, number)

    unknown = refusal(office, lambda: reply(office, number, "S2"))
    empty = refusal(office, lambda: reply(office, number, order.id, text=" "))

    assert (type(unknown), unknown.code) == (NotFound, "unknown_order")
    assert (type(empty), empty.code) == (Invalid, "missing_field")


def test_orders_given_at_once_all_come_through_and_one_reply_wins(office: Office, number: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: supervise(office, number), range(6)))

    assert sorted(answer.id for answer in given) == [f"S{no}" for no in range(1, 7)]
    assert len({answer.number for answer in given}) == 6

    def answer(_round: int) -> str:
        try:
            reply(office, number, "S1")
        except Refused as refused:
            return refused.reasons[0].code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(answer, range(4)))
    assert sorted(replies) == ["done", *["order_replied"] * 3]
    check_case(office, number)


def test_a_flow_may_call_its_own_moves_by_the_names_of_acts_beside_the_flow(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    flow = LOOK_BACK.replace('"plan"', '"find"').replace('"visit"', '"supervise"')
    city = open_site(sqlite_url, tmp_path, geo=quick_geo, look_back=flow)
    number = city.report(
        "shift_supervisor", workflow="look_back", channel="letter", records={"inspector": "inspector"}
    )

    city.move("inspector", number, "supervise", photos=1, result="present", **city.position)

    case = check_case(city, number)
    assert (case.state, case.follow_ups.orders, case.follow_ups.findings) == ("visited", {}, {})
    assert view(city, number)["supervision_orders"] == []


def test_what_is_offered_beside_the_flow_is_what_is_let_through(office: Office, number: str) -> None:
    assert offered(office, number, "leader") == [{"act": "supervise", "proposals": []}]
    assert offered(office, number, "officer_a") == []
    order = supervise(office, number)

    assert offered(office, number, "officer_a") == [{"act": "reply_supervision", "order": order.id}]
    assert offered(office, number, "dispatcher") == [{"act": "remind"}]
    reply(office, number, order.id)
    assert offered(office, number, "officer_a") == []
