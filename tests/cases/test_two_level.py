"""The two-level variant: the district files and closes, the city has the last word (flow.md 4)."""

from __future__ import annotations

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.offers import moves_offered
from gridcase.cases.request_offers import requests_offered
from gridcase.cases.view import case_view
from gridcase.cases.work import queues
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from tests.cases.checking import check_case
from tests.cases.clocking import due_of, run_of
from tests.cases.refusing import reasons, refusal
from tests.making import Office

CLOSER = "shift_supervisor_z"
MONDAY = "2026-11-23"


def two_level(office: Office, *states: str) -> str:
    """A case of the variant, walked to these states."""
    office.set(f"{MONDAY}T09:00")
    return office.walk(office.report(workflow="two_level"), *states)


def close(office: Office, number: str, who: str = CLOSER) -> str:
    return office.move(who, number, "close", ticked=[1], opinion="符合结案条件").state


def desk(office: Office, connection: object) -> Desk:
    return Desk(connection, office.book, office.now)  # type: ignore[arg-type]


# --- closing -------------------------------------------------------------------------------------------------


def test_a_closing_waits_for_the_city_and_is_closed_by_its_approval(standing_both: Office) -> None:
    office = standing_both
    number = two_level(office, "verified")

    assert close(office, number) == "close_review"
    waiting = check_case(office, number)
    assert waiting.is_open
    assert run_of(office, number, "closing").on_time is True
    # A working day from the closing, by its own clock.
    assert due_of(office, number, "close_review") == "11-24 09:07"
    office.tick(hours=5)
    assert office.move("upper_reviewer", number, "approve_close").state == "closed"

    case = check_case(office, number)
    assert (case.is_open, case.ended_at) == (False, office.now)
    assert run_of(office, number, "close_review").on_time is True
    (row,) = office.rows("case_fact", number)
    assert (row["closed"], row["closer"], row["closed_at"]) == (1, CLOSER, office.now)
    assert (row["desk_close_due"], row["on_time_desk_closed"], row["is_open"]) == (1, 1, False)


def test_the_closing_record_names_the_district_and_the_city(standing: Office) -> None:
    number = two_level(standing, "verified")
    close(standing, number)
    standing.tick(5)
    standing.move("upper_reviewer", number, "approve_close", opinion="同意")

    with standing.database.reading() as connection:
        closing = case_view(desk(standing, connection), standing.people["leader"], number)["closing"]

    assert (closing["how"], closing["closed_by"], closing["approved_by"]) == (
        "normal",
        CLOSER,
        "upper_reviewer",
    )
    assert (closing["ticked"], closing["opinion"]) == ([1], "符合结案条件")


def test_a_returned_closing_is_on_the_desk_again_with_a_new_clock(standing_both: Office) -> None:
    office = standing_both
    number = two_level(office, "verified")
    close(office, number)
    office.tick(90)
    assert reasons(office, lambda: office.move("upper_reviewer", number, "return_close")) == {
        "record_missing:reason"
    }
    assert office.move("upper_reviewer", number, "return_close", reason="照片不符").state == "verified"

    assert run_of(office, number, "closing").run == 2
    assert (run_of(office, number, "closing").due_at, run_of(office, number, "closing").is_open) == (
        office.tick(15), True,
    )  # fmt: skip
    (row,) = office.rows("case_fact", number)
    assert (row["desk_close_due"], row["on_time_desk_closed"], row["closer"]) == (1, 0, None)
    assert close(office, number) == "close_review"
    office.move("upper_reviewer", number, "approve_close")
    assert check_case(office, number).state == "closed"


def someone(office: Office, *roles: str, department: str | None, name: str = "某人") -> Actor:
    return Actor(name, name, roles, office.district, department)


@pytest.mark.parametrize("trigger", ["approve_close", "return_close"])
def test_whoever_closed_has_not_the_last_word(standing: Office, trigger: str) -> None:
    number = two_level(standing, "verified")
    both = someone(standing, "shift_supervisor", "upper_reviewer", department="Z")
    standing.move(both, number, "close", ticked=[1])

    found = reasons(standing, lambda: standing.move(both, number, trigger, reason="照片不符") if trigger == "return_close"
                    else standing.move(both, number, trigger))  # fmt: skip

    assert found == {"not_actor_of", "not_organisation_of"}


