"""Extensions, and what holds of every request: who asks, who decides, when it is too late (flow.md 5)."""

from __future__ import annotations

import pytest

from gridcase.errors import Invalid, NotFound, NotPermitted
from tests.cases.checking import check_case
from tests.cases.clocking import act_at, dispatched, due_of, run_of
from tests.cases.refusing import reasons, refusal
from tests.making import Office

MONDAY = "2026-11-23"


@pytest.fixture
def number(standing: Office) -> str:
    """A case of four working hours with department A since Monday 09:00: due 15:00."""
    return dispatched(standing, "4工作时", f"{MONDAY}T09:00")


def grant_one(office: Office, number: str, decider: str = "dispatcher") -> None:
    office.grant(decider, number, office.ask("officer_a", number, "extension").id)


# --- extension -----------------------------------------------------------------------------------------------


def test_an_extension_adds_one_original_limit_and_counts_when_granted(standing: Office, number: str) -> None:
    standing.set(f"{MONDAY}T10:00")
    asked = standing.ask("officer_a", number, "extension")
    assert (asked.state, due_of(standing, number)) == ("requested", "11-23 15:00")
    assert standing.case(number).counters == {}

    answer = standing.grant("dispatcher", number, asked.id)

    case = check_case(standing, number)
    assert (answer.state, answer.version) == ("granted", case.version)
    assert (case.counters, due_of(standing, number)) == ({"extension_count": 1}, "11-24 09:00")
    assert case.state == "dispatched"
    (row,) = standing.rows("request", number)
    assert (row["decided_by"], row["decided_at"], row["applicant"]) == (
        "dispatcher", standing.now, "officer_a",
    )  # fmt: skip


def test_a_refused_extension_uses_no_chance(standing: Office, number: str) -> None:
    for _ in range(3):
        standing.refuse("dispatcher", number, standing.ask("officer_a", number, "extension").id)
    grant_one(standing, number)
    grant_one(standing, number, "shift_supervisor")

    case = check_case(standing, number)
    assert case.counters == {"extension_count": 2}
    assert [request.state for request in case.requests.values()] == ["refused"] * 3 + ["granted"] * 2


def test_the_second_extension_is_decided_one_desk_higher(standing: Office, number: str) -> None:
    first = standing.ask("officer_a", number, "extension")
    too_high = refusal(standing, lambda: standing.grant("shift_supervisor", number, first.id))
    standing.grant("dispatcher", number, first.id)
    second = standing.ask("officer_a", number, "extension")
    too_low = refusal(standing, lambda: standing.grant("dispatcher", number, second.id))
    standing.grant("shift_supervisor", number, second.id)

    for error in (too_high, too_low):
        assert isinstance(error, NotPermitted)
        assert error.code == "role_missing"
    assert due_of(standing, number) == "11-24 15:00"


def test_a_third_extension_is_refused_and_a_new_clock_has_its_own(standing: Office, number: str) -> None:
    grant_one(standing, number)
    grant_one(standing, number, "shift_supervisor")
    assert reasons(standing, lambda: standing.ask("officer_a", number, "extension")) == {"requests_left"}

    standing.plain(number, "hand_back")
    standing.move("dispatcher", number, "redispatch", department="B")
    standing.grant("dispatcher", number, standing.ask("officer_b", number, "extension").id)

    assert check_case(standing, number).counters["extension_count"] == 3


@pytest.mark.parametrize(("at", "is_taken"), [("15:00:00", True), ("15:00:01", False)])
def test_an_extension_is_asked_for_until_the_due_moment(
    standing: Office, number: str, at: str, is_taken: bool
) -> None:
    standing.set(f"{MONDAY}T{at}")
    if not is_taken:
        assert reasons(standing, lambda: standing.ask("officer_a", number, "extension")) == {"before_due"}
        return
    asked = standing.ask("officer_a", number, "extension")
    standing.set(f"{MONDAY}T17:00")
    standing.grant("dispatcher", number, asked.id)

    assert due_of(standing, number) == "11-24 09:00"
    check_case(standing, number)


def test_a_request_made_in_time_counts_although_the_decision_came_late(standing: Office, number: str) -> None:
    act_at(standing, f"{MONDAY}T14:00", number, "receive")
    asked = standing.ask("officer_a", number, "extension")
    standing.set(f"{MONDAY}T17:00")
    assert run_of(standing, number).overdue_seconds(standing.now) == 7200
    assert [request.is_open for request in standing.case(number).open_requests] == [True]

    standing.grant("dispatcher", number, asked.id)

    assert run_of(standing, number).overdue_seconds(standing.now) == 0
    check_case(standing, number)


