"""Every code of flow.md 9: a fault planted into a sound file is found at its place, and nothing else is."""

from __future__ import annotations

import pytest

from tests.engine.fakes import LOOK_BACK, changed, lint, told

SHORT_EXAMPLE = """\
name = "look_back"
version = 1
title = "回头看"
initial = "planned"
role = [
  { code = "shift_supervisor", label = "值班长", centre = true },
  { code = "inspector", label = "监督员", centre = true, sees = "own" },
]
state = [
  { name = "planned", label = "待回访", owner = "inspector", limit = "15工作日" },  # clock "planned"
  { name = "visited", label = "已回访", terminal = true },
]
[[transition]]
trigger = "plan"
label = "安排回访"
from = []
to = "planned"
roles = ["shift_supervisor"]
records = ["inspector"]
[[transition]]
trigger = "visit"
label = "回访"
from = ["planned"]
to = "visited"
roles = ["inspector"]
guards = ["assigned_inspector"]
records = ["result", "position", "photos_verification"]
"""

NEW_STATE = '[[state]]\nname = "limbo"\nlabel = "悬置"\nowner = "inspector"\nlimit = "1工作日"\n'
NEW_END = '[[state]]\nname = "lost"\nlabel = "不见"\nterminal = true\n'


def move(trigger: str, source: str, to: str, role: str = "inspector") -> str:
    return (
        f'[[transition]]\ntrigger = "{trigger}"\nlabel = "走"\nfrom = ["{source}"]\nto = "{to}"\n'
        f'roles = ["{role}"]\n'
    )


