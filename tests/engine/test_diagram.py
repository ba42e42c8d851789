"""The Mermaid text of a definition: every state with its label, every way with the moves and roles on it."""

from __future__ import annotations

import re
from pathlib import Path

from gridcase.engine import diagram
from tests.engine.fakes import LOOK_BACK, changed, load
from tests.engine.test_planted_faults import SHORT_EXAMPLE

STANDARD = Path(__file__).parents[2] / "workflows" / "standard.toml"


def test_a_small_flow_is_drawn_as_its_readers_call_it() -> None:
    assert diagram(load(SHORT_EXAMPLE)) == (
        "---\n"
        "title: 回头看 (look_back 1)\n"
        "---\n"
        "stateDiagram-v2\n"
        "    direction TB\n"
        '    state "待回访" as planned\n'
        '    state "已回访" as visited\n'
        "    [*] --> planned : 安排回访（值班长）\n"
        "    planned --> visited : 回访（监督员）\n"
        "    visited --> [*]\n"
    )


def test_two_moves_of_one_way_share_an_arrow_and_inner_moves_are_loops() -> None:
    text = diagram(load(LOOK_BACK))

    assert "    visited --> done : 了结（值班长） / 整改后了结（值班长）\n" in text
    assert "    planned --> planned : 改派（值班长）\n" in text


def test_signs_of_mermaid_in_labels_and_its_words_as_states_do_no_harm() -> None:
    text = changed('label = "待回访"', "label = 'a: \"b\"; #c'")
    drawing = diagram(load(text.replace('"mending"', '"end"').replace("mend@mending", "mend@end")))

    assert '    state "a： ”b”； ＃c” as planned' not in drawing
    assert '    state "a： ”b”； ＃c" as planned\n' in drawing
    assert '    state "整改中" as end_\n' in drawing
    assert "    visited --> end_ : 要求整改（值班长）\n" in drawing


def test_the_standard_flow_draws_every_state_and_every_way() -> None:
    definition = load(STANDARD.read_text(encoding="utf-8"))

    drawing = diagram(definition)

    assert re.findall(r'state "(.+)" as (\w+)', drawing) == [
        (state.label, name) for name, state in definition.states.items()
    ]
    drawn = set(re.findall(r"^    (\S+) --> (\S+)", drawing, re.MULTILINE))
    ways = {(source, row.to or source) for row in definition.transitions for source in row.sources}
    ends = {(name, "[*]") for name, state in definition.states.items() if state.terminal}
    assert drawn == ways | ends | {("[*]", "reported")}