@pytest.mark.parametrize("department", ["Z", None])
def test_nor_has_anybody_of_the_closers_organisation(standing: Office, department: str | None) -> None:
    number = two_level(standing, "verified")
    close(standing, number)
    colleague = someone(standing, "upper_reviewer", department=department)

    assert reasons(standing, lambda: standing.move(colleague, number, "approve_close")) == {
        "not_organisation_of"
    }
    assert standing.move("upper_reviewer", number, "approve_close").state == "closed"


def test_a_closer_of_no_organisation_leaves_nobody_who_is_surely_of_another(standing: Office) -> None:
    number = two_level(standing, "verified")
    close(standing, number, "shift_supervisor")

    assert reasons(standing, lambda: standing.move("upper_reviewer", number, "approve_close")) == {
        "not_organisation_of"
    }


# --- rejecting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "who", "moment"), [
    ("reported", "intake_operator", "declined_at"), ("accepted", "shift_supervisor", "rejected_at"),
])  # fmt: skip
def test_a_rejection_waits_for_the_city_too(standing: Office, state: str, who: str, moment: str) -> None:
    number = two_level(standing, *([] if state == "reported" else [state]))
    rejected = {"reason_code": "not_in_scope", "reason": "不属于受理范围"}
    assert standing.move(who, number, "reject", **rejected).state == "reject_review"
    (row,) = standing.rows("case_fact", number)
    assert (row["declined"], row["rejected"]) == (0, 0)
    assert standing.rows("cases", number)[0]["is_open"] is True
    standing.tick(30)

    assert standing.move("upper_reviewer", number, "approve_reject").state == "rejected"

    check_case(standing, number)
    (row,) = standing.rows("case_fact", number)
    assert row[moment] == standing.now
    assert (row["declined"], row["rejected"]) == ((1, 0) if moment == "declined_at" else (0, 1))


def test_a_returned_rejection_is_to_be_filed(standing_both: Office) -> None:
    office = standing_both
    number = two_level(office)
    office.plain(number, "reject")
    office.tick(30)

    assert office.move("upper_reviewer", number, "return_reject", reason="属于受理范围").state == "accepted"
    assert run_of(office, number, "filing").started_at == office.now
    office.walk(number, "filed")
    check_case(office, number)


def test_whoever_rejected_does_not_review_it(standing: Office) -> None:
    number = two_level(standing)
    both = someone(standing, "intake_operator", "upper_reviewer", department=None)
    standing.move(both, number, "reject", reason_code="other", reason="重复反映")

    assert reasons(standing, lambda: standing.move(both, number, "approve_reject")) == {"not_actor_of"}
    assert reasons(standing, lambda: standing.move(both, number, "return_reject", reason="应予立案")) == {
        "not_actor_of"
    }


# --- void and forced closing ---------------------------------------------------------------------------------


def asked(office: Office, state: str = "handling") -> tuple[str, str]:
    number = two_level(office, state)
    return number, office.ask("dispatcher", number, "void", reason="拆迁范围").id


@pytest.mark.parametrize("first", ["forward", "grant"])
def test_a_void_moves_only_with_the_second_grant(standing_both: Office, first: str) -> None:
    office = standing_both
    number, request = asked(office)

    early = reasons(office, lambda: office.grant("upper_reviewer", number, request))
    assert early == {"request_state"}
    assert reasons(office, lambda: office.move("upper_reviewer", number, "void")) == {"void_request_open"}
    answer = office.decide(first, "shift_supervisor", number, request=request, opinion="情况属实")
    assert (answer.state, office.case(number).state) == ("forwarded", "handling")
    answer = office.grant("upper_reviewer", number, request)

    assert answer.state == "granted"
    case = check_case(office, number)
    assert (case.state, case.entries[-1].step.trigger) == ("voided", "void")
    request_of_case = case.requests[request]
    assert (request_of_case.forwarded_by, request_of_case.decided_by) == (
        "shift_supervisor",
        "upper_reviewer",
    )


