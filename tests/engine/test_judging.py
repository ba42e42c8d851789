"""How a move is judged: acting role, all reasons, wrong states, several tables of one trigger, previews."""

from __future__ import annotations

import pytest

from gridcase.engine import Accepted, FlowMachine, Possible, Rejected
from gridcase.errors import NotFound, Reason
from tests.engine.fakes import GUARDS, FakeFacts, facts, load

FLOW = """\
name = "flow"
version = 1
title = "流程"
initial = "open"
role = [
  { code = "clerk", label = "文员", centre = true },
  { code = "boss", label = "主任", centre = true },
  { code = "guest", label = "访客" },
]
state = [
  { name = "open", label = "待办", owner = "clerk", limit = "1工作日", escalate_to = "boss" },
  { name = "checked", label = "已核", owner = "boss", limit = "1工作日", escalate_to = "boss" },
  { name = "kept", label = "留存", terminal = true },
  { name = "done", label = "办结", terminal = true },
]
[[transition]]
trigger = "start"
label = "登记"
from = []
to = "open"
roles = ["boss", "clerk"]
guards = ["point_in_cell"]
[[transition]]
trigger = "check"
label = "核对"
from = ["open"]
to = "checked"
roles = ["clerk"]
guards = ["own_report", "not_held", "has_photo:after"]
records = ["measure", "ticked"]
[[transition]]
trigger = "check"
label = "重新核对"
from = ["checked"]
to = "open"
roles = ["boss"]
guards = ["not_held", "never:finish"]
records = ["measure"]
backward = true
[[transition]]
trigger = "finish"
label = "办结"
from = ["checked"]
to = "done"
roles = ["clerk", "boss"]
guards = ["result_is:good", "not_held"]
records = ["opinion"]
[[transition]]
trigger = "finish"
label = "留存"
from = ["checked"]
to = "kept"
roles = ["boss"]
guards = ["result_is:bad", "not_held"]
records = ["question"]
[[transition]]
trigger = "leave"
label = "了结"
from = ["open"]
to = "done"
roles = ["clerk"]
guards = ["never_filed"]
[[transition]]
trigger = "leave"
label = "搁置"
from = ["open"]
to = "kept"
roles = ["clerk"]
guards = ["same_class"]
[[inner]]
trigger = "note"
label = "备注"
in = ["open", "checked"]
roles = ["guest"]
"""


@pytest.fixture(scope="module")
def machine() -> FlowMachine:
    return FlowMachine(load(FLOW), GUARDS)


def judged(
    machine: FlowMachine,
    trigger: str,
    state: str | None,
    *,
    roles: str = "clerk",
    by: FakeFacts | None = None,
) -> Accepted | Rejected:
    return machine.judge(trigger, state, roles=roles.split(), facts=by or facts())


def reasons(verdict: object) -> list[str]:
    if not isinstance(verdict, Rejected):
        raise AssertionError(f"not rejected: {verdict}")
    return [f"{reason.code}:{reason.field}" if reason.field else reason.code for reason in verdict.reasons]


def test_a_move_leads_from_state_to_state(machine: FlowMachine) -> None:
    verdict = judged(machine, "check", "open")

    assert verdict == Accepted(machine.definition.rows("check")[0], "clerk", "checked")


def test_the_first_move_starts_without_a_state(machine: FlowMachine) -> None:
    verdict = judged(machine, "start", None)

    assert isinstance(verdict, Accepted)
    assert verdict.to == "open"


def test_an_inner_move_keeps_the_state(machine: FlowMachine) -> None:
    verdicts = [judged(machine, "note", state, roles="guest") for state in ("open", "checked")]

    assert [verdict.to for verdict in verdicts if isinstance(verdict, Accepted)] == ["open", "checked"]


def test_the_acting_role_is_the_first_of_the_table_that_the_person_has(machine: FlowMachine) -> None:
    verdict = judged(machine, "start", None, roles="guest clerk boss")

    assert isinstance(verdict, Accepted)
    assert verdict.role == "boss"


def test_a_refusal_lists_every_failing_guard_and_every_missing_record(machine: FlowMachine) -> None:
    verdict = judged(
        machine, "check", "open", by=facts("own_report", "has_photo:after", lacking="measure ticked")
    )

    assert reasons(verdict) == ["own_report", "has_photo", "record_missing:measure", "record_missing:ticked"]
    assert isinstance(verdict, Rejected)
    assert not verdict.forbidden


def test_a_backward_move_needs_a_reason(machine: FlowMachine) -> None:
    verdict = judged(machine, "check", "checked", roles="boss", by=facts(lacking="reason"))

    assert reasons(verdict) == ["record_missing:reason"]


def test_a_person_without_any_role_of_the_trigger_is_forbidden(machine: FlowMachine) -> None:
    verdict = judged(machine, "check", "done", roles="guest", by=facts("not_held", lacking="measure"))

    assert isinstance(verdict, Rejected)
    assert verdict.forbidden
    assert [reason.code for reason in verdict.reasons] == ["role_missing"]
    assert verdict.reasons[0].data["role_labels"] == "文员、主任"


