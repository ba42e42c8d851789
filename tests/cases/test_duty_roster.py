"""The duty roster: own cells of inspectors, and whom a task goes to when nobody is named (flow.md 5, api.md 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.drawing import place_of
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.loading import visible_case
from gridcase.cases.offers import moves_offered
from gridcase.cases.roster import set_roster
from gridcase.cases.steps import moment_text
from gridcase.config import load_settings
from gridcase.directory.duty import Shift, on_duty
from gridcase.errors import Invalid, NotFound, NotPermitted, Refused
from tests.cases.checking import check_case
from tests.cases.refusing import reasons, refusal
from tests.making import Office, make_office

HERE, FAR = "here", "far"


def cell_of(office: Office, where: str) -> str:
    here = office.book.geography.locate(*office.point, crs="wgs84", on=office.now.date()).cell
    if where == HERE:
        return here
    codes = [cell.code for cell in office.book.geography.cells(office.now.date()) if cell.code != here]
    return max(codes, key=lambda code: office.book.geography.nearest_of([code], *office.point) or 0)


def plan(office: Office, who: str, where: str, *, hours: float = 8, after: float = 0) -> Shift:
    """Put an inspector on duty in one cell for some hours from now, or later."""
    start = office.now + timedelta(hours=after)
    row = Shift(who, (cell_of(office, where),), start, start + timedelta(hours=hours))
    office.write(lambda desk: set_roster(desk, office.people["administrator"], [row]))
    return row


def sees(office: Office, who: str, number: str) -> bool:
    with office.database.reading() as connection:
        try:
            visible_case(Desk(connection, office.book, office.now), office.people[who], number)
        except NotFound:
            return False
    return True


# --- who is on duty ------------------------------------------------------------------------------------------


def test_a_shift_begins_with_its_first_second_and_ends_before_its_last_edge(office: Office) -> None:
    row = plan(office, "inspector", HERE, hours=2)

    def at(moment: timedelta) -> list[str]:
        with office.database.reading() as connection:
            return [shift.inspector for shift in on_duty(connection, office.district, row.start + moment)]

    second = timedelta(seconds=1)
    assert [at(-second), at(0 * second), at(timedelta(hours=2) - second), at(timedelta(hours=2))] == [
        [], ["inspector"], ["inspector"], [],
    ]  # fmt: skip


def test_a_row_is_told_by_inspector_begin_and_end(office: Office) -> None:
    row = plan(office, "inspector", HERE)
    supervisor = office.people["shift_supervisor"]
    both = Shift("inspector", (cell_of(office, FAR), *row.cells), row.start, row.end)

    for _ in range(2):
        told = office.write(lambda desk: set_roster(desk, supervisor, [both]))
        assert [entry["cells"] for entry in told] == [sorted(both.cells)]
    assert len(office.rows("duty_roster")) == 1
    empty = Shift("inspector", (), row.start, row.end)
    assert office.write(lambda desk: set_roster(desk, supervisor, [empty])) == []
    assert office.rows("duty_roster") == []


@pytest.mark.parametrize(("change", "code"), [
    ({"inspector": "nobody"}, "unknown_user"),
    ({"inspector": "leader"}, "bad_value"),
    ({"cells": ("120104999999999",)}, "unknown_cell"),
    ({"end": None}, "bad_value"),
])  # fmt: skip
def test_a_row_that_cannot_be_is_refused(sqlite_office: Office, change: dict[str, Any], code: str) -> None:
    office = sqlite_office
    values = {
        "inspector": "inspector", "cells": (cell_of(office, HERE),), "start": office.now,
        "end": office.now + timedelta(hours=1), **change,
    }  # fmt: skip
    row = Shift(**{**values, "end": values["end"] or office.now})

    error = refusal(
        office, lambda: office.write(lambda desk: set_roster(desk, office.people["administrator"], [row]))
    )

    assert (isinstance(error, Invalid), error.code) == (True, code)


@pytest.mark.parametrize("who", ["inspector", "dispatcher", "leader", "officer_a"])
def test_only_the_shift_supervisor_and_the_administrator_keep_the_roster(
    sqlite_office: Office, who: str
) -> None:
    office = sqlite_office
    row = Shift("inspector", (cell_of(office, HERE),), office.now, office.now + timedelta(hours=1))

    error = refusal(office, lambda: office.write(lambda desk: set_roster(desk, office.people[who], [row])))

    assert (isinstance(error, NotPermitted), error.code) == (True, "role_missing")


# --- own cells -----------------------------------------------------------------------------------------------


def test_the_roster_replaces_an_inspectors_area_while_it_has_rows(office: Office) -> None:
    office.add_user("walker", "inspector", area="120104999")
    number = office.report()
    assert (sees(office, "walker", number), sees(office, "inspector_2", number)) == (False, True)

    plan(office, "walker", HERE, hours=2)
    plan(office, "inspector_2", FAR, hours=2)

    assert (sees(office, "walker", number), sees(office, "inspector_2", number)) == (True, False)
    # Their own reports and tasks stay theirs, wherever they are on duty.
    assert sees(office, "inspector", number)
    office.tick(hours=2, minutes=0)
    assert (sees(office, "walker", number), sees(office, "inspector_2", number)) == (False, True)


def test_lists_hold_what_the_roster_lets_open(office: Office) -> None:
    number = office.report()
    plan(office, "inspector_2", FAR, hours=2)

    def listed() -> set[str]:
        with office.database.reading() as connection:
            desk = Desk(connection, office.book, office.now)
            found = list_cases(desk, office.people["inspector_2"], filters=Filters(), page=Page())
        return {item["number"] for item in found.items}

    assert number not in listed()
    office.tick(hours=2, minutes=0)
    assert number in listed()


# --- the nearest on duty -------------------------------------------------------------------------------------


def test_without_a_roster_a_task_needs_its_inspector_named(standing: Office) -> None:
    number = standing.walk(standing.report(), "handled")

    assert reasons(standing, lambda: standing.move("intake_operator", number, "send_verification")) == {
        "record_missing:inspector"
    }


def test_the_nearest_on_duty_verifies_when_nobody_is_named(office: Office) -> None:
    office.add_user("far_one", "inspector")
    number = office.walk(office.report(), "handled")
    plan(office, "far_one", FAR)
    plan(office, "inspector_2", HERE)

    office.move("intake_operator", number, "send_verification")

    case = check_case(office, number)
    last = case.entries[-1]
    assert case.task is not None
    assert (case.task.inspector, last.receiver) == ("inspector_2", "inspector_2")
    assert last.step.data["draw"] == {"how": "nearest", "distance_m": 0.0}
    assert office.plain(number, "verify_pass").state == "verified"


def test_a_named_inspector_is_taken_whoever_is_on_duty(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "handled")
    plan(office, "inspector_2", HERE)

    office.move("intake_operator", number, "send_verification", inspector="inspector")

    last = office.case(number).entries[-1].step
    assert (last.data["inspector"], "draw" in last.data) == ("inspector", False)


def test_who_is_on_duty_later_or_was_before_is_not_on_duty(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "handled")
    plan(office, "inspector_2", HERE, after=1)

    assert reasons(office, lambda: office.move("intake_operator", number, "send_verification")) == {
        "record_missing:inspector"
    }


def test_a_task_is_not_handed_on_to_whoever_has_it(sqlite_office: Office) -> None:
    office = sqlite_office
    office.add_user("far_one", "inspector")
    number = office.walk(office.report(), "verifying")
    plan(office, "inspector_2", HERE)
    plan(office, "far_one", FAR)

    office.move("intake_operator", number, "reassign", reason="请假")

    assert office.case(number).entries[-1].step.data["inspector"] == "far_one"


def test_the_form_does_not_ask_for_whom_the_roster_finds(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "handled")

    def inspector_field() -> dict[str, Any]:
        with office.database.reading() as connection:
            desk = Desk(connection, office.book, office.now)
            offered = moves_offered(desk, office.people["intake_operator"], number)["allowed"]
        (move,) = [move for move in offered if move["trigger"] == "send_verification"]
        return next(field for field in move["fields"] if field["name"] == "inspector")

    assert inspector_field()["required"] is True
    plan(office, "inspector_2", HERE)
    field = inspector_field()
    assert (field["required"], field["choices"][0]["value"]) == (False, "inspector_2")


# --- drawn at random -----------------------------------------------------------------------------------------

OTHERS = tuple(f"walker_{at}" for at in range(6))


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def apart(request: pytest.FixtureRequest, tmp_path: Path, quick_geo: Path) -> Iterator[Office]:
    """A city that has 核查 done by another inspector than the reporting one."""
    settings = load_settings("[verification]\nother_inspector = true\n", "config.toml")
    office = make_office(request.getfixturevalue(request.param), tmp_path, geo=quick_geo, settings=settings)
    for name in OTHERS:
        office.add_user(name, "inspector")
    yield office
    office.database.close()


def drawn(office: Office) -> tuple[str, dict[str, Any], str]:
    """A case whose verifying inspector was drawn: who, the draw, the hash before the step."""
    number = office.walk(office.report(), "handled")
    office.tick()
    office.move("intake_operator", number, "send_verification")
    check_case(office, number)
    last = office.case(number).entries[-1]
    return last.step.data["inspector"], last.step.data["draw"], last.previous_hash


def test_the_draw_can_be_repeated_by_anybody(apart: Office) -> None:
    name, draw, before = drawn(apart)

    assert draw["how"] == "drawn"
    assert draw["seed"] == hashlib.sha256(f"{before}/{moment_text(apart.now)}".encode()).hexdigest()
    assert draw["candidates"] == sorted(["inspector_2", *OTHERS])
    assert draw["candidates"][int(draw["seed"], 16) % len(draw["candidates"])] == name
    assert place_of(draw["seed"], len(draw["candidates"])) == draw["candidates"].index(name)


def test_the_reporting_inspector_is_never_drawn_and_everybody_else_may_be(apart: Office) -> None:
    names = {drawn(apart)[0] for _ in range(40)}

    assert "inspector" not in names
    assert len(names) >= 5


def test_those_on_duty_are_drawn_from_before_all_others(apart: Office) -> None:
    for name in ("inspector", "walker_1", "walker_4"):
        plan(apart, name, FAR)

    for _ in range(6):
        name, draw, _before = drawn(apart)
        assert (draw["candidates"], name in ("walker_1", "walker_4")) == (["walker_1", "walker_4"], True)


def test_an_operators_report_leaves_every_inspector_a_candidate(apart: Office) -> None:
    number = apart.report("intake_operator")
    apart.walk(number, "handled")
    apart.move("intake_operator", number, "send_verification")

    draw = apart.case(number).entries[-1].step.data["draw"]
    assert "inspector" in draw["candidates"]


def test_nobody_of_a_department_of_the_case_is_drawn(apart: Office) -> None:
    with apart.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE user_account SET department = 'A' WHERE name LIKE 'walker%'")
    number = apart.walk(apart.report(), "handled")
    apart.move("intake_operator", number, "send_verification")

    assert apart.case(number).entries[-1].step.data["draw"]["candidates"] == ["inspector_2"]


def test_with_nobody_left_to_draw_the_move_wants_a_name(apart: Office) -> None:
    with apart.database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE user_account SET is_active = false WHERE name LIKE 'walker%' OR name = 'inspector_2'"
        )
    number = apart.walk(apart.report(), "handled")

    error = refusal(apart, lambda: apart.move("intake_operator", number, "send_verification"))
    assert isinstance(error, Refused)
    assert [reason.field for reason in error.reasons] == ["inspector"]


def test_only_where_the_flow_asks_for_another_inspector_one_is_drawn(apart: Office) -> None:
    number = apart.report()

    assert reasons(apart, lambda: apart.move("intake_operator", number, "send_confirmation")) == {
        "record_missing:inspector"
    }
