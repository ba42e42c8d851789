"""Workflows of other shape in a site folder run through the same service, without a changed line of Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gridcase.cases.visibility import may_see
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotPermitted
from tests.cases.checking import check_case
from tests.cases.clocking import due_of, run_of, runs_of
from tests.cases.flows import LOOK_BACK, PERMIT
from tests.cases.refusing import reasons, refusal
from tests.cases.sites import STANDARD, open_site
from tests.cases.test_visibility import listed
from tests.making import Office

MONDAY = "2026-11-23"


@pytest.fixture
def city(database_url: str, tmp_path: Path, quick_geo: Path) -> Iterator[Office]:
    """A site with three workflows, and people in the roles that only one of them knows."""
    office = open_site(database_url, tmp_path, geo=quick_geo, look_back=LOOK_BACK, permit=PERMIT)
    office.add_user("clerk", "clerk", department="Z")
    office.add_user("chief", "chief")
    office.add_user("chief_2", "chief")
    for code in ("A", "B"):
        office.add_user(f"firm_{code.lower()}", "firm", department=code)
    office.set(f"{MONDAY}T09:00")
    yield office
    office.database.close()


# --- the example of the page ---------------------------------------------------------------------------------


def plan(city: Office) -> str:
    return city.report(
        "shift_supervisor", workflow="look_back", channel="self_found", records={"inspector": "inspector_2"}
    )


def test_the_example_of_the_page_runs_from_the_plan_to_the_visit(city: Office) -> None:
    number = plan(city)

    assert (city.case(number).state, due_of(city, number, "planned")) == ("planned", "12-14 09:00")
    first = city.case(number).entries[0]
    assert (first.step.trigger, first.step.role, first.receiver) == (
        "plan",
        "shift_supervisor",
        "inspector_2",
    )
    city.set("2026-12-14T09:00:01")
    moved = city.move("inspector_2", number, "visit", result="已整改", photos=1, **city.position)

    assert moved.state == "visited"
    # An end that figures do not know by its name: the step says that it is one.
    (row,) = city.rows("case_fact", number)
    assert (row["is_open"], check_case(city, number).entries[-1].step.data["ends"]) == (False, True)
    assert run_of(city, number, "planned").on_time is False
    assert {row["kind"] for row in city.rows("photo", number)} == {"verification"}
    check_case(city, number)


def test_the_example_refuses_what_its_file_forbids(city: Office) -> None:
    number = plan(city)

    assert reasons(
        city, lambda: city.report("shift_supervisor", workflow="look_back", channel="self_found")
    ) == {"record_missing:inspector"}
    assert reasons(city, lambda: city.move("inspector", number, "visit")) == {
        "assigned_inspector", "record_missing:result", "record_missing:position",
        "record_missing:photos_verification",
    }  # fmt: skip
    for who in ("intake_operator", "inspector"):
        error = refusal(
            city,
            lambda: city.report(who, workflow="look_back", records={"inspector": "inspector"}),  # noqa: B023
        )
        assert isinstance(error, NotPermitted)
        assert error.code == "role_missing"


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ({"inspector": "nobody"}, "unknown_user"),
        ({"inspector": "leader"}, "bad_value"),
        ({"inspector": "inspector", "handler": "handler_a"}, "unknown_field"),
        ({"inspector": "inspector", "opinion": "长" * 4001}, "too_long"),
    ],
)
def test_what_the_first_transition_does_not_take_is_named(
    city: Office, records: dict[str, str], code: str
) -> None:
    error = refusal(
        city,
        lambda: city.report("shift_supervisor", workflow="look_back", channel="self_found", records=records),
    )

    assert isinstance(error, Invalid)
    assert error.code == code


def test_an_open_workflow_is_seen_by_roles_it_does_not_list(city: Office) -> None:
    number = plan(city)

    assert listed(city, city.people["dispatcher"]) == listed(city, city.people["leader"]) == {number}
    assert listed(city, city.people["officer_a"]) == set()


# --- the permit ----------------------------------------------------------------------------------------------


def apply(city: Office) -> str:
    """An application on Monday 09:00."""
    return city.report("clerk", workflow="permit", channel="letter", records={"document": "申请 7 号"})


def working(city: Office, department: str = "A") -> str:
    number = apply(city)
    city.move("chief", number, "permit", department=department)
    return number


def test_a_permit_goes_through_all_its_states(city: Office) -> None:
    number = apply(city)
    assert due_of(city, number, "review") == "11-24 09:00"
    city.set(f"{MONDAY}T10:00")
    city.move("chief", number, "permit", department="A")
    assert due_of(city, number, "work") == "11-26 10:00"
    city.set("2026-11-26T09:00")
    city.move("firm_a", number, "finish", measure="回填", photos=1)
    assert (run_of(city, number, "work").on_time, due_of(city, number, "checked")) == (True, "11-27 09:00")
    city.set("2026-11-26T12:00")
    city.move("chief", number, "judge", result="bad", reason="沉陷")
    assert city.case(number).state == "working"
    assert due_of(city, number, "work") == "11-26 15:00"
    city.tick(1)
    city.move("firm_a", number, "finish", measure="重新回填", photos=1)
    city.move("chief", number, "judge", result="good")

    case = check_case(city, number)
    assert (case.state, [run.clock for run in case.runs if run.is_open]) == ("done", [])
    assert [run.on_time for run in runs_of(city, number, "work")] == [True]
    assert len(runs_of(city, number, "checked")) == 2


def test_a_pause_holds_the_work_and_another_firm_begins_anew(city: Office) -> None:
    number = working(city)
    city.set("2026-11-24T09:00")
    city.move("firm_a", number, "pause", reason="管线未明")
    assert (run_of(city, number, "work").is_held, due_of(city, number, "paused")) == (True, "11-26 09:00")
    city.set("2026-11-25T09:00")
    city.move("clerk", number, "go_on", department="A")
    assert (len(runs_of(city, number, "work")), due_of(city, number, "work")) == (1, "11-27 09:00")
    city.move("clerk", number, "pause", reason="管线未明")
    city.move("clerk", number, "go_on", department="B")

    assert (len(runs_of(city, number, "work")), due_of(city, number, "work")) == (2, "11-30 09:00")
    check_case(city, number)


def test_the_guards_of_any_flow_say_no_by_their_names(city: Office) -> None:
    nowhere = Actor("clerk", "clerk", ("clerk", "chief"), city.district)
    number = city.report(nowhere, workflow="permit", channel="letter", records={"document": "申请 8 号"})

    assert reasons(city, lambda: city.move(nowhere, number, "permit", department="A")) == {"not_actor_of"}
    city.move("chief", number, "permit", department="A")
    assert "never" in reasons(city, lambda: city.move("chief", number, "permit", department="A"))
    assert reasons(city, lambda: city.move("firm_a", number, "finish", measure="回填", photos=1)) == {
        "not_organisation_of"
    }


def test_of_two_tables_the_reasons_of_both_are_told(city: Office) -> None:
    number = working(city)
    city.move("firm_a", number, "finish", measure="回填", photos=1)

    assert reasons(city, lambda: city.move("chief_2", number, "judge", result="good")) == {
        "actor_of", "result_is", "record_missing:reason",
    }  # fmt: skip
    assert reasons(city, lambda: city.move("chief", number, "judge", result="maybe")) == {
        "result_is", "record_missing:reason",
    }  # fmt: skip
    assert city.move("chief", number, "judge", result="good").state == "done"


def test_nobody_judges_the_case_of_the_own_unit(city: Office) -> None:
    number = apply(city)
    area = city.case(number).fields["community"]
    local = Actor("local", "local", ("chief",), area)

    assert reasons(city, lambda: city.move(local, number, "permit", department="A")) == {"not_own_unit"}


def test_a_restricted_workflow_is_seen_by_its_own_roles_only(city: Office) -> None:
    number = working(city)

    seen_by = {name for name, person in city.people.items() if number in listed(city, person)}
    single = {
        name for name, person in city.people.items() if may_see(city.case(number), person, city.book.flows)
    }

    assert seen_by == single == {"clerk", "chief", "chief_2", "firm_a"}
    assert refusal(city, lambda: city.move("leader", number, "remark", opinion="看看")).code == "unknown_case"


def test_the_size_and_number_of_extensions_are_those_of_the_file(city: Office) -> None:
    number = working(city)
    asked = city.ask("firm_a", number, "extension")
    city.grant("clerk", number, asked.id)

    assert due_of(city, number, "work") == "11-27 09:00"
    assert reasons(city, lambda: city.ask("firm_a", number, "extension")) == {"requests_left"}
    check_case(city, number)


def test_a_request_is_forwarded_before_it_is_decided_where_the_file_says_so(city: Office) -> None:
    number = working(city)
    asked = city.ask("firm_a", number, "suspension", until="2026-12-07", photos=1)

    assert reasons(city, lambda: city.grant("chief", number, asked.id)) == {"request_state"}
    assert refusal(city, lambda: city.forward("chief", number, asked.id)).code == "role_missing"
    city.set("2026-11-24T09:00")
    assert city.forward("clerk", number, asked.id).state == "forwarded"
    assert reasons(city, lambda: city.forward("clerk", number, asked.id)) == {"request_state"}
    city.grant("chief", number, asked.id)
    assert reasons(city, lambda: city.move("firm_a", number, "finish", measure="回填", photos=1)) >= {
        "not_held"
    }
    city.set("2026-12-07T00:00")
    city.release_holds(number)

    # One of three days was used before the grant on Tuesday 09:00.
    assert due_of(city, number, "work") == "12-08 18:00"
    check_case(city, number)


@pytest.mark.parametrize(("until", "code"), [("2026-12-23", None), ("2026-12-24", "until_in_range")])
def test_the_longest_suspension_is_that_of_the_file(city: Office, until: str, code: str | None) -> None:
    number = working(city)

    if code is None:
        assert city.ask("firm_a", number, "suspension", until=until, photos=1).state == "requested"
    else:
        assert reasons(city, lambda: city.ask("firm_a", number, "suspension", until=until, photos=1)) == {
            code
        }


def test_a_void_request_is_granted_by_whatever_move_the_file_gives_it(city: Office) -> None:
    number = apply(city)
    asked = city.ask("clerk", number, "void")
    before = city.case(number).version
    answer = city.grant("chief", number, asked.id)

    case = check_case(city, number)
    assert (case.state, case.version, answer.state) == ("cancelled", before + 1, "granted")
    assert case.entries[-1].step.trigger == "cancel"
    assert case.requests[asked.id].state == "granted"
    (row,) = city.rows("request", number)
    assert (row["state"], row["decided_by"]) == ("granted", "chief")


def test_a_void_request_of_a_firm_comes_with_a_paper(city: Office) -> None:
    number = working(city)

    assert reasons(city, lambda: city.ask("firm_a", number, "void")) == {"record_missing:document"}


def test_an_inner_move_keeps_state_and_clocks(city: Office) -> None:
    number = working(city)
    due = due_of(city, number, "work")
    city.tick(30)
    city.move("firm_a", number, "remark", opinion="路面已围挡")

    case = check_case(city, number)
    assert (case.state, case.entries[-1].opinion, due_of(city, number, "work")) == (
        "working",
        "路面已围挡",
        due,
    )
    assert case.entered_at != city.now


def test_separation_holds_for_the_centre_roles_of_any_file(city: Office) -> None:
    number = working(city)
    insider = Actor("insider", "insider", ("chief",), city.district, "A")
    with pytest.raises(NotPermitted) as caught:
        city.add_user("mixed", "chief", department="A")

    assert caught.value.code == "separation"
    asked = city.ask("firm_a", number, "suspension", until="2026-12-07", photos=1)
    city.forward("clerk", number, asked.id)
    assert refusal(city, lambda: city.grant(insider, number, asked.id)).code == "separation"


def test_a_definition_that_guards_its_first_transition_by_history_can_be_started(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    guards = [
        "own_report", "self_handling_allowed", "last_confirmation_not_absent", "no_open_confirmation", "never_filed",
        "not_reporting_inspector", "not_held", "no_open_request", "no_open_assignment", "no_result_submitted",
        "no_rework_since_dispatch", "inside_window", "not_actor_of:start", "never:start", "cell_in_area", "not_own_unit",
        "duplicates_seen", "other_inspector_if_set", "not_handler", "another_inspector", "department_active",
    ]  # fmt: skip
    listed_guards = ", ".join(f'"{guard}"' for guard in guards)
    text = (
        LOOK_BACK.replace("look_back", "first")
        .replace('"plan"', '"start"')
        .replace('records = ["inspector"]', f'records = ["inspector"]\nguards = [{listed_guards}]')
    )
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, first=text)

    number = office.report(
        "shift_supervisor", workflow="first", channel="self_found", records={"inspector": "inspector"}
    )

    assert check_case(office, number).state == "planned"


@pytest.mark.parametrize(
    "guard",
    [
        "main_case_open", "same_class", "confirmed_if_needed:", "limit_filed", "own_department_main", "own_assignment",
        "handler_of_own_department", "result_submitted", "assigned_inspector", "passed_after_feedback",
        "void_request_open", "after:start", "actor_of:start", "came_from:planned",
        "not_organisation_of:start", "result_is:good", "has_photo:after", "one_main_department", "condition_chosen",
    ],
)  # fmt: skip
def test_a_first_transition_that_wants_a_history_says_so(
    sqlite_url: str, tmp_path: Path, quick_geo: Path, guard: str
) -> None:
    name = guard.rstrip(":")
    text = (
        LOOK_BACK.replace("look_back", "first")
        .replace('"plan"', '"start"')
        .replace('records = ["inspector"]', f'records = ["inspector"]\nguards = ["{name}"]')
    )
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, first=text)
    channel = "hotline_12345" if name == "confirmed_if_needed" else "self_found"

    found = reasons(
        office,
        lambda: office.report(
            "shift_supervisor", workflow="first", channel=channel, records={"inspector": "inspector"}
        ),
    )

    assert found == {name.partition(":")[0]}


def test_a_flow_may_file_and_dispatch_with_its_first_step(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    text = (
        STANDARD.replace('name = "standard"', 'name = "quick"')
        .replace('initial = "reported"', 'initial = "dispatched"')
        .replace('trigger = "report"', 'trigger = "order"')
        .replace('"report"', '"order"')
        .replace(
            'to = "reported"\nroles = ["inspector", "intake_operator", "system"]',
            'to = "dispatched"\nroles = ["dispatcher"]\nrecords = ["condition_no", "department"]',
        )
        .replace(
            'starts = ["dispatch", "redispatch", "rework"]',
            'starts = ["order", "dispatch", "redispatch", "rework"]',
        )
    )
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, quick=text)
    office.set(f"{MONDAY}T09:00")

    number = office.report("dispatcher", workflow="quick", condition_no=1, records={"department": "A"})

    case = check_case(office, number)
    assert (case.state, case.department, case.filings[0]["limit"]) == ("dispatched", "A", "4工作时")
    assert due_of(office, number) == "11-23 15:00"
    assert office.move("officer_a", number, "receive").state == "handling"
