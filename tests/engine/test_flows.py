"""Reading a folder of definitions: versions, defaults, what is stored, and which files are looked at."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gridcase.engine import (
    Accepted,
    FlowMachine,
    Flows,
    GuardRef,
    Stored,
    lint_flows,
    lint_versions,
    load_flows,
    read_folder,
)
from gridcase.errors import DefinitionError, NotFound
from tests.engine.fakes import GUARDS, LOOK_BACK, RECORDS, FakeFacts, changed, check_limit, facts, load
from tests.engine.test_planted_faults import SHORT_EXAMPLE

SECOND = changed("version = 1", "version = 2", changed("回头看", "回头再看"))


def flows(*texts: str) -> Flows:
    files = {f"{number}.toml": text for number, text in enumerate(texts)}
    return load_flows(files, GUARDS, records=RECORDS, check_limit=check_limit)


def test_the_highest_version_takes_new_cases_and_the_others_stay() -> None:
    found = flows(SECOND, LOOK_BACK, changed("look_back", "another"))

    assert found.names == ("another", "look_back")
    assert found.latest("look_back").version == 2
    assert found.get("look_back", 1).title == "回头看"


def load_with(stored: dict[tuple[str, int], str]) -> Flows:
    return load_flows({"a.toml": SECOND}, GUARDS, records=RECORDS, check_limit=check_limit, stored=stored)


def test_a_version_that_left_the_folder_goes_on_with_its_own_words() -> None:
    renamed = changed('label = "监督员"', 'label = "巡查员"')

    found = load_with({("look_back", 1): renamed, ("look_back", 2): "not looked at"})

    assert found.latest("look_back").version == 2
    assert found.get("look_back", 1).roles["inspector"].label == "巡查员"


def test_a_stored_version_that_cannot_be_read_any_more_is_told() -> None:
    with pytest.raises(DefinitionError) as refused:
        load_with({("look_back", 1): changed("assigned_inspector", "given_up")})

    assert [fault.file for fault in refused.value.faults] == ["stored/look_back-1.toml"]


def test_a_workflow_that_is_not_there_is_not_found_and_the_nearest_is_named() -> None:
    found = flows(LOOK_BACK)

    with pytest.raises(NotFound) as refused:
        found.latest("lock_back")
    assert (refused.value.code, refused.value.data["nearest"]) == ("unknown_workflow", "look_back")

    with pytest.raises(NotFound) as refused:
        found.get("look_back", 7)
    assert refused.value.code == "unknown_workflow"


def test_defaults_are_filled_in() -> None:
    definition = load(LOOK_BACK)

    assert definition.restricted is False
    assert [(role.centre, role.sees) for role in definition.roles.values()] == [
        (True, "area"),
        (True, "own"),
        (False, "department"),
    ]
    planned, visited, mending, done = definition.states.values()
    assert (planned.stage, planned.clock, planned.escalate_to) == ("planned", "planned", "shift_supervisor")
    assert (visited.longest_stay, planned.longest_stay) == ("9工作日", None)
    assert (mending.stage, mending.clock, mending.escalate_to) == ("handling", "mending_clock", "inspector")
    assert (done.owner, done.clock, done.escalate_to, done.longest_stay) == (None, None, None, None)
    plan, _, ask, mend, *_ = definition.transitions
    assert (plan.is_start, plan.optional, plan.guards, plan.backward) == (True, ("opinion",), (), False)
    assert ask.records == ("reason",)
    assert mend.guards == (GuardRef("has_photo", "after"), GuardRef("came_from", "visited"))
    assert definition.rows("reassign")[0].is_inner
    assert definition.text == LOOK_BACK


def test_a_limit_text_of_a_state_is_a_clock_from_entering_to_leaving_it() -> None:
    clock = load(SHORT_EXAMPLE).clocks["planned"]

    assert (clock.limit, clock.label) == ("15工作日", "待回访")
    assert clock.acts("plan", None, "planned") == ("start",)
    assert clock.acts("reassign", "planned", "planned") == ()
    assert clock.acts("visit", "planned", "visited") == ("stop",)
    assert clock.acts("visit", "elsewhere", "visited") == ()


def test_a_trigger_with_a_state_counts_only_when_fired_from_there() -> None:
    clock = load(LOOK_BACK).clocks["judging"]

    assert clock.acts("mend", "mending", "visited") == ("start",)
    assert clock.acts("mend", "planned", "visited") == ()


def stored(text: str, open_count: int = 12) -> dict[tuple[str, int], Stored]:
    return {("look_back", 1): Stored(text, open_count)}


def test_a_changed_text_under_the_same_version_is_reported_with_its_open_cases() -> None:
    faults = lint_versions(
        {"workflows/a.toml": SECOND.replace("version = 2", "version = 1")}, stored(LOOK_BACK)
    )

    assert [str(fault) for fault in faults] == [
        "workflows/a.toml: version_not_raised: the text differs from version 1 of look_back as stored; "
        "12 open cases run on it: raise version"
    ]


@pytest.mark.parametrize(
    "content",
    [LOOK_BACK, LOOK_BACK.replace("\n", "\r\n").encode(), SECOND, "name = [", 'name = "x"', b"\xff"],
)
def test_the_same_text_a_raised_version_and_an_unreadable_file_are_no_fault_of_versions(
    content: bytes | str,
) -> None:
    assert lint_versions({"workflows/a.toml": content}, stored(LOOK_BACK)) == []


def test_a_folder_is_read_without_the_files_of_another_form(tmp_path: Path) -> None:
    folder = tmp_path / "workflows"
    (folder / "schemes").mkdir(parents=True)
    for name in ("b.toml", "a.toml", "notices.toml", "duties.toml", "a.toml.bak", "schemes/area.toml"):
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "folder.toml").mkdir()

    assert read_folder(folder) == {"workflows/a.toml": b"a.toml", "workflows/b.toml": b"b.toml"}
    assert list(read_folder(folder, called="here")) == ["here/a.toml", "here/b.toml"]


def test_an_empty_folder_has_no_fault() -> None:
    assert lint_flows({}, GUARDS, records=RECORDS, check_limit=check_limit) == []


def test_an_unfamiliar_definition_runs_without_a_change_of_the_program() -> None:
    machine = FlowMachine(load(SHORT_EXAMPLE), GUARDS)

    first = machine.judge("plan", None, roles=["shift_supervisor"], facts=facts())
    last = machine.judge("visit", "planned", roles=["inspector"], facts=facts())

    assert [verdict.to for verdict in (first, last) if isinstance(verdict, Accepted)] == [
        "planned",
        "visited",
    ]


def test_one_machine_serves_many_threads_at_once() -> None:
    machine = FlowMachine(load(LOOK_BACK), GUARDS)

    def walk(number: int) -> list[str]:
        told = facts("after") if number % 2 else facts("result_is")
        acts = [("plan", None), ("visit", "planned"), ("close", "visited")]
        verdicts = [
            machine.judge(trigger, state, roles=["shift_supervisor", "inspector"], facts=told)
            for trigger, state in acts
        ]
        return [
            f"{verdict.transition.label}:{verdict.to}"
            for verdict in verdicts
            if isinstance(verdict, Accepted)
        ]

    with ThreadPoolExecutor(8) as pool:
        walks = list(pool.map(walk, range(4000)))

    assert walks[0::2] == [["安排回访:planned", "回访:visited", "整改后了结:done"]] * 2000
    assert walks[1::2] == [["安排回访:planned", "回访:visited", "了结:done"]] * 2000


class Weighed(FakeFacts):
    """Facts that a weak reference can watch."""


def test_the_machine_keeps_nothing_of_a_judged_move() -> None:
    machine = FlowMachine(load(LOOK_BACK), GUARDS)
    told = Weighed()
    watch = weakref.ref(told)

    machine.judge("plan", None, roles=["shift_supervisor"], facts=told)
    del told
    gc.collect()

    assert watch() is None
