"""What a case offers to a person is what the person may do (api.md 5, GET /cases/{number}/moves)."""

from __future__ import annotations

from typing import Any

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.offers import moves_offered
from gridcase.directory.people import Actor
from gridcase.engine.definition import Transition
from tests.cases.preparing import actor_for, bring, prepare, standard_flow, who_sees
from tests.making import Office

FLOW = standard_flow()
MOVES = [(row, state, role) for row in FLOW.transitions for state in row.sources for role in row.roles]


def offers(office: Office, who: str | Actor, number: str) -> dict[str, Any]:
    with office.database.reading() as connection:
        return moves_offered(Desk(connection, office.book, office.now), office.actor(who), number)


def allowed(office: Office, who: str | Actor, number: str) -> dict[str, dict[str, Any]]:
    return {row["trigger"]: row for row in offers(office, who, number)["allowed"]}


@pytest.mark.parametrize(
    ("row", "state", "role"), MOVES, ids=[f"{row.trigger}-{state}-{role}" for row, state, role in MOVES]
)
def test_a_move_that_can_be_made_is_offered_with_what_it_needs(
    standing: Office, row: Transition, state: str, role: str
) -> None:
    number = prepare(standing, row, state)

    offer = allowed(standing, actor_for(row, role), number)[row.trigger]

    needed = {field["name"] for field in offer["fields"] if field["required"]}
    others = [
        other for other in FLOW.rows(row.trigger) if state in other.sources and set(other.roles) & {role}
    ]
    assert needed == set.intersection(*(set(other.records) for other in others))
    assert {field["name"] for field in offer["fields"]} <= {
        name for other in others for name in (*other.records, *other.optional)
    }


@pytest.mark.parametrize("state", list(FLOW.states))
def test_nothing_is_offered_that_the_flow_does_not_have_here(standing: Office, state: str) -> None:
    number = bring(standing, state)

    for role in FLOW.roles:
        answer = offers(standing, who_sees(standing, role), number)
        here = {row.trigger for row in FLOW.transitions if state in row.sources and role in row.roles}
        named = {row["trigger"] for row in answer["allowed"]}, {row["trigger"] for row in answer["refused"]}
        assert named[0] <= here
        assert named[0] | named[1] == set(FLOW.triggers) - {"report"}
        assert not named[0] & named[1]
        assert all(row["reasons"] for row in answer["refused"])


def test_the_applicant_is_not_offered_the_grant(standing: Office) -> None:
    number = standing.walk(standing.report(), "filed")
    person = Actor("某人", "某人", ("dispatcher", "shift_supervisor"), standing.district)
    standing.ask(person, number, "void")

    assert "void" not in allowed(standing, person, number)
    assert "void" in allowed(standing, "shift_supervisor", number)