def test_a_forced_closing_is_the_other_answer_to_the_same_request(standing_both: Office) -> None:
    office = standing_both
    number, request = asked(office)
    papers = {"reason": "拆迁范围", "document": "会议纪要 12 号"}
    assert reasons(office, lambda: office.move("upper_reviewer", number, "force_close", **papers)) == {
        "void_request_open"
    }
    error = refusal(office, lambda: office.move("shift_supervisor", number, "force_close", **papers))
    assert (isinstance(error, NotPermitted), error.code) == (True, "role_missing")
    office.forward("shift_supervisor", number, request)

    assert office.move("upper_reviewer", number, "force_close", **papers).state == "force_closed"

    case = check_case(office, number)
    assert case.requests[request].state == "granted"
    assert office.rows("case_fact", number)[0]["force_closed"] == 1


def test_from_verified_the_only_way_is_a_forced_closing(standing: Office) -> None:
    number, request = asked(standing, "verified")
    standing.forward("shift_supervisor", number, request)

    assert reasons(standing, lambda: standing.grant("upper_reviewer", number, request)) == {
        "record_missing:reason", "record_missing:document",
    }  # fmt: skip
    moved = standing.move(
        "upper_reviewer", number, "force_close", reason="拆迁范围", document="会议纪要 12 号"
    )
    assert moved.state == "force_closed"


@pytest.mark.parametrize("how", ["grant", "refuse"])
def test_whoever_passed_a_void_on_does_not_decide_it(standing: Office, how: str) -> None:
    number, request = asked(standing)
    both = someone(standing, "shift_supervisor", "upper_reviewer", department="CITY")
    standing.forward(both, number, request)

    error = refusal(standing, lambda: standing.decide(how, both, number, request=request, opinion="情况属实"))

    assert (isinstance(error, NotPermitted), error.code) == (True, "approver_is_applicant")
    assert standing.decide(how, "upper_reviewer", number, request=request, opinion="情况属实").state in (
        "granted", "refused",
    )  # fmt: skip


def test_whoever_asked_neither_passes_on_nor_grants(standing: Office) -> None:
    number = two_level(standing, "handling")
    many = someone(standing, "dispatcher", "shift_supervisor", "upper_reviewer", department="Z")
    request = standing.ask(many, number, "void", reason="拆迁范围").id

    for how in ("forward", "grant"):
        error = refusal(standing, lambda: standing.decide(how, many, number, request=request))  # noqa: B023
        assert error.code == "approver_is_applicant"


def test_a_void_that_the_city_refuses_leaves_the_case_where_it_was(standing: Office) -> None:
    number, request = asked(standing)
    standing.forward("shift_supervisor", number, request)

    assert standing.refuse("upper_reviewer", number, request).state == "refused"
    assert check_case(standing, number).state == "handling"
    assert standing.ask("dispatcher", number, "void", reason="拆迁范围").id != request


def test_each_of_the_two_is_offered_what_is_theirs(standing: Office) -> None:
    number, request = asked(standing)

    def acts(who: str) -> list[str]:
        with standing.database.reading() as connection:
            offered = requests_offered(
                desk(standing, connection), standing.people[who], standing.case(number)
            )
        return list(offered["acts"].get(request, []))

    assert (acts("shift_supervisor"), acts("upper_reviewer")) == (["forward"], ["refuse"])
    standing.forward("shift_supervisor", number, request)
    assert (acts("shift_supervisor"), acts("upper_reviewer")) == ([], ["grant", "refuse"])


# --- lists, work, offers -------------------------------------------------------------------------------------


def test_lists_work_and_offers_know_the_reviews(standing_both: Office) -> None:
    office = standing_both
    number = two_level(office, "verified")
    close(office, number)
    reviewer = office.people["upper_reviewer"]

    with office.database.reading() as connection:
        at = desk(office, connection)
        listed = list_cases(at, reviewer, filters=Filters(state=["close_review"]), page=Page()).items
        mine = {queue["state"]: queue for queue in queues(at, reviewer)}
        allowed = {move["trigger"] for move in moves_offered(at, reviewer, number)["allowed"]}

    (item,) = [row for row in listed if row["number"] == number]
    assert (item["state_label"], item["stage"], item["lamp"]) == ("待上级审核结案", "closing", "green")
    assert mine["close_review"]["count"] >= 1
    assert allowed == {"approve_close", "return_close"}
