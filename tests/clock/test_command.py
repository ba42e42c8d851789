"""The command `gridcase clock` (clock.md 9)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gridcase.cli import main

EXAMPLE = ["--start", "2026-09-30T16:30", "--limit", "4工作时"]


@pytest.fixture(autouse=True)
def _shipped_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRIDCASE_SITE", raising=False)


def clock(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["clock", *arguments], catch_exceptions=False)


def batch(tmp_path: Path, *lines: dict[str, Any] | str) -> Result:
    file = tmp_path / "batch.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    file.write_text("\n".join(texts), encoding="utf-8")
    return clock("--batch", str(file))


def test_the_worked_example_is_printed_for_people() -> None:
    result = clock(*EXAMPLE)

    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "到期时刻 2026-10-08T10:30:00+08:00  2026年10月8日（周四）10:30",
        "",
        "起                   止                   计入  原因        累计",
        "2026-09-30 16:30:00  2026-09-30 18:00:00  是    工作时段    1小时30分",
        "2026-09-30 18:00:00  2026-10-01 00:00:00  否    非工作时段  1小时30分",
        "2026-10-01 00:00:00  2026-10-08 00:00:00  否    国庆节放假  1小时30分",
        "2026-10-08 00:00:00  2026-10-08 08:00:00  否    非工作时段  1小时30分",
        "2026-10-08 08:00:00  2026-10-08 10:30:00  是    工作时段    4小时",
    ]


def test_extensions_and_warnings_are_printed_for_people() -> None:
    result = clock(
        *("--start", "2026-12-30T15:00", "--limit", "1工作日"),
        *("--extend", "2026-12-30T16:00=2工作日", "--hold", "2026-12-31T09:00/2026-12-31T10:00"),
    )

    assert result.exit_code == 0
    assert "延期：2026-12-30 16:00:00 申请 2工作日，总时限 24小时" in result.stdout
    assert "注意：2027年" in result.stdout
    assert "暂停计时" in result.stdout


def test_json_is_the_answer_of_the_batch_without_id(tmp_path: Path) -> None:
    line = {"id": "a", "start": EXAMPLE[1], "limit": EXAMPLE[3]}

    alone = json.loads(clock(*EXAMPLE, "--format", "json").stdout)

    assert {"id": "a", **alone} == json.loads(batch(tmp_path, line).stdout)
    assert list(alone) == ["due_at", "lines"]


def test_holds_and_extensions_may_be_given_several_times(tmp_path: Path) -> None:
    holds = [("2026-10-08T08:30", "2026-10-08T09:00"), ("2026-10-08T08:45", "2026-10-08T09:30:00+08:00")]
    extensions = [("2026-09-30T17:00", "1工作时"), ("2026-09-30T17:00", "0.5工作时")]

    options = [part for begin, end in holds for part in ("--hold", f"{begin}/{end}")]
    options += [part for asked, size in extensions for part in ("--extend", f"{asked}={size}")]
    alone = json.loads(clock(*EXAMPLE, *options, "--format", "json").stdout)

    line = {
        "id": "a",
        "start": EXAMPLE[1],
        "limit": EXAMPLE[3],
        "holds": [{"from": begin, "to": end} for begin, end in holds],
        "extensions": [{"at": asked, "limit": size} for asked, size in extensions],
    }
    assert alone["due_at"] == "2026-10-08T15:00:00+08:00"
    assert {"id": "a", **alone} == json.loads(batch(tmp_path, line).stdout)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--start", "2026-09-30 16:30", "--limit", "4工作时"], "bad_time"),
        (["--start", "", "--limit", ""], "bad_time"),
        (["--start", "2026-09-30T16:30", "--limit", "4小时"], "unknown_unit"),
        (["--start", "2026-09-30T16:30", "--limit", ""], "bad_limit"),
        (["--start", "2026-09-30T16:30"], "missing_field"),
        (["--limit", "4工作时"], "missing_field"),
        ([*EXAMPLE, "--hold", "2026-10-08T08:30"], "missing_field"),
        ([*EXAMPLE, "--hold", ""], "missing_field"),
        ([*EXAMPLE, "--hold", "2026-10-08T08:30/"], "bad_time"),
        ([*EXAMPLE, "--hold", "2026-10-08T08:30/2026-10-08T09:00/"], "bad_time"),
        ([*EXAMPLE, "--hold", "2026-10-08T09:30/2026-10-08T09:00"], "hold_reversed"),
        ([*EXAMPLE, "--hold", "2026-09-30T16:29/2026-10-08T09:00"], "hold_before_start"),
        ([*EXAMPLE, "--extend", "2026-09-30T17:00"], "missing_field"),
        ([*EXAMPLE, "--extend", "2026-09-30T17:00=1小时"], "unknown_unit"),
        ([*EXAMPLE, "--extend", "2026-09-30T17:00=1自然日"], "extension_unit"),
        ([*EXAMPLE, "--extend", "2026-10-08T10:30:01=1工作时"], "extension_after_due"),
    ],
)
def test_a_refused_input_ends_with_1_and_says_why(arguments: list[str], code: str) -> None:
    plain, as_json = clock(*arguments), clock(*arguments, "--format", "json")

    assert (plain.exit_code, as_json.exit_code) == (1, 1)
    assert plain.stdout == ""
    assert plain.stderr.startswith(f"{code}: ")
    assert len(plain.stderr.splitlines()) == 1
    answer = json.loads(as_json.stdout)
    assert list(answer) == ["error"]
    assert answer["error"]["code"] == code
    assert plain.stderr == f"{code}: {answer['error']['message']}\n"


def test_an_option_without_its_sign_is_told_how_it_looks() -> None:
    assert clock(*EXAMPLE, "--hold", "x").stderr.endswith("'x' has no '/', write --hold FROM/TO\n")
    told = clock(*EXAMPLE, "--hold", "2026-10-08T08:30/2026-10-08T09:30", "--extend", "y")
    assert told.stderr.endswith("'y' has no '=', write --extend AT=LIMIT\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--format", "json"],
        [*EXAMPLE, "--format", "xml"],
        [*EXAMPLE, "--batch", "x.jsonl"],
        [*EXAMPLE, "--until", "x"],
        [*EXAMPLE, "--site", "/nowhere/at/all"],
    ],
)
def test_a_wrong_call_ends_with_2(arguments: list[str]) -> None:
    result = clock(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_batch_ends_with_0_whatever_its_lines_say(tmp_path: Path) -> None:
    good = {"id": "a", "start": "2026-09-30T16:30", "limit": "4工作时"}

    result = batch(tmp_path, good, "", "no json", {**good, "limit": "4小时"}, good)

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert result.stderr == ""
    assert [answer.get("error", {}).get("code") for answer in answers] == [
        None,
        "bad_line",
        "unknown_unit",
        None,
    ]
    assert answers[0] == answers[3]


def test_an_empty_batch_gives_no_answer(tmp_path: Path) -> None:
    result = batch(tmp_path)

    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("name", ["none.jsonl", ".", ""])
def test_a_batch_that_cannot_be_read_ends_with_2(name: str) -> None:
    result = clock("--batch", name)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr != ""


def test_slots_reading_and_calendars_come_from_the_site(tmp_path: Path) -> None:
    calendars = tmp_path / "site" / "workflows" / "calendars"
    calendars.mkdir(parents=True)
    (tmp_path / "site" / "config.toml").write_text(
        '[clock]\nslots = [["09:00", "17:00"]]\nworkday = "close_of_business"\n', encoding="utf-8"
    )
    (calendars / "a.csv").write_text("date,kind,name\n2026-11-24,holiday,局庆\n", encoding="utf-8")
    (calendars / "b.csv").write_text("date,kind,name\n2026-11-28,workday,局庆\n", encoding="utf-8")

    question = ["--start", "2026-11-23T09:00", "--limit", "4工作日", "--format", "json"]
    answer = json.loads(clock(*question, "--site", str(tmp_path / "site")).stdout)

    assert answer["due_at"] == "2026-11-28T17:00:00+08:00"
    assert [line["why"] for line in answer["lines"]] == ["start_day", "holiday", *["closing"] * 4]


def test_faults_of_a_calendar_are_told_and_nothing_is_answered(tmp_path: Path) -> None:
    calendars = tmp_path / "site" / "workflows" / "calendars"
    calendars.mkdir(parents=True)
    (calendars / "cn.csv").write_text("date,kind,name\n2026-11-24,feast,局庆\n", encoding="utf-8")

    result = clock(*EXAMPLE, "--site", str(tmp_path / "site"))

    assert result.exit_code != 0
    assert result.stdout == ""
    assert "cn.csv: line 2: bad_value" in result.stderr


def gridcase(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gridcase", *arguments],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def test_the_command_starts_without_the_heavy_libraries() -> None:
    run = gridcase("clock", *EXAMPLE)

    imported = run.stderr.decode()
    assert run.returncode == 0
    assert "gridcase.clock.arithmetic" in imported
    for library in ("sqlalchemy", "flask", "shapely", "pydantic", "transitions", "apscheduler"):
        assert f" {library}\n" not in imported


@pytest.mark.parametrize("coding", ["ascii", "gbk", "utf-8"])
def test_answers_are_utf_8_whatever_the_locale_says(coding: str) -> None:
    run = gridcase("clock", *EXAMPLE, PYTHONIOENCODING=coding)

    assert run.returncode == 0
    assert run.stdout.decode("utf-8").startswith("到期时刻 2026-10-08T10:30:00+08:00")


def test_bytes_that_are_no_text_are_refused_without_a_traceback() -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "gridcase",
            "clock",
            "--start",
            "2026-09-30T16:30",
            "--limit",
            b"4\xff",
            "--format",
            "json",
        ],
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert run.returncode == 1
    assert json.loads(run.stdout)["error"]["code"] == "unknown_unit"
    assert run.stderr.startswith(b"unknown_unit: ")


def test_fifteen_hundred_lines_with_limits_of_decades_are_answered(tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    units = ("工作时", "工作日", "紧急工作时", "紧急工作日", "自然日")
    with file.open("w", encoding="utf-8") as lines:
        for number in range(1500):
            size = 9999 if number % 150 == 1 else number % 30 + 1
            line = {"id": str(number), "start": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T16:30"}
            lines.write(json.dumps({**line, "limit": f"{size}{units[number % 5]}"}) + "\n")

    run = subprocess.run(
        [sys.executable, "-m", "gridcase", "clock", "--batch", file],
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert len(run.stdout.splitlines()) == 1500
    assert b'"error"' not in run.stdout
