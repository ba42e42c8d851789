"""The shared machine, the plain table and a naive reading of flow.md agree on every outcome."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gridcase.engine import Accepted, Definition, FlowMachine, FlowTable, Rejected, Transition, Verdict
from gridcase.errors import Reason
from tests.engine.fakes import GUARDS, LOOK_BACK, FakeFacts, facts, load
from tests.engine.test_judging import FLOW

WORKFLOWS = Path(__file__).parents[2] / "workflows"
STANDARD = (WORKFLOWS / "standard.toml").read_text(encoding="utf-8")
TWO_LEVEL = (WORKFLOWS / "two_level.toml").read_text(encoding="utf-8")


def outcomes(rows: tuple[Transition, ...]) -> Iterator[FakeFacts]:
    """Guards and records of these rows: all hold, all fail, each one fails, and each row alone holds."""
    guards = list(dict.fromkeys(str(ref) for row in rows for ref in row.guards))
    records = list(dict.fromkeys(record for row in rows for record in row.records))
    yield facts()
    yield facts(*guards, lacking=" ".join(records))
    for guard in guards:
        yield facts(guard)
        yield facts(guard, lacking=" ".join(records))
    for record in records:
        yield facts(lacking=record)
    for row in rows:
        yield facts(*(guard for guard in guards if guard not in [str(ref) for ref in row.guards]))


def role_sets(definition: Definition) -> list[list[str]]:
    everybody = list(definition.roles)
    return [[], *([role] for role in everybody), everybody, ["stranger"], everybody[::-1]]


def naive(
    definition: Definition, trigger: str, state: str | None, *, roles: list[str], told: FakeFacts
) -> Verdict:
    """flow.md 1 rule 9 and 9 word by word."""

    def failing(refs: object) -> list[Reason]:
        found = (GUARDS[ref.name].check(told, ref.argument) for ref in refs)  # type: ignore[attr-defined]
        return [reason for reason in found if reason is not None]

    def missing(records: object) -> list[Reason]:
        absent = [name for name in records if told.lacks(name)]  # type: ignore[attr-defined]
        return [Reason("record_missing", {"field": name}, field=name) for name in absent]

    rows = definition.rows(trigger)
    if not any(role in row.roles for row in rows for role in roles):
        return Rejected(True, (Reason("role_missing"),))
    fit = [row for row in rows if state in row.froms and any(role in row.roles for role in roles)]
    if not fit:
        guards = [ref for ref in rows[0].guards if all(ref in row.guards for row in rows)]
        records = [name for name in rows[0].records if all(name in row.records for row in rows)]
        return Rejected(False, (Reason("wrong_state"), *failing(guards), *missing(records)))
    holding = [row for row in fit if not failing(row.guards)]
    if len(holding) > 1:
        return Rejected(False, (Reason("ambiguous_move"),))
    if not holding:
        every = [reason for row in fit for reason in failing(row.guards)]
        every += [reason for row in fit for reason in missing(row.records)]
        return Rejected(False, tuple(reason for at, reason in enumerate(every) if reason not in every[:at]))
    if absent := missing(holding[0].records):
        return Rejected(False, tuple(absent))
    role = next(role for role in holding[0].roles if role in roles)
    return Accepted(holding[0], role, holding[0].to or state or definition.initial)


def codes(verdict: Verdict) -> object:
    if isinstance(verdict, Accepted):
        return verdict
    return verdict.forbidden, [(reason.code, reason.field) for reason in verdict.reasons]


@pytest.mark.parametrize(
    "text", [STANDARD, TWO_LEVEL, LOOK_BACK, FLOW], ids=["standard", "two_level", "look_back", "flow"]
)
def test_machine_table_and_the_page_agree_in_every_state_trigger_role_and_guard_outcome(text: str) -> None:
    definition = load(text)
    machine, table = FlowMachine(definition, GUARDS), FlowTable(definition, GUARDS)
    kinds = set()

    for trigger in definition.triggers:
        for told in outcomes(definition.rows(trigger)):
            for state in (None, *definition.states):
                for roles in role_sets(definition):
                    verdict = machine.judge(trigger, state, roles=roles, facts=told)
                    expected = naive(definition, trigger, state, roles=roles, told=told)

                    assert verdict == table.judge(trigger, state, roles=roles, facts=told)
                    assert codes(verdict) == codes(expected)
                    if isinstance(verdict, Accepted):
                        assert table.leads(trigger, state, verdict.to)
                    kinds.add(type(verdict))

    assert kinds == {Accepted, Rejected}


def test_the_table_knows_where_no_move_leads() -> None:
    table = FlowTable(load(STANDARD), GUARDS)

    assert table.leads("accept", "reported", "accepted")
    assert not table.leads("accept", "reported", "filed")
    assert not table.leads("accept", "closed", "accepted")
    assert not table.leads("to_closed", "reported", "closed")
    assert table.leads("report", None, "reported")
    assert table.leads("reassign", "verifying", "verifying")
