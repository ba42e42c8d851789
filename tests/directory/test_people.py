"""Who may be what: departments, users and the rules about their roles (flow.md 1 rule 1a, flow.md 2)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from gridcase.directory.people import DEPARTMENT_KINDS, Actor, DepartmentCard
from gridcase.directory.queries import actors_in_role, departments, find_actor, find_department
from gridcase.directory.service import (
    NewUser,
    RoleRules,
    add_department,
    add_organisation,
    add_user,
    set_site_fact,
    site_fact,
)
from gridcase.errors import Invalid, NotPermitted

DISTRICT = "120104"
NOW = datetime(2026, 10, 9, 1, tzinfo=UTC)
CENTRE = ("inspector", "intake_operator", "shift_supervisor", "dispatcher", "upper_reviewer")
OTHERS = ("department_officer", "handler", "leader", "administrator")
RULES = RoleRules(frozenset((*CENTRE, *OTHERS)), frozenset(CENTRE))
INTAKE_AND_SHIFT = frozenset(("intake_operator", "shift_supervisor"))
INTAKE_AND_DISPATCH = frozenset(("intake_operator", "dispatcher"))


@pytest.fixture
def connection(empty: Connection) -> Connection:
    """A directory with one department of each kind, its code the kind."""
    for kind in sorted(DEPARTMENT_KINDS):
        add_department(empty, DISTRICT, DepartmentCard(kind, f"{kind} 一处", kind))
    return empty


def add(connection: Connection, name: str, *roles: str, rules: RoleRules = RULES, **more: str) -> Actor:
    return add_user(connection, DISTRICT, NewUser(name, roles, **more), rules=rules, now=NOW)


@pytest.mark.parametrize("kind", ["handling", "street", "community"])
@pytest.mark.parametrize("role", CENTRE)
def test_nobody_in_a_handling_department_has_a_role_of_the_centre(
    connection: Connection, role: str, kind: str
) -> None:
    with pytest.raises(NotPermitted) as caught:
        add(connection, "someone", "department_officer", role, department=kind)

    assert caught.value.code == "separation"
    assert find_actor(connection, DISTRICT, "someone") is None


@pytest.mark.parametrize("role", CENTRE)
def test_an_office_of_the_centre_and_no_department_at_all_may_have_them(
    connection: Connection, role: str
) -> None:
    assert add(connection, "one", role, department="centre").roles == (role,)
    assert add(connection, "other", role).department is None


@pytest.mark.parametrize(
    "pair",
    list(itertools.combinations(("intake_operator", "shift_supervisor", "dispatcher"), 2)),
)
def test_nobody_holds_two_desk_roles_unless_the_city_merges_them(
    connection: Connection, pair: tuple[str, str]
) -> None:
    merged = RoleRules(RULES.known, RULES.centre, (frozenset(pair),))
    with pytest.raises(NotPermitted) as caught:
        add(connection, "someone", *pair)

    assert caught.value.code == "roles_merged"
    assert add(connection, "someone", *pair, rules=merged).roles == pair


def test_two_merged_pairs_do_not_make_one_person_all_three(connection: Connection) -> None:
    rules = RoleRules(RULES.known, RULES.centre, (INTAKE_AND_SHIFT, INTAKE_AND_DISPATCH))

    with pytest.raises(NotPermitted) as caught:
        add(connection, "someone", "intake_operator", "shift_supervisor", "dispatcher", rules=rules)

    assert caught.value.code == "roles_merged"


def test_a_desk_role_goes_with_roles_of_no_desk(connection: Connection) -> None:
    actor = add(connection, "someone", "dispatcher", "leader", "inspector")

    assert actor.roles == ("dispatcher", "leader", "inspector")
    assert not actor.has_role("shift_supervisor")


@pytest.mark.parametrize(
    ("name", "roles", "more", "code"),
    [
        ("someone", (), {}, "missing_field"),
        ("", ("leader",), {}, "missing_field"),
        ("two words", ("leader",), {}, "missing_field"),
        ("someone", ("mayor",), {}, "unknown_role"),
        ("someone", ("leader",), {"department": "nowhere"}, "unknown_department"),
        ("长" * 81, ("leader",), {}, "too_long"),
        ("someone", ("leader",), {"phone": "1" * 41}, "too_long"),
        ("someone", ("leader",), {"display_name": "坏\x00字"}, "bad_value"),
    ],
)
def test_a_user_who_cannot_be_understood_is_not_added(
    connection: Connection, name: str, roles: tuple[str, ...], more: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        add(connection, name, *roles, **more)

    assert caught.value.code == code
    assert actors_in_role(connection, DISTRICT, "leader") == []


def test_a_name_is_given_once(connection: Connection) -> None:
    add(connection, "someone", "leader")

    with pytest.raises(Invalid) as caught:
        add(connection, "someone", "inspector")

    assert caught.value.code == "taken"
    found = find_actor(connection, DISTRICT, "someone")
    assert found is not None
    assert found.roles == ("leader",)


def test_a_user_without_an_area_has_the_whole_district(connection: Connection) -> None:
    assert add(connection, "one", "leader").area == DISTRICT
    assert add(connection, "other", "leader", area="120104001").area == "120104001"


def test_a_name_that_nobody_has_is_nobody(connection: Connection) -> None:
    add(connection, "someone", "leader")

    assert find_actor(connection, DISTRICT, "Someone") is None
    assert find_actor(connection, "999999", "someone") is None


def test_a_user_who_left_is_nobody(connection: Connection) -> None:
    add(connection, "someone", "inspector")
    connection.exec_driver_sql("UPDATE user_account SET is_active = (1 = 0) WHERE name = 'someone'")

    assert find_actor(connection, DISTRICT, "someone") is None
    assert actors_in_role(connection, DISTRICT, "inspector") == []


def test_a_role_is_found_by_its_whole_name(connection: Connection) -> None:
    rules = RoleRules(frozenset(("clerk", "chief_clerk", "clerk_2")), frozenset())
    add(connection, "one", "clerk", rules=rules)
    add(connection, "two", "chief_clerk", rules=rules)
    add(connection, "three", "clerk_2", "clerk", rules=rules)

    assert [actor.name for actor in actors_in_role(connection, DISTRICT, "clerk")] == ["one", "three"]
    assert actors_in_role(connection, DISTRICT, "chief") == []


def test_people_of_a_role_are_found_by_department(connection: Connection) -> None:
    add(connection, "one", "handler", department="handling")
    add(connection, "two", "handler", department="street")

    assert [actor.name for actor in actors_in_role(connection, DISTRICT, "handler", department="street")] == [
        "two"
    ]


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (DepartmentCard("handling", "又一处", "handling"), "taken"),
        (DepartmentCard("X", "某处", "secret"), "bad_value"),
        (DepartmentCard("", "某处", "handling"), "missing_field"),
        (DepartmentCard("X", " ", "handling"), "missing_field"),
        (DepartmentCard("X" * 41, "某处", "handling"), "too_long"),
        (DepartmentCard("X", "长" * 201, "handling"), "too_long"),
    ],
)
def test_a_department_that_cannot_be_understood_is_not_added(
    connection: Connection, card: DepartmentCard, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        add_department(connection, DISTRICT, card)

    assert caught.value.code == code
    assert len(departments(connection, DISTRICT)) == 4


def test_offices_of_the_centre_are_no_handling_departments(connection: Connection) -> None:
    assert [card.code for card in departments(connection, DISTRICT, handling_only=True)] == [
        "community", "handling", "street",
    ]  # fmt: skip
    card = find_department(connection, DISTRICT, "centre")
    assert card is not None
    assert not card.handles


def test_a_department_may_belong_to_an_organisation(connection: Connection) -> None:
    add_organisation(connection, DISTRICT, "ORG", name="区政府")
    add_department(connection, DISTRICT, DepartmentCard("X", "某处", "handling"), organisation="ORG")

    with pytest.raises(Invalid) as caught:
        add_organisation(connection, DISTRICT, "ORG", name="区政府")
    assert caught.value.code == "taken"


def test_a_fact_of_the_site_is_written_over(connection: Connection) -> None:
    assert site_fact(connection, DISTRICT, "demo") is None
    set_site_fact(connection, DISTRICT, "demo", value="1")
    set_site_fact(connection, DISTRICT, "demo", value="2")

    assert site_fact(connection, DISTRICT, "demo") == "2"