def test_a_wrong_state_comes_with_what_every_table_of_the_trigger_demands(machine: FlowMachine) -> None:
    everything = facts("own_report", "not_held", "has_photo", "never", lacking="measure ticked reason")

    verdict = judged(machine, "check", "done", by=everything)

    assert reasons(verdict) == ["wrong_state", "not_held", "record_missing:measure"]
    assert isinstance(verdict, Rejected)
    assert not verdict.forbidden
    assert verdict.reasons[0].data["state_label"] == "办结"


def test_a_state_whose_tables_are_for_other_roles_is_a_wrong_state(machine: FlowMachine) -> None:
    verdict = judged(machine, "check", "open", roles="boss")

    assert reasons(verdict) == ["wrong_state"]


def test_a_start_cannot_be_fired_on_a_case(machine: FlowMachine) -> None:
    assert reasons(judged(machine, "start", "open", by=facts("point_in_cell"))) == [
        "wrong_state",
        "point_in_cell",
    ]


def test_a_move_cannot_be_fired_without_a_case(machine: FlowMachine) -> None:
    assert reasons(judged(machine, "note", None, roles="guest")) == ["wrong_state"]


def test_an_unknown_trigger_is_not_found(machine: FlowMachine) -> None:
    with pytest.raises(NotFound) as refused:
        judged(machine, "to_done", "open")

    assert refused.value.code == "unknown_trigger"


def test_of_several_tables_the_one_whose_guards_hold_is_taken(machine: FlowMachine) -> None:
    verdict = judged(machine, "finish", "checked", roles="boss", by=facts("result_is:good"))

    assert isinstance(verdict, Accepted)
    assert verdict.to == "kept"


def test_only_the_taken_table_asks_for_its_records(machine: FlowMachine) -> None:
    verdict = judged(
        machine, "finish", "checked", roles="boss", by=facts("result_is:good", lacking="opinion question")
    )

    assert reasons(verdict) == ["record_missing:question"]


def test_when_no_table_holds_the_reasons_of_all_are_told_once(machine: FlowMachine) -> None:
    verdict = judged(
        machine,
        "finish",
        "checked",
        roles="boss",
        by=facts("result_is", "not_held", lacking="opinion question"),
    )

    assert isinstance(verdict, Rejected)
    assert verdict.reasons == (
        Reason("result_is", {"argument": "good"}),
        Reason("not_held"),
        Reason("result_is", {"argument": "bad"}),
        Reason("record_missing", {"field": "opinion"}, field="opinion"),
        Reason("record_missing", {"field": "question"}, field="question"),
    )


def test_two_tables_that_hold_make_an_ambiguous_move(machine: FlowMachine) -> None:
    assert reasons(judged(machine, "leave", "open")) == ["ambiguous_move"]


def test_tables_for_other_roles_are_no_candidates(machine: FlowMachine) -> None:
    verdict = judged(machine, "finish", "checked", roles="clerk", by=facts("result_is:good"))

    assert reasons(verdict) == ["result_is"]


def test_a_preview_leaves_out_what_is_still_to_be_sent(machine: FlowMachine) -> None:
    preview = machine.preview(
        "finish", "checked", roles=["boss"], facts=facts("result_is", lacking="opinion question")
    )

    assert preview == Possible(machine.definition.rows("finish"), "boss")
    assert isinstance(preview, Possible)
    assert preview.needed == ()
    assert preview.optional == ("opinion", "question")


def test_a_preview_names_needed_and_optional_fields_of_the_one_table(machine: FlowMachine) -> None:
    preview = machine.preview("check", "open", roles=["clerk"], facts=facts())

    assert isinstance(preview, Possible)
    assert preview.needed == ("measure", "ticked")
    assert preview.optional == ("opinion",)


def test_a_preview_tells_the_guards_that_fail_already(machine: FlowMachine) -> None:
    preview = machine.preview("finish", "checked", roles=["boss"], facts=facts("not_held", "result_is"))

    assert reasons(preview) == ["not_held"]


def test_a_preview_in_a_wrong_state_tells_the_shared_guards(machine: FlowMachine) -> None:
    preview = machine.preview("check", "done", roles=["clerk"], facts=facts("not_held", lacking="measure"))

    assert reasons(preview) == ["wrong_state", "not_held"]


def test_a_preview_without_the_role_is_forbidden(machine: FlowMachine) -> None:
    preview = machine.preview("check", "open", roles=["guest"], facts=facts())

    assert isinstance(preview, Rejected)
    assert preview.forbidden


def test_a_preview_of_tables_that_both_hold_for_certain_is_ambiguous(machine: FlowMachine) -> None:
    assert reasons(machine.preview("leave", "open", roles=["clerk"], facts=facts())) == ["ambiguous_move"]


def test_a_guard_that_is_not_known_never_reaches_the_library() -> None:
    definition = load(FLOW)

    with pytest.raises(KeyError, match="never_filed"):
        FlowMachine(definition, {name: guard for name, guard in GUARDS.items() if name != "never_filed"})


@pytest.mark.parametrize("word", ["state", "trigger", "model", "initial", "to_done", "is_open", "events"])
def test_a_city_may_call_triggers_and_states_by_the_words_of_the_library(word: str) -> None:
    machine = FlowMachine(
        load(FLOW.replace('"check"', f'"{word}"').replace('"checked"', f'"{word}"')), GUARDS
    )

    verdict = judged(machine, word, "open")

    assert isinstance(verdict, Accepted)
    assert verdict.to == word
