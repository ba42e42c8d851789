"""`gridcase export case`: the case file as one user may have it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from gridcase.cli import main
from tests.making import Office


def run(office: Office, *arguments: str) -> Result:
    site = str(office.installation.site.root)
    url = office.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(main, ["--site", site, "--db", url, "export", "case", *arguments])


def test_json_goes_to_standard_output(office: Office) -> None:
    number = office.walk(office.report(), "filed")

    result = run(office, number, "--as", "leader")

    assert result.exit_code == 0, result.output
    file = json.loads(result.stdout)
    assert [step["trigger"] for step in file["steps"]] == ["report", "accept", "file"]
    assert file["history"]["is_sound"] is True


def test_a_pdf_goes_into_the_file_named(sqlite_office: Office, tmp_path: Path) -> None:
    number = sqlite_office.report()
    target = tmp_path / "案卷.pdf"

    result = run(sqlite_office, number, "--as", "inspector", "--format", "pdf", "--output", str(target))

    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_bytes().startswith(b"%PDF-")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_user_gets_only_what_they_may_see(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.report(
        "intake_operator", channel="hotline_12345", reporter={"name": "王五", "phone": "139"}
    )

    assert "王五" in run(office, number, "--as", "intake_operator").stdout
    assert "王五" not in run(office, number, "--as", "inspector").stdout
    hidden = run(office, number, "--as", "officer_a")
    assert (hidden.exit_code, hidden.stdout) == (1, "")
    assert hidden.stderr.startswith("unknown_case")


def test_an_unknown_user_or_case_exits_1(sqlite_office: Office) -> None:
    number = sqlite_office.report()

    assert "unknown_user" in run(sqlite_office, number, "--as", "nobody").stderr
    assert run(sqlite_office, number, "--as", "nobody").exit_code == 1
    assert run(sqlite_office, "20990101000001", "--as", "leader").exit_code == 1
    assert run(sqlite_office, number).exit_code == 2
