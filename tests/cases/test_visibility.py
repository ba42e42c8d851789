"""Who sees which case (flow.md 1, rule 8): one case and the list agree, and each role sees what it should."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gridcase.cases.casefile import CaseFile
from gridcase.cases.models import Case
from gridcase.cases.view import case_view
from gridcase.cases.visibility import may_see, visible
from gridcase.directory.people import Actor
from gridcase.errors import NotFound
from tests.cases.preparing import bring
from tests.making import Office

ROLES = (
    "inspector", "intake_operator", "shift_supervisor", "dispatcher", "department_officer", "handler", "leader",
    "administrator", "system",
)  # fmt: skip


def listed(office: Office, person: Actor) -> set[str]:
    """The numbers that the list shows to this person."""
    with office.database.reading() as connection:
        rows = connection.execute(select(Case.number).where(visible(person, office.book.flows)))
        return set(rows.scalars())


def sees(office: Office, who: str | Actor, number: str) -> bool:
    person = office.actor(who)
    is_seen = may_see(office.case(number), person, office.book.flows)
    assert (number in listed(office, person)) == is_seen
    return is_seen


def who_sees(office: Office, number: str) -> set[str]:
    return {name for name in office.people if sees(office, name, number)}


CENTRE = {
    "intake_operator", "shift_supervisor", "shift_supervisor_2", "shift_supervisor_z", "dispatcher", "upper_reviewer",
    "leader",
}  # fmt: skip


def test_the_desks_and_leaders_see_the_cases_of_their_area(standing_both: Office) -> None:
    number = standing_both.report()

    # Both inspectors patrol the whole district, where an open case concerns them.
    assert who_sees(standing_both, number) == CENTRE | {"inspector", "inspector_2"}


def test_a_department_sees_what_any_dispatch_gave_it_and_no_more(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")
    assert not sees(standing, "officer_a", number)
    standing.move("dispatcher", number, "dispatch", department="A", assisting=["S"])
    standing.plain(number, "hand_back")
    standing.move("dispatcher", number, "redispatch", department="B")

    assert {"officer_a", "officer_a2", "officer_b", "officer_s"} <= who_sees(standing, number)
    assert not sees(standing, "handler_a", number)


def test_a_handler_sees_the_cases_that_were_ever_assigned_to_him(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")
    standing.move("officer_a", number, "assign", handler="handler_a")
    standing.move("officer_a", number, "revoke_assignment")
    standing.move("officer_a", number, "assign", handler="handler_a2")

    assert {"handler_a", "handler_a2"} <= who_sees(standing, number)
    assert not sees(standing, "handler_b", number)


def test_an_inspector_keeps_own_reports_and_tasks_after_the_end(standing: Office) -> None:
    number = standing.walk(standing.report(), "verifying")
    standing.tick()
    standing.walk(number, "closed")
    outsider = Actor("外人", "外人", ("inspector",), standing.district)

    assert {"inspector", "inspector_2"} <= who_sees(standing, number)
    assert not sees(standing, outsider, number)


def test_administration_sees_no_case(standing: Office) -> None:
    assert not {"administrator", "system"} & who_sees(standing, bring(standing, "handling"))


@pytest.mark.parametrize("level", ["district", "street", "community", "cell", "responsibility_grid"])
@pytest.mark.parametrize("role", ["intake_operator", "leader", "inspector"])
def test_an_area_is_any_level_down_to_the_cell(standing: Office, role: str, level: str) -> None:
    number = standing.report("intake_operator")
    area = standing.case(number).fields[level]
    assert isinstance(area, str)
    inside, outside = (
        Actor("某人", "某人", (role,), code) for code in (area, area[:-1] + chr(ord(area[-1]) ^ 1))
    )

    assert sees(standing, inside, number)
    assert not sees(standing, outside, number)


def test_the_beginning_of_a_code_is_no_area(standing: Office) -> None:
    number = standing.report()

    for area in ("", "1", "1201", "1201040", "12010400100100"):
        assert not sees(standing, Actor("某人", "某人", ("leader",), area), number), area


def test_several_roles_add_up(standing: Office) -> None:
    number = standing.walk(standing.report(), "dispatched")
    elsewhere = "120104999"

    assert not sees(standing, Actor("某人", "某人", ("leader",), elsewhere, "A"), number)
    assert sees(standing, Actor("某人", "某人", ("leader", "department_officer"), elsewhere, "A"), number)


def test_a_corrected_place_moves_the_case_into_another_area(standing: Office) -> None:
    cell = list(standing.book.geography.cells(standing.now.date()))[-1]
    point = cell.shape.representative_point()
    number = standing.report()
    before = Actor("甲", "甲", ("leader",), standing.case(number).fields["cell"])
    after = Actor("乙", "乙", ("leader",), cell.code)
    assert (sees(standing, before, number), sees(standing, after, number)) == (True, False)

    standing.move(
        "intake_operator", number, "accept",
        corrections={"lon": point.x, "lat": point.y, "coordinate_system": "wgs84"},
    )  # fmt: skip

    assert (sees(standing, before, number), sees(standing, after, number)) == (False, True)


def view(office: Office, who: str | Actor, number: str) -> dict[str, Any]:
    return office.write(lambda desk: case_view(desk, office.actor(who), number))


def test_an_inspector_of_the_cell_does_not_learn_who_reported(standing: Office) -> None:
    number = standing.report()
    told = standing.report(
        "intake_operator", channel="hotline_12345", reporter={"name": "李四", "phone": "13900000000"}
    )

    seen = view(standing, "inspector_2", number)
    heard = view(standing, "inspector_2", told)

    assert (seen["reporter"], seen["reported_by"]) == (None, None)
    for answer in (seen, heard):
        for secret in ("张三", "13800000001", "李四", "13900000000"):
            assert secret not in repr(answer)
    assert [step["actor"] for step in seen["steps"]] == [""]
    assert [photo["sent_by"] for photo in seen["photos"]] == [""]


def test_the_reporter_and_the_desk_know_who_reported(standing: Office) -> None:
    number = standing.report(
        "intake_operator", channel="hotline_12345", reporter={"name": "李四", "phone": "139"}
    )

    for who in ("intake_operator", "shift_supervisor", "leader"):
        assert view(standing, who, number)["reporter"] == {"name": "李四", "phone": "139"}
    with pytest.raises(NotFound):
        view(standing, "officer_a", number)


@pytest.fixture(scope="module")
def many_cases(_standing_sqlite: Office) -> list[CaseFile]:
    """Cases in every state, in three cells, with two departments, and all others of this module."""
    office = _standing_sqlite
    cells = list(office.book.geography.cells(office.now.date()))
    home = office.point
    for cell in (cells[0], cells[1], cells[-1]):
        point = cell.shape.representative_point()
        office.point = (point.x, point.y)
        for state in office.book.flows.latest("standard").states:
            bring(office, state)
        number = office.walk(office.report("intake_operator"), "filed")
        office.move("dispatcher", number, "dispatch", department="B", assisting=["A"])
    office.point = home
    return [office.case(row["number"]) for row in office.rows("cases")]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.lists(st.sampled_from(ROLES), unique=True, max_size=4),
    department=st.sampled_from((None, "A", "B", "S", "Z")),
    name=st.sampled_from(("inspector", "inspector_2", "handler_a", "intake_operator", "某人")),
    place=st.integers(0, 10_000),
    level=st.sampled_from(("district", "street", "community", "cell", "responsibility_grid")),
)
def test_the_list_and_the_single_case_always_agree(
    standing: Office,
    many_cases: list[CaseFile],
    roles: list[str],
    department: str | None,
    name: str,
    place: int,
    level: str,
) -> None:
    office = standing
    area = many_cases[place % len(many_cases)].fields[level] or office.district
    person = Actor(name, name, tuple(roles), area, department)

    single = {case.number for case in many_cases if may_see(case, person, office.book.flows)}

    assert listed(office, person) == single
