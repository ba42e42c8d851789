"""How faults read, that one run finds all of them, and that one slip is not told twice."""

from __future__ import annotations

import pytest

from gridcase.engine import load_flows
from gridcase.errors import DefinitionError
from tests.engine.fakes import GUARDS, LOOK_BACK, RECORDS, changed, check_limit, lint, load, told


def lines(text: str) -> list[str]:
    return [str(fault) for fault in lint(text)]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'to = "mending"',
            'to = "mendign"',
            'workflows/a.toml: transition 3 ask_mending: unknown_state: to = "mendign", nearest is "mending"',
        ),
        (
            'initial = "planned"',
            'initial = "planed"',
            'workflows/a.toml: unknown_state: initial = "planed", nearest is "planned"',
        ),
        (
            'roles = ["officer"]',
            'roles = ["offiser"]',
            'workflows/a.toml: transition 4 mend: unknown_role: roles = "offiser", nearest is "officer"',
        ),
        (
            '"assigned_inspector"',
            '"asigned_inspector"',
            "workflows/a.toml: transition 2 visit: unknown_guard: "
            'guards: "asigned_inspector", nearest is "assigned_inspector"',
        ),
        (
            '"came_from:visited"',
            '"came_from:visitd"',
            "workflows/a.toml: transition 4 mend: unknown_state: "
            'guards: came_from = "visitd", nearest is "visited"',
        ),
        (
            '"mend@mending"',
            '"mends@mending"',
            'workflows/a.toml: clock 1 judging: unknown_trigger: starts = "mends", nearest is "mend"',
        ),
        (
            'kind = "extension"',
            'kind = "extention"',
            "workflows/a.toml: request 1 extention: unknown_request: "
            'kind = "extention", nearest is "extension"',
        ),
        (
            'title = "回头看"\n',
            'titel = "回头看"\n',
            'workflows/a.toml: unknown_key: "titel" is not a key here, nearest is "title"',
        ),
        (
            'limit = "15工作日"',
            'limit = "15天"',
            'workflows/a.toml: state 1 planned: unknown_unit: limit = "15天" has none of the units '
            "紧急工作时, 紧急工作日, 自然日, 工作时, 工作日",
        ),
    ],
)
def test_a_fault_names_file_table_code_and_the_nearest_right_name(old: str, new: str, line: str) -> None:
    assert lines(changed(old, new)) == [line]


def test_one_run_finds_the_faults_of_all_tables_and_of_all_files() -> None:
    text = LOOK_BACK
    for old, new in [
        ('title = "回头看"\n', ""),
        ('label = "监督员"\n', ""),
        ('owner = "officer"', 'owner = "oficer"'),
        ('limit = "15工作日"', 'limit = "15天"'),
        ('to = "mending"', 'to = "mendign"'),
        ('"assigned_inspector"', '"asigned_inspector"'),
        ('in = ["planned"]', 'in = ["planed"]'),
        ('holds = ["reassign"]', 'holds = ["reasign"]'),
        ("max = 2", "maximum = 2"),
        ("[[transition]]", '[[state]]\nname = "lost"\nlabel = "不见"\nterminal = true\n[[transition]]'),
    ]:
        text = changed(old, new, text)

    faults = lint(text, "name = [")

    assert [(fault.file[-6:], *told([fault])) for fault in faults] == [
        ("a.toml", "missing_key"),
        ("a.toml", "role 2 inspector: no_label"),
        ("a.toml", "state 1 planned: unknown_unit"),
        ("a.toml", "state 3 mending: unknown_role"),
        ("a.toml", "state 5 lost: unreachable_state"),
        ("a.toml", "transition 2 visit: unknown_guard"),
        ("a.toml", "transition 3 ask_mending: unknown_state"),
        ("a.toml", "inner 1 reassign: unknown_state"),
        ("a.toml", "clock 2 mending_clock: unknown_trigger"),
        ("a.toml", "request 1 extension: unknown_key"),
        ("b.toml", "bad_file"),
    ]


