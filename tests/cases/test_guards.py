"""Each guard of the standard flow where it says no; where it says yes is tests/cases/test_every_move.py."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from gridcase.config import load_settings
from gridcase.db import table_of
from gridcase.directory.models import Department
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, Refused
from tests.cases.checking import check_case
from tests.cases.refusing import reasons, refusal
from tests.making import Office, make_office


def with_roles(office: Office, name: str, *roles: str) -> Actor:
    """That person with these roles."""
    return dataclasses.replace(office.people[name], roles=roles)


# --- report and intake ---------------------------------------------------------------------------------------


def test_a_point_outside_every_cell_is_no_report(standing: Office) -> None:
    error = refusal(standing, lambda: standing.report(lon=116.39, lat=39.91))

    assert isinstance(error, Invalid)
    assert error.code == "outside_grid"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sub_code": "999"}, "class_in_catalogue"),
        ({"kind": "building"}, "class_in_catalogue"),
        ({"condition_no": 99}, "unknown_condition"),
        ({"channel": "smoke_signal"}, "unknown_channel"),
        ({"workflow": "fast_lane"}, "unknown_workflow"),
        ({"description": "长" * 4001}, "too_long"),
        ({"reporter": {"name": "长" * 101}}, "too_long"),
        ({"reporter": {"phone": "1" * 41}}, "too_long"),
        ({"reporter": {"phone": "abc"}}, "bad_value"),
        ({"reporter": {"phone": "12"}}, "bad_value"),
        ({"reporter": {"phone": "1" * 21}}, "bad_value"),
        ({"outside_number": "9" * 101}, "too_long"),
        ({"component_code": "1" * 21}, "too_long"),
        ({"description": "坏\x00字"}, "bad_value"),
        ({"address": "坏\ud800字"}, "bad_value"),
    ],
)
def test_a_report_that_cannot_be_understood_makes_no_case(
    standing_both: Office, fields: dict[str, object], code: str
) -> None:
    error = refusal(standing_both, lambda: standing_both.report(**fields))

    assert isinstance(error, Invalid)
    assert error.code == code


def test_an_inspector_brings_a_photo_and_an_operator_need_not(standing: Office) -> None:
    assert reasons(standing, lambda: standing.report(photos=0)) == {"inspector_photo"}

    number = standing.report("intake_operator", channel="hotline_12345")

    assert standing.case(number).state == "reported"


def test_only_the_reporting_inspector_settles_a_case_on_the_spot(standing: Office) -> None:
    number = standing.report()

    found = reasons(
        standing, lambda: standing.move("inspector_2", number, "self_close", measure="清理", photos=1)
    )

    assert found == {"own_report"}


def test_only_a_class_of_the_setting_is_settled_on_the_spot(standing: Office) -> None:
    number = standing.report(sub_code="12")

    found = reasons(
        standing, lambda: standing.move("inspector", number, "self_close", measure="清理", photos=1)
    )

    assert found == {"self_handling_allowed"}


def test_a_case_that_was_not_found_is_not_accepted(standing: Office) -> None:
    number = standing.walk(standing.report(), "confirming")
    standing.plain(number, "confirm_absent")

    found = reasons(standing, lambda: standing.plain(number, "accept"))

    assert found == {"last_confirmation_not_absent"}


def test_a_case_is_merged_into_an_open_case_only(standing: Office) -> None:
    ended, merged, main = (standing.report() for _ in range(3))
    standing.walk(ended, "rejected")
    standing.move("intake_operator", merged, "merge", main_case=main)
    number = standing.report()

    for target in (ended, merged, number):
        found = reasons(standing, lambda: standing.move("intake_operator", number, "merge", main_case=target))  # noqa: B023
        assert found == {"main_case_open"}


def test_a_case_is_merged_into_one_of_its_class_only(standing: Office) -> None:
    main, number = standing.report(sub_code="12"), standing.report()

    found = reasons(standing, lambda: standing.move("intake_operator", number, "merge", main_case=main))

    assert found == {"same_class"}


def test_a_main_case_that_the_operator_may_not_see_is_unknown(standing: Office) -> None:
    main, number = standing.report(), standing.report(**_elsewhere(standing))
    area = standing.case(number).fields["street"]
    operator = dataclasses.replace(standing.people["intake_operator"], area=area)

    error = refusal(standing, lambda: standing.move(operator, number, "merge", main_case=main))

    assert error.code == "unknown_case"


def _elsewhere(office: Office) -> dict[str, float]:
    """A point in another street than that of `office.point`."""
    cells = list(office.book.geography.cells(office.now.date()))
    first = cells[0].code[:9]
    point = next(cell for cell in cells if cell.code[:9] != first).shape.representative_point()
    return {"lon": point.x, "lat": point.y}


@pytest.mark.parametrize("trigger", ["merge", "reject"])
def test_a_case_that_was_filed_before_is_neither_merged_nor_rejected(standing: Office, trigger: str) -> None:
    number = standing.walk(standing.report(), "filed", "accepted")
    if trigger == "merge":
        main = standing.report()
        found = reasons(standing, lambda: standing.move("intake_operator", number, "merge", main_case=main))
    else:
        records = standing.records("reject")
        found = reasons(standing, lambda: standing.move("shift_supervisor", number, "reject", **records))

    assert found == {"never_filed"}


# --- filing --------------------------------------------------------------------------------------------------


def test_the_condition_of_the_report_does_not_serve_for_filing(standing: Office) -> None:
    number = standing.report(condition_no=1)
    standing.plain(number, "accept")

    found = reasons(standing, lambda: standing.move("shift_supervisor", number, "file", duplicates_seen=True))

    assert found == {"condition_chosen", "record_missing:condition_no"}


def test_a_case_is_filed_in_the_filers_area_only(standing: Office) -> None:
    number = standing.walk(standing.report(), "accepted")
    area = standing.case(number).fields["community"]
    supervisor = dataclasses.replace(standing.people["shift_supervisor"], area=area)
    moved_away = {**_elsewhere(standing), "coordinate_system": "wgs84"}

    found = reasons(
        standing,
        lambda: standing.move(supervisor, number, "file", condition_no=1, duplicates_seen=True, corrections=moved_away),
    )  # fmt: skip

    assert found == {"cell_in_area"}


def test_open_duplicates_have_to_be_looked_at(standing: Office) -> None:
    other, number = standing.report(), standing.report()
    standing.plain(number, "accept")

    assert reasons(standing, lambda: standing.move("shift_supervisor", number, "file", condition_no=1)) == {
        "duplicates_seen"
    }
    assert reasons(
        standing,
        lambda: standing.move("shift_supervisor", number, "file", condition_no=1, duplicates_seen=False),
    ) == {"duplicates_seen"}
    assert other in {found.number for found in standing.reported().duplicates}


def test_a_hotline_report_is_filed_only_after_somebody_saw_it(standing: Office) -> None:
    number = standing.report("intake_operator", channel="hotline_12345")
    standing.plain(number, "accept")

    assert reasons(standing, lambda: standing.plain(number, "file")) == {"confirmed_if_needed"}

    standing.walk(number, "confirming")
    standing.plain(number, "confirm")
    assert standing.plain(number, "file").state == "filed"


def test_the_inspector_who_reported_does_not_file_and_the_operator_who_typed_may(standing: Office) -> None:
    seen, typed = standing.report(), standing.report("intake_operator", photos=0)
    for number in (seen, typed):
        standing.plain(number, "accept")
    inspector = with_roles(standing, "inspector", "inspector", "shift_supervisor")
    operator = with_roles(standing, "intake_operator", "intake_operator", "shift_supervisor")
    records = standing.records("file")

    assert reasons(standing, lambda: standing.move(inspector, seen, "file", **records)) == {
        "not_reporting_inspector"
    }
    assert standing.move(operator, typed, "file", **records).state == "filed"


# --- dispatch and handling -----------------------------------------------------------------------------------


@pytest.mark.parametrize("records", [{"department": "Z"}, {"department": "A", "assisting": ["Z"]}])
def test_an_office_of_the_centre_handles_nothing(standing: Office, records: dict[str, object]) -> None:
    number = standing.walk(standing.report(), "filed")

    found = reasons(standing, lambda: standing.move("dispatcher", number, "dispatch", **records))

    assert found == {"one_main_department"}


@pytest.mark.parametrize("records", [{"department": "B"}, {"department": "A", "assisting": ["B"]}])
def test_a_department_that_was_closed_down_gets_no_case(
    sqlite_office: Office, records: dict[str, object]
) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "filed")
    table = table_of(Department)
    with office.database.transaction() as connection:
        connection.execute(table.update().where(table.c.code == "B").values(is_active=False))

    found = reasons(office, lambda: office.move("dispatcher", number, "dispatch", **records))

    assert found == {"department_active"}


def test_rework_goes_to_the_same_department_and_a_new_dispatch_to_another(standing: Office) -> None:
    number = standing.walk(standing.report(), "verification_failed")

    assert reasons(
        standing, lambda: standing.move("dispatcher", number, "rework", reason="返工", department="B")
    ) == {"same_department"}
    assert reasons(
        standing, lambda: standing.move("dispatcher", number, "redispatch", reason="改派", department="A")
    ) == {"other_department"}
    assert standing.move("dispatcher", number, "rework", reason="返工", department="A").state == "dispatched"


def test_only_the_main_department_moves_the_case(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")
    standing.move("dispatcher", number, "dispatch", department="A", assisting=["B"])

    assert reasons(standing, lambda: standing.move("officer_b", number, "receive")) == {"own_department_main"}
    assert reasons(
        standing,
        lambda: standing.move("officer_b", number, "hand_back", reason="不属本局", reason_code="not_ours"),
    ) == {"own_department_main"}


def test_a_task_is_answered_by_the_handler_who_has_it(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")
    standing.move("officer_a", number, "assign", handler="handler_a2")
    standing.move("officer_a", number, "revoke_assignment")
    standing.move("officer_a", number, "assign", handler="handler_a")

    assert reasons(standing, lambda: standing.move("handler_a2", number, "submit_result", photos=1)) == {
        "own_assignment"
    }


def test_an_assignment_goes_to_a_handler_of_the_own_department_one_at_a_time(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")

    assert reasons(standing, lambda: standing.move("officer_a", number, "assign", handler="handler_b")) == {
        "handler_of_own_department"
    }
    standing.move("officer_a", number, "assign", handler="handler_a")
    assert reasons(standing, lambda: standing.move("officer_a", number, "assign", handler="handler_a2")) == {
        "no_open_assignment"
    }


def test_an_open_assignment_stands_in_the_way_of_feedback_and_hand_back(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")
    standing.move("officer_a", number, "assign", handler="handler_a")

    assert reasons(standing, lambda: standing.plain(number, "give_feedback")) == {"assignments_answered"}
    assert reasons(standing, lambda: standing.plain(number, "hand_back")) == {"no_open_assignment"}


def test_a_submitted_result_cannot_be_pulled_back(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")
    standing.move("officer_a", number, "assign", handler="handler_a")
    standing.move("handler_a", number, "submit_result", photos=1)

    assert reasons(standing, lambda: standing.plain(number, "hand_back")) == {"no_result_submitted"}
    assert reasons(standing, lambda: standing.move("officer_a", number, "revoke_assignment")) == {
        "no_result_submitted"
    }
    assert reasons(
        standing, lambda: standing.move("handler_a", number, "decline_assignment", reason="设备故障")
    ) == {"no_result_submitted"}
    assert standing.plain(number, "give_feedback").state == "handled"


def test_a_result_is_returned_after_it_came_and_the_task_is_open_again(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")
    standing.move("officer_a", number, "assign", handler="handler_a")

    assert reasons(
        standing, lambda: standing.move("officer_a", number, "return_result", reason="照片不清楚")
    ) == {"result_submitted"}
    standing.move("handler_a", number, "submit_result", photos=1)
    standing.move("officer_a", number, "return_result", reason="照片不清楚")

    case = check_case(standing, number)
    assert case.open_assignment is not None
    assert case.open_assignment.handler == "handler_a"
    assert reasons(standing, lambda: standing.plain(number, "give_feedback")) == {"assignments_answered"}


def test_a_returned_result_was_submitted_nevertheless(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")
    standing.move("officer_a", number, "assign", handler="handler_a")
    standing.move("handler_a", number, "submit_result", photos=1)
    standing.move("officer_a", number, "return_result", reason="照片不清楚")

    assert reasons(standing, lambda: standing.move("officer_a", number, "revoke_assignment")) == {
        "no_result_submitted"
    }
    assert reasons(
        standing, lambda: standing.move("handler_a", number, "decline_assignment", reason="设备故障")
    ) == {"no_result_submitted"}
    assert reasons(standing, lambda: standing.plain(number, "hand_back")) == {
        "no_open_assignment", "no_result_submitted",
    }  # fmt: skip
    standing.move("handler_a", number, "submit_result", photos=1)
    assert standing.plain(number, "give_feedback").state == "handled"


def test_a_result_of_an_earlier_attempt_does_not_bind_the_next(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")
    standing.move("officer_a", number, "assign", handler="handler_a")
    standing.move("handler_a", number, "submit_result", photos=1)
    standing.walk(number, "verification_failed", "handling")

    moved = standing.move("officer_a", number, "assign", handler="handler_a2")

    assert moved.state == "handling"
    check_case(standing, number)


def test_after_a_rework_the_case_is_not_handed_back(standing: Office) -> None:
    number = standing.walk(standing.report(), "verification_failed", "dispatched")

    assert reasons(standing, lambda: standing.plain(number, "hand_back")) == {"no_rework_since_dispatch"}


def test_a_dispatch_to_another_department_may_be_handed_back_again(standing: Office) -> None:
    number = standing.walk(standing.report(), "verification_failed")
    standing.move("dispatcher", number, "redispatch", department="B", reason="改派")

    assert standing.plain(number, "hand_back").state == "handed_back"


def test_feedback_needs_a_photo_after_and_an_appended_one_serves(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")

    assert reasons(standing, lambda: standing.move("officer_a", number, "give_feedback", measure="清理")) == {
        "has_photo"
    }
    standing.add_photo("officer_a", number, "before")
    assert reasons(standing, lambda: standing.move("officer_a", number, "give_feedback", measure="清理")) == {
        "has_photo"
    }
    standing.add_photo("officer_a", number, "after")
    assert standing.move("officer_a", number, "give_feedback", measure="清理").state == "handled"


# --- verification and closing --------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", ["confirm", "confirm_absent"])
def test_only_the_inspector_who_was_sent_confirms(standing: Office, trigger: str) -> None:
    number = standing.walk(standing.report(), "confirming")
    records = standing.records(trigger)

    assert reasons(standing, lambda: standing.move("inspector", number, trigger, **records)) == {
        "assigned_inspector"
    }


@pytest.mark.parametrize("trigger", ["verify_pass", "verify_fail", "verify_unable"])
def test_only_the_inspector_who_was_sent_verifies(standing: Office, trigger: str) -> None:
    number = standing.walk(standing.report(), "verifying")
    records = standing.records(trigger)

    assert reasons(standing, lambda: standing.move("inspector", number, trigger, **records)) == {
        "assigned_inspector"
    }


@pytest.mark.parametrize("state", ["confirming", "verifying"])
def test_a_task_is_handed_on_to_another_inspector_only(standing: Office, state: str) -> None:
    number = standing.walk(standing.report(), state)

    def hand_on(name: str) -> object:
        return standing.move("intake_operator", number, "reassign", inspector=name, reason="换人核查")

    assert reasons(standing, lambda: hand_on("inspector_2")) == {"another_inspector"}
    hand_on("inspector")
    task = check_case(standing, number).task
    assert task is not None
    assert task.inspector == "inspector"


def test_where_the_city_wants_it_another_inspector_than_the_reporting_one_verifies(
    tmp_path: Path, quick_geo: Path, filled_sqlite: Path
) -> None:
    shutil.copyfile(filled_sqlite, tmp_path / "gridcase.db")
    settings = load_settings("[verification]\nother_inspector = true\n", "config.toml")
    office = make_office(f"sqlite:///{tmp_path / 'gridcase.db'}", tmp_path, geo=quick_geo, settings=settings)
    number = office.walk(office.report(), "handled")

    assert reasons(
        office, lambda: office.move("intake_operator", number, "send_verification", inspector="inspector")
    ) == {"other_inspector_if_set"}
    office.plain(number, "send_verification")
    assert reasons(
        office,
        lambda: office.move("intake_operator", number, "reassign", inspector="inspector", reason="换人核查"),
    ) == {"other_inspector_if_set"}
    office.database.close()


def test_whoever_handled_the_case_does_not_verify_it(standing: Office) -> None:
    number = standing.walk(standing.report(), "handled")
    standing.add_user("turncoat", "inspector")
    table = standing.installation.database
    with table.transaction() as connection:
        connection.exec_driver_sql("UPDATE user_account SET department = 'A' WHERE name = 'turncoat'")

    assert reasons(
        standing,
        lambda: standing.move("intake_operator", number, "send_verification", inspector="turncoat"),
    ) == {"not_handler"}


def test_closing_wants_every_condition_ticked_and_no_request_open(standing: Office) -> None:
    number = standing.walk(standing.report(), "handled")
    standing.ask("dispatcher", number, "void")
    standing.walk(number, "verified")

    assert reasons(standing, lambda: standing.move("shift_supervisor", number, "close", ticked=[])) == {
        "conditions_ticked", "no_open_request",
    }  # fmt: skip
    with pytest.raises(Refused) as caught:
        standing.move("shift_supervisor", number, "close", ticked=[2])
    told = {reason.code: reason.data for reason in caught.value.reasons}
    assert told["conditions_ticked"]["missing"] == [1]


def test_a_void_move_wants_the_request_of_another_person(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")

    assert reasons(standing, lambda: standing.move("shift_supervisor", number, "void")) == {
        "void_request_open"
    }


def test_a_case_that_was_never_filed_is_not_voided(standing: Office) -> None:
    number = standing.report()

    assert reasons(standing, lambda: standing.move("shift_supervisor", number, "void")) == {
        "void_request_open", "after",
    }  # fmt: skip
    assert reasons(standing, lambda: standing.ask("intake_operator", number, "void")) == {"after"}


def test_a_department_named_twice_has_one_part_in_the_case(standing_both: Office) -> None:
    number = standing_both.walk(standing_both.report(), "filed")

    standing_both.move("dispatcher", number, "dispatch", department="A", assisting=["B", "A", "B"])

    assert check_case(standing_both, number).departments == ["A", "B"]
