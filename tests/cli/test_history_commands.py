"""`gridcase verify-history` and `gridcase replay` as a person or a script calls them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from gridcase.cases import case_check, chain, differences, replaying
from gridcase.cases.models import Case, CaseSerial, StepRow
from gridcase.cli import history, main
from gridcase.cli.history import WORDS
from gridcase.db import table_of
from tests.making import Office

STEP, CASES, SERIAL = table_of(StepRow), table_of(Case), table_of(CaseSerial)


def run(office: Office, *arguments: str) -> Result:
    site = str(office.installation.site.root)
    url = office.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(main, ["--site", site, "--db", url, *arguments])


def alter(office: Office, number: str, **values: object) -> None:
    with office.database.transaction() as connection:
        connection.execute(update(STEP).where(STEP.c.number == number, STEP.c.no == 2).values(**values))


def test_a_sound_history_says_so_and_exits_0(office: Office) -> None:
    office.walk(office.report(), "filed")

    result = run(office, "verify-history")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "all is sound" in result.stderr


def test_a_tampered_step_is_named_with_case_row_and_column_and_exits_1(office: Office) -> None:
    number = office.walk(office.report(), "filed")
    alter(office, number, role="shift_supervisor")

    result = run(office, "verify-history")

    assert result.exit_code == 1
    first = result.stdout.splitlines()[0]
    assert first.startswith(f"{number}: step no=2: role: value_differs")
    assert '"shift_supervisor", 应为 (should be) "intake_operator"' in first
    assert "1 differences" in result.stderr


def test_one_json_object_a_line_for_programs(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "filed")
    alter(office, number, opinion="改过的意见")

    result = run(office, "verify-history", "--format", "json")

    (line,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert {name: line[name] for name in ("number", "table", "key", "column", "code")} == {
        "number": number, "table": "step", "key": {"no": 2}, "column": "opinion", "code": "value_differs",
    }  # fmt: skip
    assert (line["stored"], line["expected"]) == ("改过的意见", None)


def test_only_the_cases_named_are_looked_at(sqlite_office: Office) -> None:
    office = sqlite_office
    sound, altered = (office.walk(office.report(), "filed") for _ in range(2))
    alter(office, altered, opinion="改过的意见")

    assert run(office, "verify-history", sound).exit_code == 0
    assert run(office, "verify-history", sound, altered).exit_code == 1


@pytest.mark.parametrize("command", ["verify-history", "replay"])
def test_a_number_that_no_case_ever_had_is_unknown_and_a_lost_case_is_missing(
    sqlite_office: Office, command: str
) -> None:
    office = sqlite_office
    number = office.report()
    lost = f"{int(number) + 1}"
    with office.database.transaction() as connection:
        connection.execute(update(SERIAL).where(SERIAL.c.on_day == number[:8]).values(last=int(lost[8:])))

    for unknown in ("999", "20990101000001", f"{int(number) + 2}"):
        result = run(office, command, number, unknown)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"没有这个案件 (there is no such case): {unknown}" in result.stderr
    missing = run(office, command, number, lost)
    assert missing.exit_code == 1
    assert missing.stdout.startswith(f"{lost}: cases: row_absent")


def test_pictures_are_read_only_when_asked(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.report()
    (photo,) = office.rows("photo", number)
    office.book.photos.path(photo["sha256"]).unlink()

    assert run(office, "verify-history").exit_code == 0
    result = run(office, "verify-history", "--pictures")

    assert result.exit_code == 1
    assert "photo_lost" in result.stdout


def test_replay_check_writes_nothing_and_replay_mends(office: Office) -> None:
    number = office.walk(office.report(), "filed")
    with office.database.transaction() as connection:
        connection.execute(update(CASES).where(CASES.c.number == number).values(state="closed"))

    checked = run(office, "replay", "--check")
    assert checked.exit_code == 1
    assert f"{number}: cases: state: value_differs" in checked.stdout
    mended = run(office, "replay")

    assert mended.exit_code == 0
    assert "已重建 (mended)" in mended.stdout
    assert office.rows("cases", number)[0]["state"] == "filed"
    assert run(office, "replay", "--check").exit_code == 0


def test_progress_is_told_on_standard_error(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_STEP", 2)
    for _ in range(5):
        sqlite_office.report()

    result = run(sqlite_office, "verify-history")

    assert [line for line in result.stderr.splitlines() if "/" in line] == ["2/5", "4/5"]


def test_every_code_has_its_words() -> None:
    codes = {
        chain.ALTERED,
        differences.ABSENT,
        differences.SURPLUS,
        differences.DIFFERS,
        differences.UNUSED,
        case_check.UNREADABLE,
    }
    codes |= {case_check.PHOTO_LOST, case_check.PHOTO_ALTERED, replaying.NO_MOVE, replaying.OUTDATED}

    assert set(WORDS) == codes
