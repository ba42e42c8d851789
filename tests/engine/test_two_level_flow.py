"""workflows/two_level.toml is the standard flow with what flow.md 4 says of the two-level variant, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridcase.cases.guards import GUARDS as REAL_GUARDS
from gridcase.cases.records import RECORD_NAMES
from gridcase.engine import Accepted, Definition, FlowMachine, Rejected, load_flows
from tests.engine.fakes import GUARDS, check_limit, facts, load

WORKFLOWS = Path(__file__).parents[2] / "workflows"
REVIEWS = ("close_review", "reject_review")

Way = tuple[str, str | None, str | None, str]

# flow.md 4, "Two-level variant", and the last line below its table.
OTHERWISE = {
    ("close", "verified", "close_review", "shift_supervisor"),
    ("approve_close", "close_review", "closed", "upper_reviewer"),
    ("return_close", "close_review", "verified", "upper_reviewer"),
    ("reject", "reported", "reject_review", "intake_operator"),
    ("reject", "accepted", "reject_review", "shift_supervisor"),
    ("approve_reject", "reject_review", "rejected", "upper_reviewer"),
    ("return_reject", "reject_review", "accepted", "upper_reviewer"),
}
REQUESTED = ("void", "force_close")


@pytest.fixture(scope="module")
def standard() -> Definition:
    return load((WORKFLOWS / "standard.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def two_level() -> Definition:
    return load((WORKFLOWS / "two_level.toml").read_text(encoding="utf-8"))


def ways(definition: Definition) -> set[Way]:
    return {
        (row.trigger, state, row.to, role)
        for row in definition.transitions
        for state in row.froms
        for role in row.roles
    }


def test_its_ways_are_the_standard_ones_but_for_the_two_reviews(
    standard: Definition, two_level: Definition
) -> None:
    changed = {"close", "reject", *REQUESTED}
    expected = {way for way in ways(standard) if way[0] not in changed} | OTHERWISE
    expected |= {(*way[:3], "upper_reviewer") for way in ways(standard) if way[0] in REQUESTED}

    assert ways(two_level) == expected


def test_guards_and_records_are_the_standard_ones_but_for_the_reviewers(
    standard: Definition, two_level: Definition
) -> None:
    def asks(definition: Definition) -> dict[tuple[str, str | None], tuple[frozenset[str], tuple[str, ...]]]:
        return {
            (row.trigger, state): (frozenset(map(str, row.guards)), row.records)
            for row in definition.transitions
            for state in row.froms
        }

    mine, theirs = asks(two_level), asks(standard)
    added = {key: mine.pop(key) for key in set(mine) - set(theirs)}
    other = {key: mine[key][0] - theirs[key][0] for key in mine if mine[key] != theirs[key]}

    closing = frozenset({"not_actor_of:close", "not_organisation_of:close"})
    assert added == {
        ("approve_close", "close_review"): (closing, ()),
        ("return_close", "close_review"): (closing, ("reason",)),
        ("approve_reject", "reject_review"): (frozenset({"not_actor_of:reject"}), ()),
        ("return_reject", "reject_review"): (frozenset({"not_actor_of:reject"}), ("reason",)),
    }
    assert {key[0] for key in other} == {"force_close"}
    assert set(other.values()) == {frozenset({"void_request_open"})}


def test_states_roles_and_clocks_are_the_standard_ones_and_those_of_the_reviews(
    standard: Definition, two_level: Definition
) -> None:
    states = {name: state for name, state in two_level.states.items() if name not in REVIEWS}
    assert states == dict(standard.states)
    assert {name: (two_level.states[name].owner, two_level.states[name].stage) for name in REVIEWS} == {
        "close_review": ("upper_reviewer", "closing"), "reject_review": ("upper_reviewer", "filing"),
    }  # fmt: skip
    assert set(two_level.roles) - set(standard.roles) == {"upper_reviewer"}
    assert (two_level.roles["upper_reviewer"].centre, two_level.roles["upper_reviewer"].sees) == (
        True,
        "area",
    )

    clocks = {name: clock for name, clock in two_level.clocks.items() if clock != standard.clocks.get(name)}
    assert {name: clocks[name].limit for name in REVIEWS} == dict.fromkeys(REVIEWS, "1工作日")
    assert set(clocks) == {*REVIEWS, "filing", "closing"}
    started = {
        name: {on.trigger for on in clocks[name].starts} - {on.trigger for on in standard.clocks[name].starts}
        for name in ("filing", "closing")
    }
    assert started == {"filing": {"return_reject"}, "closing": {"return_close"}}


def test_a_void_and_a_forced_closing_pass_two_persons(standard: Definition, two_level: Definition) -> None:
    rule = two_level.requests["void"]

    assert (rule.asks, rule.forwards, rule.decides) == (
        standard.requests["void"].asks, "shift_supervisor", ("upper_reviewer",),
    )  # fmt: skip
    asked_for = {state for trigger in REQUESTED for row in two_level.rows(trigger) for state in row.sources}
    assert set(rule.states) == asked_for
    assert {kind: two_level.requests[kind] for kind in two_level.requests if kind != "void"} == {
        kind: standard.requests[kind] for kind in standard.requests if kind != "void"
    }


@pytest.mark.parametrize(
    "role", ["intake_operator", "shift_supervisor", "dispatcher", "department_officer", "leader"]
)
def test_nobody_but_the_reviewer_leaves_a_review(two_level: Definition, role: str) -> None:
    machine = FlowMachine(two_level, GUARDS)

    for state in REVIEWS:
        for trigger in two_level.triggers:
            verdict = machine.judge(trigger, state, roles=[role], facts=facts())
            assert isinstance(verdict, Rejected) or verdict.to == state, (trigger, verdict)


def test_nothing_leads_to_an_end_past_the_city(two_level: Definition) -> None:
    machine = FlowMachine(two_level, GUARDS)
    ends = {
        (trigger, role)
        for trigger in two_level.triggers
        for state in two_level.states
        for role in two_level.roles
        if isinstance(verdict := machine.judge(trigger, state, roles=[role], facts=facts()), Accepted)
        and two_level.states[verdict.to].terminal
    }

    assert ends == {
        ("self_close", "inspector"), ("merge", "intake_operator"), ("approve_close", "upper_reviewer"),
        ("approve_reject", "upper_reviewer"), ("void", "upper_reviewer"), ("force_close", "upper_reviewer"),
    }  # fmt: skip


def test_it_is_sound_beside_the_standard_flow_under_the_guards_of_the_register() -> None:
    files = {path.name: path.read_bytes() for path in sorted(WORKFLOWS.glob("*.toml"))}

    flows = load_flows(files, REAL_GUARDS, records=RECORD_NAMES, check_limit=check_limit)

    assert {"standard", "two_level"} <= set(flows.offered)
