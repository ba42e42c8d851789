"""Findings and their revocation, call-backs to reporters: who, when, and what they count."""

from __future__ import annotations

import pytest

from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotFound, NotPermitted
from tests.cases.checking import check_case
from tests.cases.following import call_back, find, offered, revoke, view
from tests.cases.refusing import reasons, refusal
from tests.making import Office


@pytest.fixture
def office(standing_both: Office) -> Office:
    """On both databases."""
    return standing_both


@pytest.fixture
def number(office: Office) -> str:
    return office.walk(office.report(), "handling")


def facts_of(office: Office, number: str, *names: str) -> tuple[object, ...]:
    (row,) = office.rows("case_fact", number)
    return tuple(row[name] for name in names)


# --- findings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["faked", "buck_passed", "missed"])
def test_a_finding_counts_while_nobody_revokes_it(office: Office, number: str, kind: str) -> None:
    before = office.case(number).state

    made = find(office, number, kind=kind, reason=" 照片与现场不符 ")

    case = check_case(office, number)
    assert (made.id, made.version, case.state) == ("F1", case.version, before)
    assert facts_of(office, number, kind) == (1,)
    office.tick()
    answer = revoke(office, number, made.id)

    case = check_case(office, number)
    assert (answer.id, answer.version) == ("F1", case.version)
    assert facts_of(office, number, kind) == (0,)
    (shown,) = view(office, number, "officer_a")["findings"]
    assert shown == {
        "id": "F1",
        "kind": kind,
        "reason": "照片与现场不符",
        "found_by": "shift_supervisor",
        "found_at": "2026-10-09T09:04:00+08:00",
        "revoked_by": "shift_supervisor_2",
        "revoked_at": "2026-10-09T09:05:00+08:00",
        "revoke_reason": "复查属实",
    }


def test_nothing_is_found_about_a_case_that_was_never_filed(office: Office) -> None:
    number = office.walk(office.report(), "accepted")

    assert reasons(office, lambda: find(office, number, reason=" ")) == {"after", "record_missing:reason"}
    assert [each["act"] for each in offered(office, number, "shift_supervisor")] == ["supervise", "remind"]


@pytest.mark.parametrize("state", ["filed", "closed"])
def test_from_filing_on_a_finding_may_be_made_at_any_time(office: Office, state: str) -> None:
    number = office.walk(office.report(), state)

    find(office, number)

    check_case(office, number)


def test_a_case_that_went_back_to_intake_was_filed_nevertheless(office: Office) -> None:
    number = office.walk(office.report(), "filed", "accepted")

    assert find(office, number, kind="missed").id == "F1"


def test_whoever_found_does_not_revoke(office: Office, number: str) -> None:
    made = find(office, number)

    assert reasons(office, lambda: revoke(office, number, made.id, "shift_supervisor")) == {"not_actor_of"}
    assert [each["act"] for each in offered(office, number, "shift_supervisor")] == [
        "supervise",
        "remind",
        "find",
    ]
    assert {"act": "revoke_finding", "finding": "F1"} in offered(office, number, "shift_supervisor_2")


def test_a_finding_is_revoked_once_and_with_a_reason(office: Office, number: str) -> None:
    made = find(office, number)
    assert reasons(office, lambda: revoke(office, number, made.id, reason="错")) == {"record_missing:reason"}
    revoke(office, number, made.id)

    assert reasons(office, lambda: revoke(office, number, made.id, "shift_supervisor", reason="")) == {
        "not_actor_of",
        "finding_revoked",
        "record_missing:reason",
    }


def test_one_of_two_findings_of_a_kind_goes_on_counting(office: Office, number: str) -> None:
    first, second = find(office, number), find(office, number, "shift_supervisor_2")
    revoke(office, number, first.id)

    assert (first.id, second.id) == ("F1", "F2")
    assert facts_of(office, number, "faked") == (1,)
    check_case(office, number)


@pytest.mark.parametrize("who", ["intake_operator", "dispatcher", "leader", "officer_a", "inspector"])
def test_only_the_shift_supervisor_finds_and_revokes(office: Office, number: str, who: str) -> None:
    made = find(office, number)

    for act in (lambda: find(office, number, who), lambda: revoke(office, number, made.id, who)):
        error = refusal(office, act)
        assert (type(error), error.code) == (NotPermitted, "role_missing")


def test_separation_holds_for_findings_and_call_backs(office: Office) -> None:
    number = office.walk(office.report(reporter={"name": "王五"}), "closed")
    for role, act in (("shift_supervisor", find), ("intake_operator", call_back)):
        insider = Actor("内部人", "内部人", (role,), office.district, "A")
        error = refusal(office, lambda act=act, insider=insider: act(office, number, insider))
        assert error.code == "separation"


def test_an_unknown_kind_or_finding_is_refused(office: Office, number: str) -> None:
    kind = refusal(office, lambda: find(office, number, kind="lazy"))
    finding = refusal(office, lambda: revoke(office, number, "F7"))

    assert (type(kind), kind.code) == (Invalid, "bad_value")
    assert (type(finding), finding.code) == (NotFound, "unknown_finding")


# --- call-backs ----------------------------------------------------------------------------------------------


def public_case(office: Office, *states: str) -> str:
    """A case from the hotline with a named reporter."""
    reporter = {"name": "王五", "phone": "13900000000"}
    number = office.report("intake_operator", channel="hotline_12345", reporter=reporter)
    return office.walk(number, "confirming", *states)


def test_the_last_call_back_of_a_closed_public_case_counts(office: Office) -> None:
    number = public_case(office, "closed")

    first = call_back(office, number, satisfied=False, opinion="还有异味")
    assert facts_of(office, number, "surveyed", "satisfied") == (1, 0)
    office.tick()
    second = call_back(office, number, satisfied=True)

    case = check_case(office, number)
    assert (first.id, second.id, second.version, case.state) == ("H1", "H2", case.version, "closed")
    assert facts_of(office, number, "surveyed", "satisfied") == (1, 1)
    shown = view(office, number)["call_backs"]
    assert [(call["satisfied"], call["opinion"]) for call in shown] == [(False, "还有异味"), (True, None)]


def test_a_forced_closing_is_a_closing(office: Office) -> None:
    number = public_case(office, "filed", "force_closed")

    assert call_back(office, number).id == "H1"


@pytest.mark.parametrize("states", [("handling",), ("rejected",)])
def test_nobody_is_called_back_before_or_without_a_closing(office: Office, states: tuple[str, ...]) -> None:
    reporter = {"name": "王五", "phone": ""}
    number = office.walk(office.report(reporter=reporter), *states)

    assert reasons(office, lambda: call_back(office, number)) == {"wrong_state"}


def test_without_a_name_or_number_nobody_can_be_called_back(office: Office) -> None:
    nameless, numbered = office.report(), office.report(reporter={"phone": "13900000000"})
    for number in (nameless, numbered):
        office.walk(number, "closed")

    assert reasons(office, lambda: call_back(office, nameless)) == {"reporter_named"}
    assert offered(office, nameless, "intake_operator") == []
    assert offered(office, numbered, "intake_operator") == [{"act": "call_back"}]
    assert call_back(office, numbered).id == "H1"


def test_only_intake_calls_back(office: Office) -> None:
    number = public_case(office, "closed")

    for who in ("shift_supervisor", "leader", "dispatcher", "officer_a"):
        error = refusal(office, lambda who=who: call_back(office, number, who))
        assert (type(error), error.code) == (NotPermitted, "role_missing")
