"""A shipped definition with a planted fault: `gridcase check` names it in one line, and the site does not start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from gridcase.cli import main
from gridcase.errors import DefinitionError
from gridcase.resources import shipped_folder
from tests.cases.sites import STANDARD
from tests.making import make_office

FILE = "workflows/standard.toml"
LIMBO = '[[state]]\nname = "limbo"\nlabel = "悬置"\nowner = "dispatcher"\nlimit = "dispatch"\n\n'

# What is planted: old text, new text, and the line that tells it. The file is standard.toml as it ships.
PLANTED: dict[str, tuple[str, str, str]] = {
    "unknown_state": (
        'from = ["handled"]\nto = "verifying"', 'from = ["handled"]\nto = "verifing"',
        'transition 19 send_verification: unknown_state: to = "verifing", nearest is "verifying"',
    ),
    "unknown_role": (
        'label = "接收"\nfrom = ["dispatched"]\nto = "handling"\nroles = ["department_officer"]',
        'label = "接收"\nfrom = ["dispatched"]\nto = "handling"\nroles = ["departement_officer"]',
        'transition 13 receive: unknown_role: roles = "departement_officer", nearest is "department_officer"',
    ),
    "unknown_guard": (
        '"duplicates_seen",\n  "confirmed_if_needed"', '"duplicate_seen",\n  "confirmed_if_needed"',
        'transition 10 file: unknown_guard: guards: "duplicate_seen", nearest is "duplicates_seen"',
    ),
    "unknown_record": (
        'records = ["photos_after", "measure"]', 'records = ["photo_after", "measure"]',
        'transition 2 self_close: unknown_record: records = "photo_after", nearest is "photos_after"',
    ),
    "unknown_trigger": (
        'holds = ["hand_back"]', 'holds = ["handback"]',
        'clock 5 handling: unknown_trigger: holds = "handback", nearest is "hand_back"',
    ),
    "unknown_clock": (
        'name = "handling"\nlabel = "处置中"\nstage = "handling"\nowner = "department_officer"\nlimit = "handling"',
        'name = "handling"\nlabel = "处置中"\nstage = "handling"\nowner = "department_officer"\nlimit = "handlin"',
        'state 6 handling: unknown_clock: limit = "handlin", nearest is "handling"',
    ),
    "unknown_unit": (
        'name = "confirmation"\nlabel = "核实"\nlimit = "0.5紧急工作时"',
        'name = "confirmation"\nlabel = "核实"\nlimit = "0.5小时"',
        'clock 2 confirmation: unknown_unit: limit = "0.5小时" has none of the units',
    ),
    "dead_end": (
        '[[state]]\nname = "closed"',
        f'{LIMBO}[[transition]]\ntrigger = "park"\nlabel = "搁置"\nfrom = ["filed"]\nto = "limbo"\n'
        'roles = ["dispatcher"]\n\n[[state]]\nname = "closed"',
        'state 12 limbo: dead_end: no transition leads out of "limbo", and it is not terminal',
    ),
    "unreachable_state": (
        '[[state]]\nname = "closed"',
        f'{LIMBO}[[transition]]\ntrigger = "wake"\nlabel = "恢复"\nfrom = ["limbo"]\nto = "filed"\n'
        'roles = ["dispatcher"]\n\n[[state]]\nname = "closed"',
        'state 12 limbo: unreachable_state: no way leads from the initial state to "limbo"',
    ),
    "no_owner": (
        'label = "已立案，待派遣"\nstage = "dispatch"\nowner = "dispatcher"\n', 'label = "已立案，待派遣"\nstage = "dispatch"\n',
        "state 4 filed: no_owner: owner is missing",
    ),
    "owner_cannot_move": (
        'label = "核查中"\nstage = "verification"\nowner = "inspector"',
        'label = "核查中"\nstage = "verification"\nowner = "dispatcher"',
        'state 9 verifying: owner_cannot_move: owner = "dispatcher" has no transition out of "verifying"',
    ),
    "separation": (
        'label = "结案"\nfrom = ["verified"]\nto = "closed"\nroles = ["shift_supervisor"]',
        'label = "结案"\nfrom = ["verified"]\nto = "closed"\nroles = ["shift_supervisor", "department_officer"]',
        'transition 26 close: separation: roles: "department_officer" is not a centre role and may not close',
    ),
    "terminal_left": (
        'from = ["filed", "handed_back"]\nto = "accepted"', 'from = ["filed", "handed_back", "closed"]\nto = "accepted"',
        'transition 12 return_to_intake: terminal_left: from = "closed" is a terminal state',
    ),
    "ambiguous_trigger": (
        'label = "不予立案"\nfrom = ["accepted"]', 'label = "不予立案"\nfrom = ["accepted", "reported"]',
        'transition 9 reject: ambiguous_trigger: shares "reported" with transition 8 reject, '
        "and the guards of one are all among those of the other",
    ),
    "bad_file": ('title = "标准案件"', "title = 标准案件", "bad_file: "),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(PLANTED))
def test_a_planted_fault_is_named_in_its_line_and_stops_the_start(
    code: str, sqlite_url: str, tmp_path: Path, *, quick_geo: Path
) -> None:
    old, new, line = PLANTED[code]
    assert STANDARD.count(old) == 1
    workflows = tmp_path / "site" / "workflows"
    shutil.copytree(shipped_folder() / "workflows", workflows)
    (workflows / "standard.toml").write_text(STANDARD.replace(old, new), encoding="utf-8")

    result = CliRunner().invoke(main, ["check", "--workflows", str(workflows)])
    with pytest.raises(DefinitionError) as caught:
        make_office(sqlite_url, tmp_path, geo=quick_geo)

    told = [text for text in result.stdout.splitlines() if text.startswith(f"{FILE}: {line}")]
    assert (result.exit_code, len(told)) == (1, 1), result.stdout
    assert told[0] in [str(fault) for fault in caught.value.faults]
    assert code in {fault.code for fault in caught.value.faults}


def test_several_planted_faults_are_told_in_one_run(tmp_path: Path) -> None:
    text = STANDARD
    planted = ("unknown_role", "unknown_guard", "no_owner", "separation", "unknown_unit")
    for code in planted:
        text = text.replace(*PLANTED[code][:2])
    (tmp_path / "standard.toml").write_text(text, encoding="utf-8")

    result = CliRunner().invoke(main, ["check", "--workflows", str(tmp_path)])

    assert result.exit_code == 1
    codes = {line.split(": ")[2] for line in result.stdout.splitlines()}
    assert codes >= set(planted)


def test_the_definition_as_it_ships_starts(sqlite_url: str, tmp_path: Path, quick_geo: Path) -> None:
    assert (
        CliRunner().invoke(main, ["check", "--workflows", str(shipped_folder() / "workflows")]).exit_code == 0
    )
    make_office(sqlite_url, tmp_path, geo=quick_geo).database.close()
