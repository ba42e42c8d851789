"""What two definitions differ in is told table by table, whatever the order of their tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridcase.engine.comparing import Change, differences
from tests.engine.fakes import LOOK_BACK, changed, load

WORKFLOWS = Path(__file__).parents[2] / "workflows"
STANDARD = (WORKFLOWS / "standard.toml").read_text(encoding="utf-8")
TWO_LEVEL = (WORKFLOWS / "two_level.toml").read_text(encoding="utf-8")


def told(old: str, new: str) -> list[Change]:
    return differences(load(old), load(new))


def test_a_definition_does_not_differ_from_itself() -> None:
    assert told(STANDARD, STANDARD) == []


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("version = 1", "version = 2", Change("changed", "workflow", "look_back", "version", 1, 2)),
    ('label = "监督员"', 'label = "巡查员"', Change("changed", "role", "inspector", "label", "监督员", "巡查员")),
    ('limit = "15工作日"', 'limit = "10工作日"', Change("changed", "clock", "planned", "limit", "15工作日", "10工作日")),
    ('starts = ["ask_mending"]', 'starts = ["ask_mending", "mend@mending"]', Change(
        "changed", "clock", "mending_clock", "starts", ["ask_mending"], ["ask_mending", "mend@mending"],
    )),
    ("max = 2", "max = 3", Change("changed", "request", "extension", "max", 2, 3)),
])  # fmt: skip
def test_a_changed_key_is_told_with_both_values(old: str, new: str, expected: Change) -> None:
    assert told(LOOK_BACK, changed(old, new)) == [expected]


def test_tables_that_only_one_of_the_two_has_are_told_by_name() -> None:
    found = {(change.kind, change.table, change.name) for change in told(STANDARD, TWO_LEVEL)}

    assert {
        ("added", "role", "upper_reviewer"), ("added", "state", "close_review"),
        ("added", "transition", "approve_close: close_review -> closed"),
        ("added", "clock", "reject_review"), ("changed", "workflow", "standard"),
    } <= found  # fmt: skip
    assert not [change for change in told(STANDARD, TWO_LEVEL) if change.kind == "removed"]
    back = {(change.kind, change.table, change.name) for change in told(TWO_LEVEL, STANDARD)}
    assert ("removed", "state", "close_review") in back


def test_a_move_with_another_goal_is_a_changed_move_and_no_new_one() -> None:
    found = [change for change in told(STANDARD, TWO_LEVEL) if change.name.startswith("close:")]

    assert found == [
        Change("changed", "transition", "close: verified -> closed", "to", "closed", "close_review")
    ]


def test_several_tables_of_one_trigger_are_told_apart_by_their_states() -> None:
    found = [change for change in told(STANDARD, TWO_LEVEL) if change.name.startswith("reject:")]

    assert [(change.name, change.key, change.new) for change in found] == [
        ("reject: reported -> rejected", "to", "reject_review"),
        ("reject: accepted -> rejected", "to", "reject_review"),
    ]
