"""Every trigger in every state by every role, from the definition: what is allowed passes, all else changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gridcase.engine.definition import Definition, Transition
from gridcase.errors import NotPermitted, Refused
from tests.cases.checking import check_case
from tests.cases.preparing import actor_for, bring, definition, prepare, records_of, standard_flow, who_sees
from tests.making import Office

FLOW: Definition = standard_flow()


def allowed_moves() -> Iterator[tuple[Transition, str, str]]:
    """Each table in each of its states by each of its roles."""
    for row in FLOW.transitions:
        for state in row.sources:
            for role in row.roles:
                yield row, state, role


@pytest.mark.parametrize(
    ("row", "state", "role"),
    [
        pytest.param(row, state, role, id=f"{row.trigger}-{state}-{role}")
        for row, state, role in allowed_moves()
    ],
)
def test_an_allowed_move_is_made(standing: Office, row: Transition, state: str, role: str) -> None:
    office = standing
    number = prepare(office, row, state)
    before = office.case(number)
    assert before.state == state
    office.tick()

    moved = office.move(actor_for(row, role), number, row.trigger, **records_of(office, row, state))

    assert (moved.state, moved.version) == (row.to or state, before.version + 1)
    last = check_case(office, number).entries[-1].step
    assert (last.trigger, last.from_state, last.to_state) == (row.trigger, state, row.to or state)
    assert (last.role, last.at) == (role, office.now)


@pytest.mark.parametrize("state", list(FLOW.states))
def test_every_other_move_is_refused_and_changes_nothing(standing: Office, state: str) -> None:
    office = standing
    number = bring(office, state)
    tables = ("cases", "step", "clock_run", "case_fact", "photo")
    before = {table: office.rows(table, number) for table in tables}
    triggers, refusals = definition(office).triggers, 0

    for role in definition(office).roles:
        for trigger in triggers:
            rows = definition(office).rows(trigger)
            if any(state in row.sources and role in row.roles for row in rows):
                continue
            refusals += 1
            may_ever = any(role in row.roles for row in rows)
            with pytest.raises((NotPermitted, Refused)) as caught:
                office.move(who_sees(office, role), number, trigger)
            if may_ever:
                assert isinstance(caught.value, Refused), (role, trigger)
                assert caught.value.reasons[0].code == "wrong_state"
            else:
                assert caught.value.code == "role_missing", (role, trigger)

    assert refusals > 200
    assert {table: office.rows(table, number) for table in tables} == before


NOT_THERE = {
    "handed_back": {"handled", "verifying", "verified", "closed", "handling"},
    "verification_failed": {"closed", "verified", "handling", "handled"},
    "handled": {"closed", "verified"},
    "reported": {"filed", "dispatched", "closed"},
}


def test_the_ways_that_are_deliberately_missing_are_missing() -> None:
    ways = {(state, row.to) for row in FLOW.transitions for state in row.sources if row.to is not None}

    assert {(state, to) for state, tos in NOT_THERE.items() for to in tos} & ways == set()
    assert {to for state, to in ways if state == "handed_back"} == {
        "dispatched", "accepted", "force_closed", "voided",
    }  # fmt: skip


def test_a_department_fires_nothing_but_its_own_moves() -> None:
    fired = {row.trigger for row in FLOW.transitions if {"department_officer", "handler"} & set(row.roles)}

    assert fired == {
        "receive", "hand_back", "give_feedback",
        "assign", "revoke_assignment", "decline_assignment", "submit_result", "return_result",
    }  # fmt: skip


@pytest.mark.parametrize("state", [name for name, state in FLOW.states.items() if state.terminal])
def test_a_terminal_state_has_no_way_out(state: str) -> None:
    assert [row.trigger for row in FLOW.transitions if state in row.sources] == []
