"""Suspension and deferral: asked for with a date, held from the grant, over by hand or by the date (flow.md 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridcase.errors import NotPermitted
from tests.cases.checking import check_case
from tests.cases.clocking import act_at, china_text, dispatched, due_of, run_of
from tests.cases.refusing import reasons, refusal
from tests.making import Office, china

MONDAY = "2026-11-23"
KINDS = ["suspension", "deferral"]


@pytest.fixture
def number(standing: Office) -> str:
    """A case of five working days in handling at department A since Monday 09:00."""
    number = dispatched(standing, "5工作日", f"{MONDAY}T09:00")
    standing.plain(number, "receive")
    return number


def hold(office: Office, number: str, kind: str = "suspension", until: str = "2026-12-20") -> str:
    """Asked for and granted in this second; answers the request."""
    asked = office.ask("officer_a", number, kind, until=until, photos=1)
    office.grant("shift_supervisor", number, asked.id)
    return asked.id


@pytest.mark.parametrize("kind", KINDS)
def test_a_held_case_has_no_due_moment_and_is_never_overdue(standing: Office, number: str, kind: str) -> None:
    standing.set("2026-11-24T10:00")
    hold(standing, number, kind)

    standing.set("2026-12-18T10:00")
    run = run_of(standing, number)
    assert (run.is_held, run.due_at, run.overdue_seconds(standing.now)) == (True, None, 0)
    (row,) = standing.rows("cases", number)
    assert (row["is_held"], row["due_at"], row["handling_due_at"]) == (True, None, None)
    case = check_case(standing, number)
    assert case.counters == {f"{kind}_count": 1}
    (stored,) = [row for row in standing.rows("hold", number) if row["clock"] == "handling"]
    assert (stored["kind"], stored["used"], stored["until_at"], stored["to_at"]) == (
        kind, 9 * 3600, china("2026-12-20T00:00"), None,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["officer_a", "officer_a2", "shift_supervisor", "shift_supervisor_2"])
def test_a_hold_is_released_by_hand_by_the_department_or_the_deciding_desk(
    standing: Office, number: str, who: str
) -> None:
    standing.set("2026-11-24T10:00")
    request = hold(standing, number)
    standing.set("2026-12-04T10:00")

    answer = standing.release(who, number, request)

    assert (answer.state, due_of(standing, number)) == ("released", "12-10 09:00")
    case = check_case(standing, number)
    assert (case.entries[-1].step.trigger, case.is_held) == ("release", False)
    assert case.requests[request].decided_by == "shift_supervisor"


@pytest.mark.parametrize(
    ("who", "code"), [("dispatcher", "role_missing"), ("intake_operator", "role_missing")]
)
def test_nobody_else_releases(standing: Office, number: str, who: str, code: str) -> None:
    request = hold(standing, number)

    error = refusal(standing, lambda: standing.release(who, number, request))

    assert isinstance(error, NotPermitted)
    assert error.code == code


def test_an_assisting_department_does_not_release(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")
    standing.move("dispatcher", number, "dispatch", department="A", assisting=["B"])
    request = hold(standing, number)

    assert reasons(standing, lambda: standing.release("officer_b", number, request)) == {
        "own_department_main"
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("written_at", ["2026-12-07T00:00:00", "2026-12-07T00:00:01", "2026-12-15T16:30"])
def test_a_hold_ends_at_midnight_of_its_date_however_late_it_is_written(
    standing: Office, number: str, kind: str, written_at: str
) -> None:
    standing.set("2026-11-24T10:00")
    request = hold(standing, number, kind, until="2026-12-07")
    standing.set(written_at)

    assert standing.release_holds(number) == 1
    assert standing.release_holds(number) == 0

    case = check_case(standing, number)
    last = case.entries[-1].step
    assert (last.trigger, last.actor, last.role, last.at) == (
        "release", "system", "system", china("2026-12-07T00:00"),
    )  # fmt: skip
    assert last.data["request"] == request
    # 9 of 40 hours were used; the other 31 run from Monday 08:00.
    assert due_of(standing, number) == "12-10 17:00"
    assert standing.case(number).requests[request].state == "released"


def test_one_second_before_midnight_the_hold_stands(standing: Office, number: str) -> None:
    hold(standing, number, until="2026-12-07")
    standing.set("2026-12-06T23:59:59")

    assert standing.release_holds(number) == 0
    assert standing.case(number).is_held


def test_an_act_after_the_date_finds_the_case_released(standing: Office, number: str) -> None:
    hold(standing, number, until="2026-12-07")
    act_at(standing, "2026-12-08T09:00", number, "give_feedback")

    case = check_case(standing, number)
    assert [(entry.step.trigger, china_text(entry.step.at)) for entry in case.entries[-2:]] == [
        ("release", "12-07 00:00"), ("give_feedback", "12-08 09:00"),
    ]  # fmt: skip
    assert run_of(standing, number).on_time is True


def test_a_refused_act_after_the_date_writes_no_release_either(standing: Office, number: str) -> None:
    hold(standing, number, until="2026-12-07")
    standing.set("2026-12-08T09:00")

    assert reasons(standing, lambda: standing.move("officer_a", number, "give_feedback", measure="清理")) == {
        "has_photo"
    }


def test_a_held_case_takes_no_feedback_no_hand_back_and_no_extension(standing: Office, number: str) -> None:
    hold(standing, number)

    assert reasons(standing, lambda: standing.plain(number, "give_feedback")) == {"not_held"}
    assert reasons(standing, lambda: standing.plain(number, "hand_back")) == {"not_held"}
    assert reasons(standing, lambda: standing.ask("officer_a", number, "extension")) == {"not_held"}
    assert "not_held" in reasons(
        standing, lambda: standing.ask("officer_a", number, "deferral", until="2026-12-24")
    )


def test_a_suspension_is_granted_once_and_a_deferral_as_often_as_needed(
    standing: Office, number: str
) -> None:
    standing.release("officer_a", number, hold(standing, number))
    assert reasons(
        standing, lambda: standing.ask("officer_a", number, "suspension", until="2026-12-24", photos=1)
    ) == {"requests_left"}

    for _ in range(2):
        standing.release("officer_a", number, hold(standing, number, "deferral"))

    assert check_case(standing, number).counters == {"suspension_count": 1, "deferral_count": 2}


@pytest.mark.parametrize(
    ("until", "is_in_range"),
    [
        ("2026-11-23", False),
        ("2026-11-24", True),
        ("2027-11-23", True),
        ("2027-11-24", False),
        ("2020-01-01", False),
    ],
)
def test_the_date_of_a_suspension_lies_within_a_year(
    standing: Office, number: str, until: str, is_in_range: bool
) -> None:
    standing.set(f"{MONDAY}T23:30")
    if is_in_range:
        standing.ask("officer_a", number, "suspension", until=until, photos=1)
        return

    assert reasons(
        standing, lambda: standing.ask("officer_a", number, "suspension", until=until, photos=1)
    ) == {"until_in_range"}


def test_a_deferral_may_last_longer_than_a_year(standing: Office, number: str) -> None:
    assert standing.ask("officer_a", number, "deferral", until="2029-03-01").state == "requested"


def test_a_suspension_needs_reason_date_and_photo_and_a_deferral_no_photo(
    standing: Office, number: str
) -> None:
    assert reasons(standing, lambda: standing.ask("officer_a", number, "suspension", reason="")) == {
        "record_missing:reason", "record_missing:until", "record_missing:photos",
    }  # fmt: skip
    assert reasons(standing, lambda: standing.ask("officer_a", number, "deferral", reason="")) == {
        "record_missing:reason", "record_missing:until",
    }  # fmt: skip


def test_a_suspension_that_comes_to_be_granted_after_its_date_is_refused(
    standing: Office, number: str
) -> None:
    asked = standing.ask("officer_a", number, "suspension", until="2026-11-25", photos=1)
    standing.set("2026-11-25T00:00")

    assert reasons(standing, lambda: standing.grant("shift_supervisor", number, asked.id)) == {
        "until_in_range"
    }


def test_a_suspension_is_not_asked_for_after_the_due_moment(standing: Office, number: str) -> None:
    standing.set("2026-11-30T09:00:01")

    assert reasons(
        standing, lambda: standing.ask("officer_a", number, "suspension", until="2026-12-24", photos=1)
    ) == {"before_due"}


def test_a_suspension_granted_after_the_due_moment_repairs_no_lateness(standing: Office, number: str) -> None:
    standing.set("2026-11-30T09:00")
    asked = standing.ask("officer_a", number, "suspension", until="2026-12-07", photos=1)
    standing.tick(seconds=1, minutes=0)
    standing.grant("shift_supervisor", number, asked.id)

    run = run_of(standing, number)
    assert (run.is_held, china_text(run.due_at)) == (False, "11-30 09:00")
    assert reasons(standing, lambda: standing.plain(number, "give_feedback")) == {"not_held"}
    standing.set("2026-12-08T09:00")
    standing.release_holds(number)
    assert due_of(standing, number) == "11-30 09:00"
    check_case(standing, number)


def test_a_case_that_ends_while_suspended_leaves_nothing_to_release(standing: Office, number: str) -> None:
    request = hold(standing, number, until="2026-12-07")
    standing.set("2026-12-01T09:00")
    standing.plain(number, "force_close")

    case = check_case(standing, number)
    assert (case.is_held, case.state) == (False, "force_closed")
    standing.set("2026-12-08T09:00")
    assert standing.release_holds(number) == 0
    assert reasons(standing, lambda: standing.release("officer_a", number, request)) == {"request_state"}


def test_the_photo_of_a_request_is_kept_as_other(standing: Office, number: str) -> None:
    standing.ask("officer_a", number, "suspension", until="2026-12-07", photos=1)

    assert {row["kind"] for row in standing.rows("photo", number)} == {"before", "other"}


def test_an_urgent_clock_is_held_too(standing: Office) -> None:
    number = dispatched(standing, "2紧急工作日", f"{MONDAY}T09:00")
    standing.set(f"{MONDAY}T21:00")
    request = hold(standing, number, until="2026-12-07")
    standing.set("2026-11-24T09:00")
    standing.release("officer_a", number, request)

    assert run_of(standing, number).due_at == china(f"{MONDAY}T09:00") + timedelta(hours=60)
    check_case(standing, number)
