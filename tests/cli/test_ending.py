"""Commands that cannot do their work end with one line and an exit code, never with a traceback."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gridcase.cli import main
from gridcase.cli.ending import in_our_words
from tests.cli.site import OwnSite, own_site

NOBODY = "postgresql+psycopg://u:geheim@127.0.0.1:1/none"
STORY = '{"user": {"name": "i1", "roles": ["inspector"]}}\n'
CALENDAR = "date,kind,name\n2027-01-01,holiday,元旦\n"
# What each command that takes `--db` needs beside it (`check` tells an unreachable database among the faults that it
# finds); FILE is a file that it can read.
ARGUMENTS = {
    "serve": [],
    "demo": ["--no-serve"],
    "play": ["FILE"],
    "clock": ["--start", "2026-12-30T15:00", "--limit", "3工作日"],
    "import calendar": ["FILE"],
    "import categories": ["FILE"],
    "import rules": ["FILE"],
    "rules gaps": [],
    "rules replay": ["FILE"],
    "workflow list": [],
    "workflow diff": ["standard@7", "standard"],
    "workflow migrate": ["FILE"],
    "rank": ["--period", "2026-10", "--of", "streets"],
    "verify-history": [],
    "replay": [],
    "export case": ["20261009000001", "--as", "leader"],
    "db status": [],
    "db upgrade": [],
    "user add": ["i1", "--role", "inspector"],
    "user list": [],
    "user password": ["i1"],
    "user unbind": ["i1"],
    "department add": ["A", "甲局"],
    "department list": [],
    "token": ["leader"],
    "scheduler": [],
    "run-job": ["remind"],
    "freeze": ["--period", "2026-10", "--of", "streets"],
    "check-frozen": ["--period", "2026-10", "--of", "streets"],
    "amend": ["--period", "2026-10", "--of", "streets", "--ref", "2026-114", "--reason", "申诉成立"],
    "import-scores": ["--period", "2026-10", "FILE"],
    "import-checks": ["dust", "FILE", "--period", "2026-10"],
    "list-checks": ["dust", "--period", "2026-10"],
    "cases": ["--period", "2026-10", "--of", "streets", "--unit", "A", "--count", "closed_count"],
    "facts rebuild": [],
    "forecast": ["--period", "2026-10", "--of", "departments", "--unit", "A"],
    "look-back": ["--of", "streets"],
    "what-if": ["--scheme", "area", "--from", "2026-09", "--to", "2026-10"],
    "bulletin": ["--period", "2026-10", "--of", "streets"],
    "integrity": ["--month", "2026-10"],
}
TABLE = (
    "standard,kind,main_code,main_name,sub_code,sub_name,condition_no,condition,closing_condition,limit\n"
    "yuncheng-2026,event,01,市容环境,10,暴露生活垃圾,1,散落垃圾,清理,4工作时\n"
)
SCORES = "unit,city_score,source,document,issued_on\nA,95,市级考核,津网〔2026〕1号,2026-11-05\n"
SAMPLES = "unit,road,road_class,point,grams,area,date\nA,卫津路,2,1,24.2,2,2026-10-12\n"
CONTENT = {
    "play": STORY, "import calendar": CALENDAR, "import categories": TABLE, "import-scores": SCORES,
    "import-checks": SAMPLES,
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, quick_geo: Path) -> OwnSite:
    return own_site(tmp_path_factory.mktemp("ending"), quick_geo)


def with_a_database(group: click.Group, *path: str) -> Iterator[str]:
    """The commands that take `--db`, each with the names of its groups."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from with_a_database(command, *path, name)
        elif command is not None and any(parameter.name == "db" for parameter in command.params):
            yield " ".join((*path, name))


@pytest.mark.parametrize("command", [name for name in with_a_database(main) if name != "check"])
def test_a_database_that_nobody_answers_for_is_told_in_one_line(
    site: OwnSite, tmp_path: Path, command: str
) -> None:
    file = tmp_path / "file"
    file.write_text(CONTENT.get(command, ""), encoding="utf-8")
    arguments = [str(file) if given == "FILE" else given for given in ARGUMENTS[command]]

    result = CliRunner().invoke(
        main, ["--site", str(site.folder), *command.split(), *arguments, "--db", NOBODY]
    )

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("database_unreachable: connection failed")
    assert result.stderr.count("\n") == 1
    assert "geheim" not in result.stderr


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nowhere", "bad_value: --db must be sqlite:///FILE or postgresql+psycopg://"),
        ("mysql://127.0.0.1/x", "bad_value: --db must be sqlite:///FILE"),
        ("sqlite:////dev/null/x/own.db", "bad_file: /dev/null/x"),
    ],
)
def test_what_is_no_database_is_told_in_one_line(site: OwnSite, url: str, told: str) -> None:
    result = site.run("db", "upgrade", "--db", url)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(told)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        "verify-history",
        "replay --check",
        "run-job watchdog",
        "export case 20261001000001 --as leader",
        "rank --period 2026-10 --of streets",
        "user list",
        "department list",
        "rules replay FILE",
        "workflow migrate FILE",
    ],
)
def test_what_looks_at_a_database_that_is_not_there_says_so_and_makes_none(
    site: OwnSite, tmp_path: Path, command: str
) -> None:
    file, given = tmp_path / "mistyped.db", tmp_path / "given"
    given.write_text("", encoding="utf-8")

    arguments = [str(given) if part == "FILE" else part for part in command.split()]
    result = site.run(*arguments, "--db", f"sqlite:///{file}")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"no_database: there is no database file {file}")
    assert not file.exists()


@pytest.mark.parametrize("arguments", [["clock", "--batch", "-"], ["--help"]])
def test_an_output_that_takes_nothing_is_told_in_one_line(arguments: list[str]) -> None:
    line = '{"id": "a", "start": "2026-12-30T15:00", "limit": "3工作日"}\n'
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", "from gridcase.cli import main; main()", *arguments],
            input=line.encode(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert (ended.returncode, ended.stderr.decode()) == (1, "cannot_write: No space left on device\n")


@pytest.mark.parametrize(
    ("closed", "is_told"), [(">&-", False), ("2>&-", True), ("<&-", True), ("<&- >&- 2>&-", False)]
)
def test_streams_that_were_closed_before_are_no_fault(closed: str, is_told: bool) -> None:
    command = f'exec "$0" -m gridcase clock --start 2026-12-30T15:00 --limit 3工作日 {closed}'

    ended = subprocess.run(["sh", "-c", command, sys.executable], capture_output=True, check=False)

    assert (ended.returncode, ended.stderr.decode(), bool(ended.stdout)) == (0, "", is_told)


def test_a_table_that_is_not_there_is_a_fault_of_the_program() -> None:
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(sqlite3.OperationalError) as raised,
    ):
        connection.execute("SELECT 1 FROM nowhere")

    assert in_our_words(raised.value) is None


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), ModuleNotFoundError("x", name="x")])
def test_a_fault_of_the_program_stays_one(error: Exception) -> None:
    assert in_our_words(error) is None
