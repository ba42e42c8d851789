"""`gridcase import calendar`: shown before it is written, all or nothing, and counted by at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gridcase.cases import following
from gridcase.cli import main
from tests.cases.clocking import dispatched, due_of
from tests.cli.site import OwnSite, own_site
from tests.making import Office

NEW_YEAR = "date,kind,name\n2027-01-01,holiday,元旦\n2027-01-04,holiday,元旦\n"


@pytest.fixture(autouse=True)
def _nobody_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "SETTLE_S", 0)


@pytest.fixture
def site(tmp_path: Path, quick_geo: Path) -> OwnSite:
    return own_site(tmp_path, quick_geo)


def file_of(folder: Path, text: str, name: str = "calendar.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def due(site: OwnSite, start: str = "2026-12-30T15:00", limit: str = "3工作日") -> str:
    answer = site.run("clock", "--start", start, "--limit", limit, "--format", "json")
    assert answer.exit_code == 0, answer.output
    return str(json.loads(answer.stdout)["due_at"])


def test_a_dry_run_shows_what_would_change_and_writes_nothing(site: OwnSite, tmp_path: Path) -> None:
    result = site.run("import", "calendar", file_of(tmp_path, NEW_YEAR), "--dry-run")

    assert result.exit_code == 0
    assert "2 added, 0 changed, 0 removed" in result.stdout
    assert "+ 2027-01-01 holiday 元旦" in result.stdout
    assert not Path(site.url.removeprefix("sqlite:///")).exists()


def test_imported_dates_override_the_files_of_the_site_for_the_clock_command(
    site: OwnSite, tmp_path: Path
) -> None:
    assert due(site) == "2027-01-04T15:00:00+08:00"

    result = site.run("import", "calendar", file_of(tmp_path, NEW_YEAR))

    assert result.exit_code == 0
    assert due(site) == "2027-01-06T15:00:00+08:00"
    again = site.run("import", "calendar", file_of(tmp_path, "date,kind,name\n2026-10-10,holiday,局庆\n"))
    assert "0 added, 1 changed, 0 removed" in again.stdout
    assert "~ 2026-10-10 workday 国庆节 -> holiday 局庆" in again.stdout
    assert due(site, "2026-10-09T15:00", "1工作日") == "2026-10-12T15:00:00+08:00"
    assert due(site) == "2027-01-06T15:00:00+08:00"


def test_the_batch_of_the_clock_command_counts_by_imported_dates(site: OwnSite, tmp_path: Path) -> None:
    site.run("import", "calendar", file_of(tmp_path, NEW_YEAR))
    line = json.dumps({"id": "a", "start": "2026-12-30T15:00", "limit": "3工作日"})

    result = site.run("clock", "--batch", file_of(tmp_path, line, "lines.jsonl"))

    answer = json.loads(result.stdout)
    assert answer["due_at"] == "2027-01-06T15:00:00+08:00"
    assert [one["name"] for one in answer["lines"] if one.get("why") == "holiday"] == ["元旦", "元旦"]


def test_a_second_import_changes_nothing(site: OwnSite, tmp_path: Path) -> None:
    file = file_of(tmp_path, NEW_YEAR)
    site.run("import", "calendar", file)

    result = site.run("import", "calendar", file)

    assert result.exit_code == 0
    assert "0 added, 0 changed, 0 removed" in result.stdout


def test_a_date_that_a_later_file_of_the_year_leaves_out_is_removed(site: OwnSite, tmp_path: Path) -> None:
    site.run("import", "calendar", file_of(tmp_path, NEW_YEAR))

    result = site.run("import", "calendar", file_of(tmp_path, "date,kind,name\n2027-01-01,holiday,元旦\n"))

    assert "0 added, 0 changed, 1 removed" in result.stdout
    assert "- 2027-01-04 holiday 元旦" in result.stdout
    assert due(site) == "2027-01-05T15:00:00+08:00"


def test_of_many_dates_the_first_are_shown_and_the_rest_is_counted(site: OwnSite, tmp_path: Path) -> None:
    days = "".join(f"2027-03-{day:02},holiday,假\n" for day in range(1, 21))

    result = site.run("import", "calendar", file_of(tmp_path, f"date,kind,name\n{days}"), "--dry-run")

    assert "20 added" in result.stdout
    assert result.stdout.count("+ 2027-03") == 10
    assert "(10 more)" in result.stdout


def test_every_fault_is_listed_with_file_line_and_code_and_nothing_is_written(
    site: OwnSite, tmp_path: Path
) -> None:
    lines = [
        "2027-01-01,holiday,元旦",
        "2027-13-01,holiday,a",
        "2027-01-05,holidy,a",
        "2027-01-01,workday,b",
        "x",
    ]
    file = file_of(tmp_path, "\n".join(["date,kind,name", *lines]))

    result = site.run("import", "calendar", file)

    assert (result.exit_code, result.stdout) == (2, "")
    told = [line.split(": ")[:3] for line in result.stderr.splitlines()]
    assert told == [
        [file, "line 3", "bad_value"],
        [file, "line 4", "bad_value"],
        [file, "line 5", "duplicate_name"],
        [file, "line 6", "bad_value"],
    ]
    assert due(site) == "2027-01-04T15:00:00+08:00"


@pytest.mark.parametrize("content", [None, b"date,kind,name\n2027-01-01,holiday,\xd4\xaa\xb5\xa9\n"])
def test_a_file_that_cannot_be_read_exits_2(site: OwnSite, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "calendar.csv"
    if content is not None:
        file.write_bytes(content)

    result = site.run("import", "calendar", str(file))

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{file}: bad_file" in result.stderr


def in_office(office: Office, *arguments: str) -> Result:
    site = str(office.installation.site.root)
    url = office.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(main, ["--site", site, "--db", url, *arguments])


def test_open_cases_follow_at_once_and_the_clock_command_agrees(office: Office, tmp_path: Path) -> None:
    number = dispatched(office, "3工作日", "2026-12-30T15:00")

    result = in_office(office, "import", "calendar", file_of(tmp_path, NEW_YEAR))

    assert result.exit_code == 0, result.output
    assert "1 open cases, 1 due moments moved in 1" in result.stdout
    assert due_of(office, number) == "01-06 15:00"
    asked = in_office(
        office, "clock", "--start", "2026-12-30T15:00", "--limit", "3工作日", "--format", "json"
    )
    assert json.loads(asked.stdout)["due_at"] == "2027-01-06T15:00:00+08:00"
    again = in_office(office, "import", "calendar", file_of(tmp_path, NEW_YEAR))
    assert "0 open cases, 0 due moments moved in 0" in again.stdout


def test_the_clock_command_names_a_database_that_cannot_be_read(site: OwnSite, tmp_path: Path) -> None:
    Path(site.url.removeprefix("sqlite:///")).write_text(
        "no database at all, but long enough to look at" * 20
    )

    result = site.run("clock", "--start", "2026-12-30T15:00", "--limit", "3工作日")

    assert result.exit_code == 2
    assert result.stderr == "database_unreachable: file is not a database\n"
