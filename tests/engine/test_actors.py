"""The settings filing.by and closing.by put another desk role in the place of the shift supervisor."""

from __future__ import annotations

from pathlib import Path

from gridcase.engine import Accepted, FlowMachine, Flows, Rejected, load_flows, with_actors
from tests.engine.fakes import GUARDS, LOOK_BACK, RECORDS, check_limit, facts

STANDARD = (Path(__file__).parents[2] / "workflows" / "standard.toml").read_text(encoding="utf-8")


def flows() -> Flows:
    files = {"standard.toml": STANDARD, "look_back.toml": LOOK_BACK}
    return load_flows(files, GUARDS, records=RECORDS, check_limit=check_limit)


def test_the_shipped_settings_change_nothing() -> None:
    same = with_actors(flows(), {"file": "shift_supervisor", "close": "shift_supervisor"})

    assert same == flows()


def test_a_named_role_files_in_the_place_of_the_shift_supervisor() -> None:
    changed = with_actors(flows(), {"file": "intake_operator", "close": "shift_supervisor"})
    machine = FlowMachine(changed.latest("standard"), GUARDS)

    by_operator = machine.judge("file", "accepted", roles=["intake_operator"], facts=facts())
    by_supervisor = machine.judge("file", "accepted", roles=["shift_supervisor"], facts=facts())
    closing = machine.judge("close", "verified", roles=["shift_supervisor"], facts=facts())

    assert isinstance(by_operator, Accepted)
    assert isinstance(by_supervisor, Rejected)
    assert by_supervisor.forbidden
    assert isinstance(closing, Accepted)
    assert machine.definition.states["accepted"].owner == "intake_operator"
    assert machine.definition.states["verified"].owner == "shift_supervisor"


def test_a_definition_without_that_role_stays_as_it_is() -> None:
    changed = with_actors(flows(), {"close": "dispatcher"})

    assert changed.latest("look_back") == flows().latest("look_back")
    assert changed.latest("standard").rows("close")[0].roles == ("dispatcher",)
