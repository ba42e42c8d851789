"""What a refused move says, and that it changes nothing (flow.md 1, rules 3, 6 and 9)."""

from __future__ import annotations

from typing import Any

import pytest

from gridcase.engine.definition import Transition
from gridcase.errors import ChangedMeanwhile, Invalid, NotFound, NotPermitted
from tests.cases.checking import check_case
from tests.cases.preparing import actor_for, prepare, records_of, standard_flow
from tests.cases.refusing import reasons, refusal
from tests.making import Office

FLOW = standard_flow()
BACKWARD = [row for row in FLOW.transitions if row.backward]


@pytest.mark.parametrize("row", BACKWARD, ids=[f"{row.trigger}-{row.sources[0]}" for row in BACKWARD])
def test_a_backward_move_needs_a_reason_of_two_characters(standing: Office, row: Transition) -> None:
    state = row.sources[0]
    number = prepare(standing, row, state)
    who, records = actor_for(row, row.roles[0]), records_of(standing, row, state)
    del records["reason"]

    for reason in ({}, {"reason": ""}, {"reason": " 　\n"}, {"reason": " 短 "}):
        missing = reasons(standing, lambda: standing.move(who, number, row.trigger, **records, **reason))  # noqa: B023
        assert missing == {"record_missing:reason"}

    moved = standing.move(who, number, row.trigger, **records, reason=" 两字 ")
    assert moved.state == (row.to or state)


NEEDED = [
    (row, record) for row in FLOW.transitions if row.sources for record in row.records if record != "reason"
]


@pytest.mark.parametrize(
    ("row", "record"), NEEDED, ids=[f"{row.trigger}-{row.sources[0]}-{record}" for row, record in NEEDED]
)
def test_every_needed_record_is_named_when_it_is_absent(
    standing: Office, row: Transition, record: str
) -> None:
    state = row.sources[0]
    number = prepare(standing, row, state)
    records = records_of(standing, row, state)
    absent = {"position": ("lon",)}.get(record, ("photos",) if record.startswith("photos_") else (record,))
    sent = {name: value for name, value in records.items() if name not in absent}

    found = reasons(
        standing, lambda: standing.move(actor_for(row, row.roles[0]), number, row.trigger, **sent)
    )

    assert f"record_missing:{record}" in found


def test_all_reasons_are_listed_at_once(standing: Office) -> None:
    number = standing.report("intake_operator", channel="hotline_12345")
    standing.report()
    standing.plain(number, "accept")

    found = reasons(standing, lambda: standing.move("shift_supervisor", number, "file"))

    assert found == {
        "record_missing:condition_no", "condition_chosen", "duplicates_seen", "confirmed_if_needed",
    }  # fmt: skip


def test_in_a_wrong_state_what_every_table_of_the_trigger_wants_is_judged_too(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")

    found = reasons(standing, lambda: standing.move("shift_supervisor", number, "close"))

    assert found == {
        "wrong_state", "passed_after_feedback", "conditions_ticked", "has_photo", "record_missing:ticked",
    }  # fmt: skip


def test_a_changed_class_without_corrections_is_named_with_everything_else(standing: Office) -> None:
    number = standing.walk(standing.report(), "confirming")

    found = reasons(standing, lambda: standing.move("inspector_2", number, "confirm", result="class_changed"))

    assert found == {
        "record_missing:corrections", "record_missing:photos_confirmation", "record_missing:position",
    }  # fmt: skip


def test_an_unknown_field_is_named(standing: Office) -> None:
    number = standing.report()

    error = refusal(
        standing, lambda: standing.move("intake_operator", number, "accept", department="A", reson="笔误")
    )

    assert isinstance(error, Invalid)
    assert error.code == "unknown_field"
    assert {reason.field for reason in error.errors} == {"department", "reson"}


@pytest.mark.parametrize(
    ("trigger", "state", "who", "records", "code"),
    [
        ("dispatch", "filed", "dispatcher", {"department": "X"}, "unknown_department"),
        ("dispatch", "filed", "dispatcher", {"department": "A", "assisting": ["X"]}, "unknown_department"),
        ("send_verification", "handled", "intake_operator", {"inspector": "nobody"}, "unknown_user"),
        ("send_verification", "handled", "intake_operator", {"inspector": "leader"}, "bad_value"),
        ("assign", "handling", "officer_a", {"handler": "inspector"}, "bad_value"),
        ("merge", "reported", "intake_operator", {"main_case": "20990101000001"}, "unknown_case"),
        ("file", "accepted", "shift_supervisor", {"condition_no": 99}, "unknown_condition"),
        ("reject", "reported", "intake_operator", {"reason_code": "no_idea", "reason": "无关"}, "bad_value"),
        ("hand_back", "handling", "officer_a", {"reason_code": "no_idea", "reason": "无关"}, "bad_value"),
        ("accept", "reported", "intake_operator", {"opinion": "长" * 4001}, "too_long"),
        ("accept", "reported", "intake_operator", {"corrections": {"sub_code": "999"}}, "class_in_catalogue"),
        ("accept", "reported", "intake_operator", {"corrections": {"lon": 117.1}}, "missing_field"),
        (
            "accept",
            "reported",
            "intake_operator",
            {"corrections": {"lon": 121.0, "lat": 31.0, "coordinate_system": "wgs84"}},
            "outside_grid",
        ),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(
    standing: Office, trigger: str, state: str, who: str, records: dict[str, Any], code: str
) -> None:
    number = standing.report()
    if state != "reported":
        standing.walk(number, state)

    error = refusal(standing, lambda: standing.move(who, number, trigger, **records))

    assert isinstance(error, Invalid)
    assert error.code == code


def test_a_case_that_is_not_there_and_one_that_is_hidden_look_alike(standing: Office) -> None:
    number = standing.report()

    hidden = refusal(standing, lambda: standing.move("officer_a", number, "accept"))
    absent = refusal(standing, lambda: standing.move("officer_a", "20261009999999", "accept"))

    assert isinstance(hidden, NotFound)
    assert isinstance(absent, NotFound)
    assert hidden.code == absent.code == "unknown_case"


def test_a_trigger_that_the_flow_does_not_know_is_not_found(standing: Office) -> None:
    number = standing.report()

    error = refusal(standing, lambda: standing.move("intake_operator", number, "approve"))

    assert isinstance(error, NotFound)
    assert error.code == "unknown_trigger"


def test_a_stale_version_says_who_did_what_meanwhile(standing: Office) -> None:
    number = standing.report()
    standing.tick()
    standing.plain(number, "accept")

    error = refusal(
        standing, lambda: standing.move("shift_supervisor", number, "file", version=1, condition_no=1)
    )

    assert isinstance(error, ChangedMeanwhile)
    assert (error.data["version"], error.data["trigger"]) == (2, "accept")
    assert (error.data["actor"], error.data["at"]) == ("intake_operator", standing.now)


def test_the_version_of_the_last_answer_is_taken(standing: Office) -> None:
    number = standing.report()

    accepted = standing.move("intake_operator", number, "accept", version=1)
    filed = standing.move(
        "shift_supervisor", number, "file", version=accepted.version, condition_no=1, duplicates_seen=True
    )

    assert (accepted.version, filed.version) == (2, 3)
    check_case(standing, number)


def test_a_role_that_may_never_do_it_is_told_so_and_no_more(standing: Office) -> None:
    number = standing.walk(standing.report(), "verified")

    error = refusal(
        standing, lambda: standing.move("dispatcher", number, "force_close", reason="撤", document="1")
    )

    assert isinstance(error, NotPermitted)
    assert error.code == "role_missing"
