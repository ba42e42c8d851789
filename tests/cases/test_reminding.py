"""Reminders: from the centre to whoever holds the case, told once, never of a held case, no word to its clocks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridcase.cases.runs import Run
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotFound, NotPermitted
from tests.cases.checking import check_case
from tests.cases.following import offered, remind, told, view
from tests.cases.refusing import reasons, refusal
from tests.making import Office

CENTRE = ("intake_operator", "shift_supervisor", "dispatcher", "inspector")


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


def may_remind(office: Office, number: str, who: str | Actor) -> bool:
    return {"act": "remind"} in offered(office, number, who)


def test_a_reminder_goes_to_the_main_department_and_leaves_state_and_clocks_alone(
    office: Office, number: str
) -> None:
    before = clocks_of(office, number)
    office.tick(hours=1)

    done = remind(office, number, text=" 请今日处置 ")
    again = remind(office, number, "shift_supervisor")

    case = check_case(office, number)
    assert (done.id, again.id, case.counters["reminder_count"]) == ("C1", "C2", 2)
    assert (case.state, clocks_of(office, number)) == ("handling", before)
    step = case.entries[-2]
    assert (step.step.trigger, step.step.actor, step.step.role) == ("remind", "dispatcher", "dispatcher")
    assert (step.receiver, step.opinion, step.step.data) == (
        "A",
        "请今日处置",
        {"reminder": "C1", "department": "A"},
    )
    shown = view(office, number)
    assert (shown["counters"]["reminder_count"], shown["version"]) == (2, case.version)


def test_the_department_finds_one_notice_of_each_reminder(office: Office, number: str) -> None:
    office.tick(days=1)
    remind(office, number, text="市民再次来电")
    remind(office, number)

    first, second = told(office, number)

    assert (first.kind, first.department, first.role) == ("reminder", "A", None)
    assert first.on_day == office.now.astimezone(CHINA).date()
    lines = first.text.splitlines()
    assert lines[0].startswith(
        f"催办（第 1 次）：甲局，案件 {number}（暴露生活垃圾）现在“处置中”，2026-10-09 "
    )
    assert lines[0].endswith("到期，已超期。")
    assert lines[1:] == ["市民再次来电", "dispatcher 2026-10-10 09:05"]
    assert second.text.startswith("催办（第 2 次）")


@pytest.mark.parametrize(
    ("state", "data", "receiver"),
    [
        ("reported", {"desk": "intake_operator"}, "intake_operator"),
        ("accepted", {"desk": "shift_supervisor"}, "shift_supervisor"),
        ("handed_back", {"desk": "dispatcher"}, "dispatcher"),
        ("verifying", {"desk": "inspector"}, "inspector_2"),
    ],
)
def test_a_case_at_a_desk_is_reminded_of_there(
    office: Office, state: str, data: dict[str, str], receiver: str
) -> None:
    report = office.report()
    number = report if state == "reported" else office.walk(report, state)

    remind(office, number, "shift_supervisor")

    entry = check_case(office, number).entries[-1]
    assert (entry.step.data, entry.receiver) == ({"reminder": "C1", **data}, receiver)
    (notice,) = told(office, number)
    assert (notice.department, notice.role) == (None, data["desk"])


def test_a_held_case_is_never_reminded_until_the_day_comes(office: Office, number: str) -> None:
    until = (office.now.astimezone(CHINA) + timedelta(days=3)).date()
    asked = office.ask("officer_a", number, "suspension", until=until, photos=1)
    remind(office, number)
    office.grant("shift_supervisor", number, asked.id)

    assert reasons(office, lambda: remind(office, number)) == {"not_held"}
    assert not may_remind(office, number, "dispatcher")
    office.set(f"{until}T00:00")

    assert may_remind(office, number, "dispatcher")
    remind(office, number)
    case = check_case(office, number)
    assert [entry.step.trigger for entry in case.entries[-2:]] == ["release", "remind"]


def test_a_case_that_waits_out_a_confirmation_is_reminded_of_at_the_inspector(office: Office) -> None:
    number = office.report()
    office.move("intake_operator", number, "send_confirmation", inspector="inspector_2")

    remind(office, number)

    assert office.case(number).entries[-1].receiver == "inspector_2"


def test_a_case_that_is_over_is_not_reminded(office: Office, number: str) -> None:
    office.walk(number, "closed")

    assert reasons(office, lambda: remind(office, number)) == {"wrong_state"}
    assert not may_remind(office, number, "dispatcher")
    assert told(office, number) == []


@pytest.mark.parametrize("who", CENTRE)
def test_every_role_of_the_centre_reminds(office: Office, number: str, who: str) -> None:
    assert may_remind(office, number, who)

    remind(office, number, who)

    assert office.case(number).entries[-1].step.role == who


@pytest.mark.parametrize("who", ["officer_a", "leader"])
def test_nobody_outside_the_centre_reminds(office: Office, number: str, who: str) -> None:
    error = refusal(office, lambda: remind(office, number, who))

    assert (type(error), error.code) == (NotPermitted, "role_missing")
    assert not may_remind(office, number, who)


def test_nobody_of_a_department_of_the_case_reminds_in_a_centre_role(office: Office, number: str) -> None:
    insider = Actor("内部人", "内部人", ("dispatcher",), office.district, "A")

    assert refusal(office, lambda: remind(office, number, insider)).code == "separation"
    assert not may_remind(office, number, insider)


def test_who_does_not_see_the_case_finds_none(office: Office, number: str) -> None:
    error = refusal(office, lambda: remind(office, number, "administrator"))

    assert (type(error), error.code) == (NotFound, "unknown_case")


@pytest.mark.parametrize(
    ("text", "code"), [(" ", "missing_field"), ("催" * 4001, "too_long"), ("\0", "bad_value")]
)
def test_a_text_is_needed_and_has_room(office: Office, number: str, text: str, code: str) -> None:
    error = refusal(office, lambda: remind(office, number, text=text))

    assert (type(error), error.code) == (Invalid, code)
    assert told(office, number) == []