def test_loading_raises_with_the_same_faults() -> None:
    files = {"a.toml": changed('to = "mending"', 'to = "mendign"'), "b.toml": b"\xff"}

    with pytest.raises(DefinitionError) as refused:
        load_flows(files, GUARDS, records=RECORDS, check_limit=check_limit)

    assert [fault.code for fault in refused.value.faults] == ["unknown_state", "bad_file"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # A misspelt key is not also a missing one.
        ('owner = "officer"', 'onwer = "officer"', ["state 3 mending: unknown_key"]),
        ('roles = ["officer"]', 'role = ["officer"]', ["transition 4 mend: unknown_key"]),
        ('to = "mending"', 'too = "mending"', ["transition 3 ask_mending: unknown_key"]),
        # A misspelt state, role or kind counts as the one that is meant.
        ('from = ["mending"]', 'from = ["mendin"]', ["transition 4 mend: unknown_state"]),
        ('from = ["planned"]', 'from = ["planed"]', ["transition 2 visit: unknown_state"]),
        ('roles = ["inspector"]', 'roles = ["inspecter"]', ["transition 2 visit: unknown_role"]),
        ('kind = "appeal"', 'kind = "apeal"', ["request 2 apeal: unknown_request"]),
        # Nobody knows whether such a state waits for somebody.
        ("terminal = true", 'terminal = "yes"', ["state 4 done: bad_value"]),
        # An owner without a name cannot be said to be unable to move.
        ('roles = ["officer"]', "roles = [1]", ["transition 4 mend: bad_value"]),
        # A role that cannot be read may be one of the centre.
        (
            'code = "shift_supervisor"\nlabel = "值班长"\ncentre = true',
            'code = "shift_supervisor"\nlabel = "值班长"\ncentre = 1',
            ["role 1 shift_supervisor: bad_value"],
        ),
        # The one table without a name may be the one that is missed.
        ('name = "mending"\n', "", ["state 3: missing_key"]),
        ('code = "officer"\n', "", ["role 3: missing_key"]),
    ],
)
def test_one_slip_is_told_once(old: str, new: str, expected: list[str]) -> None:
    assert told(lint(changed(old, new))) == expected


def test_a_misspelt_table_is_read_as_the_table_that_is_meant() -> None:
    text = LOOK_BACK.replace("[[transition]]", "[[transitions]]")

    assert lines(text) == [
        'workflows/a.toml: unknown_key: "transitions" is not a key here, nearest is "transition"'
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('sees = "own"\n', 'sees = "own"\n[[roll]]\n', ["unknown_key"]),
        ('[[role]]\ncode = "officer"', '[role]\ncode = "officer"', ["bad_file"]),
        ('name = "look_back"', 'name = "look_back"\nstate = 3', ["bad_file"]),
    ],
)
def test_tables_of_a_wrong_kind_are_told(old: str, new: str, expected: list[str]) -> None:
    assert told(lint(changed(old, new))) == expected


def test_one_table_in_single_brackets_is_a_bad_value_and_is_read_on() -> None:
    text = LOOK_BACK.replace("[[inner]]", "[inner]").replace('in = ["planned"]\n', 'in = ["planed"]\n')

    assert told(lint(text)) == ["bad_value", "inner 1 reassign: unknown_state"]


def test_an_empty_file_lacks_everything_once() -> None:
    assert told(lint("")) == ["missing_key"] * 6 + ["no_start"]


def test_a_table_that_is_no_table_is_a_bad_value() -> None:
    head, _, _ = LOOK_BACK.partition("[[request]]")

    assert told(lint('request = ["extension"]\n' + head)) == ["request 1: bad_value"]


STRANGE = [
    "1",
    "1.5",
    "true",
    '""',
    '" "',
    '"x:y@z"',
    "[]",
    "[1]",
    '[""]',
    "[[]]",
    "{}",
    "[{}]",
    "2026-11-21",
    "nan",
]


@pytest.mark.parametrize("strange", STRANGE)
def test_no_value_of_any_kind_stops_the_check_or_passes_as_a_broken_definition(strange: str) -> None:
    rows = LOOK_BACK.splitlines()
    for number, row in enumerate(rows):
        key, equals, _ = row.partition(" = ")
        if not equals:
            continue
        text = "\n".join([*rows[:number], f"{key} = {strange}", *rows[number + 1 :]])

        assert lint(text) or load(text).states


def test_any_line_may_be_missing_without_stopping_the_check() -> None:
    rows = LOOK_BACK.splitlines()
    for number in range(len(rows)):
        text = "\n".join([*rows[:number], *rows[number + 1 :]])

        assert lint(text) or load(text).states


def test_a_line_break_in_a_name_does_not_tear_the_line_of_its_fault() -> None:
    (line,) = lines(changed('to = "mending"', 'to = "mend\\n\\u2028ign"'))

    assert 'bad_value: to = "mend\\n\\u2028ign"' in line
    assert line.isprintable()