PLANTED = [
    # form
    ('name = "look_back"', "name = look_back", ["bad_file"]),
    ('name = "look_back"\n', 'name = "look_back"\ncolour = "red"\n', ["unknown_key"]),
    ('title = "回头看"\n', "", ["missing_key"]),
    ("version = 1", "version = 0", ["bad_value"]),
    ("version = 1", "version = true", ["bad_value"]),
    ("version = 1", 'version = "1"', ["bad_value"]),
    ('name = "look_back"', 'name = "Look-back"', ["bad_value"]),
    ('title = "回头看"', "title = 1", ["bad_value"]),
    ('initial = "planned"\n', "", ["missing_key"]),
    ('title = "回头看"\n', 'title = "回头看"\nrestricted = "no"\n', ["bad_value"]),
    ("centre = true\nsees", 'centre = "yes"\nsees', ["role 2 inspector: bad_value"]),
    ('sees = "own"', 'sees = "owned"', ["role 2 inspector: bad_value"]),
    ('code = "officer"\n', "", ["role 3: missing_key"]),
    ('stage = "handling"', 'stage = "Handling"', ["state 3 mending: bad_value"]),
    ("terminal = true", 'terminal = true\nowner = "officer"', ["state 4 done: unknown_key"]),
    ("terminal = true", 'terminal = true\nlongest_stay = "1工作日"', ["state 4 done: unknown_key"]),
    ("backward = true", "backward = 1", ["transition 3 ask_mending: bad_value"]),
    ('from = ["mending"]', 'from = "mending"', ["transition 4 mend: bad_value"]),
    ('from = ["mending"]\n', 'from = ["mending"]\nin = ["mending"]\n', ["transition 4 mend: unknown_key"]),
    ('to = "mending"\n', "", ["state 3 mending: unreachable_state", "transition 3 ask_mending: missing_key"]),
    ('in = ["planned"]\n', "", ["inner 1 reassign: missing_key"]),
    ('in = ["planned"]\n', "in = []\n", ["inner 1 reassign: bad_value"]),
    ('starts = ["ask_mending"]\n', "", ["clock 2 mending_clock: missing_key"]),
    ('starts = ["ask_mending"]\n', "starts = []\n", ["clock 2 mending_clock: bad_value"]),
    ("max = 2", "max = -1", ["request 1 extension: bad_value"]),
    ("max = 2", "max = 2\nmax_days = 0", ["request 1 extension: bad_value"]),
    ('clock = "planned"\n', "", ["request 1 extension: missing_key"]),
    ('asks = ["officer"]\n', "", ["request 1 extension: missing_key"]),
    ('from = []\nto = "planned"', 'from = []\nto = "visited"', ["transition 1 plan: bad_value"]),
    ('"has_photo:after"', '"has_photo"', ["transition 4 mend: bad_value"]),
    ('"has_photo:after"', '"has_photo:afterwards"', ["transition 4 mend: bad_value"]),
    ('"assigned_inspector"', '"assigned_inspector:visit"', ["transition 2 visit: bad_value"]),
    ('[[inner]]\ntrigger = "reassign"', '[[inner]]\ntrigger = "Re-assign"', [
        "inner 1 Re-assign: bad_value", "clock 2 mending_clock: unknown_trigger",
    ]),
    # names
    ('to = "mending"', 'to = "mendign"', ["transition 3 ask_mending: unknown_state"]),
    ('initial = "planned"', 'initial = "planed"', ["unknown_state"]),
    ('"came_from:visited"', '"came_from:visitd"', ["transition 4 mend: unknown_state"]),
    ('"mend@mending"', '"mend@mendin"', ["clock 1 judging: unknown_state"]),
    ('in = ["planned", "mending"]', 'in = ["planned", "menting"]', ["request 1 extension: unknown_state"]),
    ('owner = "officer"', 'owner = "oficer"', ["state 3 mending: unknown_role"]),
    ('escalate_to = "inspector"', 'escalate_to = "inspecter"', ["state 3 mending: unknown_role"]),
    ('roles = ["officer"]', 'roles = ["offiser"]', ["transition 4 mend: unknown_role"]),
    ('forwards = "inspector"', 'forwards = "leader"', ["request 1 extension: unknown_role"]),
    ('decides = ["inspector", ', 'decides = ["nobody", ', ["request 1 extension: unknown_role"]),
    ('limit = "judging"', 'limit = "juging"', ["state 2 visited: unknown_clock"]),
    ('clock = "planned"', 'clock = "plan"', ["request 1 extension: unknown_clock"]),
    ('"never:mend"', '"never:mendd"', ["transition 3 ask_mending: unknown_trigger"]),
    ('holds = ["reassign"]', 'holds = ["grant"]', ["clock 2 mending_clock: unknown_trigger"]),
    ('"assigned_inspector"', '"asigned_inspector"', ["transition 2 visit: unknown_guard"]),
    ('"position", ', '"posision", ', ["transition 2 visit: unknown_record"]),
    ('optional = ["opinion", ', 'optional = ["opinoin", ', ["transition 4 mend: unknown_record"]),
    ('kind = "extension"', 'kind = "extention"', ["request 1 extention: unknown_request"]),
    # limits
    ('limit = "15工作日"', 'limit = "半天"', ["state 1 planned: bad_limit"]),
    ('limit = "15工作日"', "limit = 15", ["state 1 planned: bad_limit"]),
    ('limit = "15工作日"', 'limit = "15天"', ["state 1 planned: unknown_unit"]),
    ('limit = "15工作日"', 'limit = "0工作日"', ["state 1 planned: limit_not_positive"]),
    ('longest_stay = "9工作日"', 'longest_stay = "1.5工作日"', ["state 2 visited: bad_limit"]),
    ('limit = "1工作日"', 'limit = "1工作天"', ["clock 1 judging: unknown_unit"]),
    ('limit = "filed"', 'limit = "field"', ["clock 2 mending_clock: bad_limit"]),
    ('size = "original"', 'size = "-2工作日"', ["request 1 extension: limit_not_positive"]),
    # names given twice
    ('code = "officer"\n', 'code = "inspector"\n', [
        "role 3 inspector: duplicate_name", "state 3 mending: unknown_role", "transition 4 mend: unknown_role",
        "request 1 extension: unknown_role", "request 2 appeal: unknown_role",
    ]),
    ("[[transition]]", f"{NEW_STATE.replace('limbo', 'planned')}[[transition]]", [
        "state 5 planned: duplicate_name",
    ]),
    ('[[clock]]\nname = "judging"', '[[clock]]\nname = "planned"\nlabel = "x"\nlimit = "1工作日"\n'
     'starts = ["visit"]\n[[clock]]\nname = "judging"', ["state 1 planned: duplicate_name"]),
    ('kind = "appeal"', 'kind = "extension"\nclock = "judging"', [
        "request 2 extension: duplicate_name", "request 2 extension: terminal_left",
    ]),
    ('name = "mending_clock"', 'name = "judging"', [
        "state 3 mending: unknown_clock", "clock 2 judging: duplicate_name",
    ]),
    # ways
    ('from = []\nto = "planned"', 'from = ["planned"]\nto = "visited"', ["no_start"]),
    ("[[transition]]", f"{NEW_END}[[transition]]", ["state 5 lost: unreachable_state"]),
    ("[[transition]]", f"{NEW_STATE}{move('park', 'planned', 'limbo')}[[transition]]", ["state 5 limbo: dead_end"]),
    ("[[transition]]", f"{NEW_STATE}{NEW_STATE.replace('limbo', 'limbo_b')}{move('park', 'planned', 'limbo')}"
     f"{move('swing', 'limbo', 'limbo_b')}{move('swing', 'limbo_b', 'limbo')}[[transition]]",
     ["state 5 limbo: no_way_to_end", "state 6 limbo_b: no_way_to_end"]),
    ('from = ["planned"]', 'from = ["planned", "done"]', ["transition 2 visit: terminal_left"]),
    ('in = ["planned"]\n', 'in = ["planned", "done"]\n', ["inner 1 reassign: terminal_left"]),
    # what must be told
    ('owner = "officer"\n', "", ["state 3 mending: no_owner"]),
    ('owner = "officer"\n', 'owner = ""\n', ["state 3 mending: no_owner"]),
    ('limit = "judging"\n', "", ["state 2 visited: no_limit"]),
    ('limit = "judging"\n', 'limit = ""\n', ["state 2 visited: no_limit"]),
    ('limit = "filed"\n', "", ["clock 2 mending_clock: no_limit"]),
    ('label = "值班长"\n', "", ["role 1 shift_supervisor: no_label"]),
    ('label = "整改中"\n', 'label = " "\n', ["state 3 mending: no_label"]),
    ('label = "回访"\n', "", ["transition 2 visit: no_label"]),
    ('label = "改派"\n', "", ["inner 1 reassign: no_label"]),
    ('label = "判定"\n', "", ["clock 1 judging: no_label"]),
    ('label = "延期"\n', "", ["request 1 extension: no_label"]),
    ('roles = ["officer"]\n', "", ["transition 4 mend: no_role"]),
    ('roles = ["officer"]\n', "roles = []\n", ["transition 4 mend: no_role"]),
    ('decides = ["shift_supervisor"]', "decides = []", ["request 2 appeal: no_role"]),
    ('escalate_to = "inspector"', 'escalate_to = ""', ["state 3 mending: no_escalation"]),
    ('owner = "officer"\n', 'owner = "inspector"\n', ["state 3 mending: owner_cannot_move"]),
    ('guards = ["after:mend"]', 'guards = ["result_is:present", "after:mend"]', [
        "transition 6 close: ambiguous_trigger",
    ]),
    ('guards = ["after:mend"]\n', "", ["transition 6 close: ambiguous_trigger"]),
    ('[[inner]]\ntrigger = "reassign"', '[[inner]]\ntrigger = "visit"', [
        "clock 2 mending_clock: unknown_trigger",
    ]),
    ('to = "done"\nroles = ["shift_supervisor"]', 'to = "done"\nroles = ["shift_supervisor", "officer"]', [
        "transition 5 close: separation",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), PLANTED)
def test_a_planted_fault_is_found_at_its_place_and_alone(old: str, new: str, expected: list[str]) -> None:
    faults = lint(changed(old, new))

    assert told(faults) == expected


@pytest.mark.parametrize("text", [SHORT_EXAMPLE, LOOK_BACK], ids=["short example of flow.md 9", "look back"])
def test_a_sound_file_has_no_fault(text: str) -> None:
    assert lint(text) == []


def test_a_file_without_the_default_role_needs_somebody_to_escalate_to() -> None:
    text = SHORT_EXAMPLE.replace("shift_supervisor", "duty_officer")

    assert told(lint(text)) == ["state 1 planned: no_escalation"]


def test_bytes_that_are_not_utf_8_are_a_bad_file() -> None:
    faults = lint(LOOK_BACK.encode("gb18030"))

    assert told(faults) == ["bad_file"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault() -> None:
    assert lint(b"\xef\xbb\xbf" + LOOK_BACK.replace("\n", "\r\n").encode()) == []


def test_one_name_and_version_in_two_files_is_a_duplicate() -> None:
    faults = lint(LOOK_BACK, LOOK_BACK)

    assert [str(fault) for fault in faults] == [
        'workflows/b.toml: duplicate_name: name = "look_back" with version = 1 stands in workflows/a.toml already'
    ]


def test_two_versions_of_one_name_may_lie_side_by_side() -> None:
    assert lint(LOOK_BACK, changed("version = 1", "version = 2")) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('label = "监督员"', 'label = "巡查员"', 'label = "监督员" there'),
        ("centre = true\nsees", "centre = false\nsees", "centre = true there"),
        ('sees = "own"', 'sees = "area"', 'sees = "own" there'),
    ],
)
def test_one_role_told_in_two_ways_is_a_duplicate(old: str, new: str, says: str) -> None:
    other = changed("look_back", "other_flow", changed(old, new))

    faults = [fault for fault in lint(LOOK_BACK, other) if fault.code != "separation"]

    assert [(fault.file, fault.place, fault.code) for fault in faults] == [
        ("workflows/b.toml", "role 2 inspector", "duplicate_name")
    ]
    assert says in faults[0].text


def test_a_role_that_spells_out_its_default_is_told_the_same_way() -> None:
    other = changed(
        "look_back", "other_flow", changed('label = "专业部门"', 'label = "专业部门"\nsees = "department"')
    )

    assert lint(LOOK_BACK, other) == []
