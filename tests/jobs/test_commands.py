"""`gridcase run-job` and `gridcase jobs` as a person or a script calls them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gridcase.cli import main
from gridcase.config.tables import Jobs
from tests.making import Office
from tests.reminders.town import Town


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def run(office: Office, *arguments: str) -> Result:
    site = str(office.installation.site.root)
    url = office.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(main, ["--site", site, "--db", url, *arguments])


def test_run_job_prints_its_summary_as_one_json_object(office: Office) -> None:
    town = Town(office)
    for hour in (10, 11, 12):
        town.owe("A", f"2026-10-20T{hour}:00")

    first = run(office, "run-job", "remind", "--at", "2026-10-28T08:05")
    again = run(office, "run-job", "remind", "--at", "2026-10-28T08:05")

    assert (first.exit_code, again.exit_code) == (0, 0)
    summary = json.loads(first.stdout)
    assert (summary["slow_count"], summary["stored_count"]) == (1, 1)
    assert json.loads(again.stdout)["stored_count"] == 0
    assert town.told == [("2026-10-28", "A")]


def test_a_moment_with_an_offset_is_that_moment(sqlite_office: Office) -> None:
    local = run(sqlite_office, "run-job", "remind", "--at", "2026-10-25T00:00")
    utc = run(sqlite_office, "run-job", "remind", "--at", "2026-10-24T15:59:59Z")

    assert json.loads(local.stdout)["is_in_last_days"] is True
    assert json.loads(utc.stdout)["at"] == "2026-10-24T23:59:59+08:00"
    assert json.loads(utc.stdout)["is_in_last_days"] is False


def test_without_a_moment_the_job_runs_now(sqlite_office: Office) -> None:
    result = run(sqlite_office, "run-job", "release_holds")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"case_count": 0, "released_count": 0, "left_count": 0}


def test_an_unknown_job_exits_2_with_the_nearest_name_and_touches_no_database(tmp_path: Path) -> None:
    file = tmp_path / "none.db"

    result = CliRunner().invoke(
        main, ["run-job", "remnid", "--at", "2026-10-28T08:05", "--db", f"sqlite:///{file}"]
    )

    assert (result.exit_code, result.stdout) == (2, "")
    assert "unknown_job" in result.stderr
    assert "did you mean 'remind'?" in result.stderr
    assert not file.exists()


def test_a_moment_that_is_none_exits_2(sqlite_office: Office) -> None:
    result = run(sqlite_office, "run-job", "remind", "--at", "28.10.2026")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "bad_time" in result.stderr


def test_jobs_lists_name_time_and_purpose(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[jobs]\nremind = "09:30"\n', encoding="utf-8")

    result = CliRunner().invoke(main, ["jobs", "--site", str(tmp_path)])

    assert result.exit_code == 0
    listed = [line.split()[:2] for line in result.stdout.splitlines()]
    assert [line for line in listed if line[0] in ("release_holds", "watchdog", "remind")] == [
        ["release_holds", "every"],
        ["watchdog", "every"],
        ["remind", "09:30"],
    ]
    assert len(listed) == len(fields(Jobs))
    assert "催办" in result.stdout