def test_a_refusal_leaves_the_lateness(standing: Office, number: str) -> None:
    standing.set(f"{MONDAY}T14:00")
    asked = standing.ask("officer_a", number, "extension")
    standing.set(f"{MONDAY}T17:00")
    standing.refuse("dispatcher", number, asked.id)

    assert run_of(standing, number).overdue_seconds(standing.now) == 7200
    assert standing.case(number).open_requests == []


@pytest.mark.parametrize("kind", ["extension", "suspension", "deferral"])
def test_of_the_three_only_one_is_open_and_a_void_may_stand_beside(
    standing: Office, number: str, kind: str
) -> None:
    standing.ask("officer_a", number, "extension")
    more = {} if kind == "extension" else {"until": "2026-12-24", "photos": 1}

    assert reasons(standing, lambda: standing.ask("officer_a", number, kind, **more)) == {"no_other_request"}
    standing.ask("dispatcher", number, "void")
    assert reasons(standing, lambda: standing.ask("intake_operator", number, "void")) == {"no_other_request"}


@pytest.mark.parametrize("state", ["filed", "handed_back", "handled", "verifying", "verified"])
def test_an_extension_is_for_a_case_that_is_being_handled(standing: Office, state: str) -> None:
    number = standing.walk(standing.report(), "handling", state) if state != "filed" else standing.walk(
        standing.report(), "dispatched", "handed_back"
    )  # fmt: skip

    assert "wrong_state" in reasons(standing, lambda: standing.ask("officer_a", number, "extension"))


def test_only_the_main_department_asks_for_time(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")
    standing.move("dispatcher", number, "dispatch", department="A", assisting=["B"])

    assert reasons(standing, lambda: standing.ask("officer_b", number, "extension")) == {
        "own_department_main"
    }
    by_handler = refusal(standing, lambda: standing.ask("dispatcher", number, "extension"))
    assert isinstance(by_handler, NotPermitted)


def test_everything_that_stands_against_a_request_is_said_at_once(standing: Office, number: str) -> None:
    grant_one(standing, number)
    grant_one(standing, number, "shift_supervisor")
    standing.set("2026-11-25T09:00")

    found = reasons(standing, lambda: standing.ask("officer_a", number, "extension", reason="x"))

    assert found == {"before_due", "requests_left", "record_missing:reason"}


# --- all requests --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opinion", [None, "", "  ", " 否 "])
def test_a_refusal_needs_a_written_reason(standing: Office, number: str, opinion: str | None) -> None:
    asked = standing.ask("officer_a", number, "extension")

    found = reasons(standing, lambda: standing.refuse("dispatcher", number, asked.id, opinion=opinion))

    assert found == {"record_missing:opinion"}


def test_only_the_applicant_withdraws(standing: Office, number: str) -> None:
    asked = standing.ask("officer_a", number, "extension")

    error = refusal(standing, lambda: standing.withdraw("officer_a2", number, asked.id))
    answer = standing.withdraw("officer_a", number, asked.id)

    assert isinstance(error, NotPermitted)
    assert answer.state == "withdrawn"
    assert standing.ask("officer_a", number, "extension").id != asked.id
    check_case(standing, number)


@pytest.mark.parametrize("how", ["grant", "refuse", "withdraw", "release"])
@pytest.mark.parametrize("done", ["grant", "refuse", "withdraw"])
def test_a_decided_request_is_not_decided_again(standing: Office, number: str, how: str, done: str) -> None:
    asked = standing.ask("officer_a", number, "extension")
    who = {"withdraw": "officer_a"}
    standing.decide(done, who.get(done, "dispatcher"), number, request=asked.id, opinion="理由不足")

    def act() -> object:
        # After a first grant the next one is the shift supervisor's; this one is decided, whoever asks.
        return standing.decide(how, who.get(how, "dispatcher"), number, request=asked.id, opinion="理由不足")

    if how == "release":
        # An extension is never released: nobody has a role for it.
        assert refusal(standing, act).code == "role_missing"
    else:
        assert reasons(standing, act) == {"request_state"}


def test_a_request_that_nobody_made_is_not_found(standing: Office, number: str) -> None:
    error = refusal(standing, lambda: standing.grant("dispatcher", number, "R7"))

    assert isinstance(error, NotFound)
    assert error.code == "unknown_request"


def test_a_kind_that_the_flow_does_not_have_is_not_understood(standing: Office, number: str) -> None:
    error = refusal(standing, lambda: standing.ask("officer_a", number, "holiday"))

    assert isinstance(error, Invalid)
    assert error.code == "unknown_request"


def test_nothing_is_forwarded_where_the_flow_has_no_forwarding(standing: Office, number: str) -> None:
    asked = standing.ask("officer_a", number, "extension")

    error = refusal(standing, lambda: standing.forward("dispatcher", number, asked.id))

    assert isinstance(error, NotPermitted)
    assert error.code == "role_missing"


@pytest.mark.parametrize("how", ["grant", "refuse", "withdraw"])
def test_what_was_asked_of_a_case_that_ended_is_left_as_it_is(
    standing: Office, number: str, how: str
) -> None:
    asked = standing.ask("officer_a", number, "extension")
    standing.plain(number, "force_close")
    who = "officer_a" if how == "withdraw" else "dispatcher"

    found = reasons(standing, lambda: standing.decide(how, who, number, request=asked.id, opinion="理由不足"))

    assert found == {"request_state"}
    assert standing.rows("cases", number)[0]["has_open_request"] is False


def test_a_closing_waits_for_the_decision(standing: Office, number: str) -> None:
    act_at(standing, f"{MONDAY}T10:00", number, "receive")
    asked = standing.ask("officer_a", number, "extension")
    standing.walk(number, "verified")
    assert reasons(standing, lambda: standing.plain(number, "close")) == {"no_open_request"}

    standing.refuse("dispatcher", number, asked.id)

    assert standing.plain(number, "close").state == "closed"


# --- void ----------------------------------------------------------------------------------------------------


def test_a_void_request_of_a_department_comes_with_a_paper(standing: Office, number: str) -> None:
    assert reasons(standing, lambda: standing.ask("officer_a", number, "void")) == {"record_missing:document"}

    asked = standing.ask("officer_a", number, "void", document="拆迁公告 3 号")

    assert (asked.state, standing.case(number).state) == ("requested", "dispatched")


@pytest.mark.parametrize("who", ["dispatcher", "intake_operator"])
def test_the_desks_ask_for_a_void_without_a_paper(standing: Office, number: str, who: str) -> None:
    assert standing.ask(who, number, "void").state == "requested"


@pytest.mark.parametrize("how", ["move", "grant"])
def test_granting_a_void_request_is_the_move_and_one_step(standing: Office, number: str, how: str) -> None:
    asked = standing.ask("dispatcher", number, "void")
    before = standing.case(number).version
    standing.tick(5)

    if how == "grant":
        standing.decide("grant", "shift_supervisor", number, request=asked.id, opinion="情况属实")
    else:
        standing.move("shift_supervisor", number, "void", opinion="情况属实")

    case = check_case(standing, number)
    assert (case.state, case.version) == ("voided", before + 1)
    last = case.entries[-1]
    assert (last.step.trigger, last.opinion) == ("void", "情况属实")
    assert (last.step.data["request"], last.step.data["request_kind"]) == (asked.id, "void")
    request = case.requests[asked.id]
    assert (request.state, request.decided_by, request.decided_at) == (
        "granted", "shift_supervisor", standing.now,
    )  # fmt: skip
    assert case.open_requests == []


def test_both_ways_of_voiding_write_the_same_step(standing: Office) -> None:
    told = []
    for how in ("move", "grant"):
        number = dispatched(standing, "4工作时", f"{MONDAY}T09:00")
        asked = standing.ask("dispatcher", number, "void")
        standing.tick(5)
        if how == "grant":
            standing.grant("shift_supervisor", number, asked.id)
        else:
            standing.move("shift_supervisor", number, "void")
        last = standing.case(number).entries[-1]
        told.append((last.step.data, last.step.clocks, last.step.role, last.opinion, last.used, last.on_time))

    assert told[0] == told[1]


def test_a_void_request_waits_while_the_case_is_where_it_cannot_be_voided(standing: Office) -> None:
    number = standing.walk(standing.report(), "handled")
    asked = standing.ask("dispatcher", number, "void")
    standing.walk(number, "verifying")

    assert reasons(standing, lambda: standing.grant("shift_supervisor", number, asked.id)) == {"wrong_state"}
    standing.plain(number, "verify_fail")
    assert standing.grant("shift_supervisor", number, asked.id).state == "granted"
    assert standing.case(number).state == "voided"


def test_a_refused_void_request_leaves_the_case_where_it_was(standing: Office, number: str) -> None:
    asked = standing.ask("dispatcher", number, "void")

    standing.refuse("shift_supervisor", number, asked.id)

    case = check_case(standing, number)
    assert (case.state, case.requests[asked.id].state) == ("dispatched", "refused")
    assert reasons(standing, lambda: standing.move("shift_supervisor", number, "void")) == {
        "void_request_open"
    }


def test_a_case_filed_before_can_be_voided_at_intake(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed", "accepted")
    asked = standing.ask("intake_operator", number, "void")

    standing.grant("shift_supervisor", number, asked.id)

    assert check_case(standing, number).state == "voided"
