"""The commands `gridcase workflow list`, `diff` and `migrate`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gridcase.cli import main
from tests.cases.checking import check_case
from tests.cases.sites import STANDARD, open_site, workflows_of
from tests.cases.test_definitions import SECOND
from tests.making import Office

RENAMED = STANDARD.replace("version = 1", "version = 2").replace('"handled"', '"fed_back"')
PLAN = 'workflow = "standard"\nfrom = 1\nto = 2\nreason = "改用第 2 版"\n[states]\nhandled = "fed_back"\n'


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, quick_geo: Path) -> Iterator[Office]:
    """A site with two cases on version 1, to which version 2 comes afterwards."""
    made = open_site(sqlite_url, tmp_path, geo=quick_geo)
    made.walk(made.report(), "handled")
    made.report()
    (workflows_of(tmp_path) / "second.toml").write_text(RENAMED, encoding="utf-8")
    yield made
    made.database.close()


def run(office: Office, *args: str, exit_code: int = 0) -> Result:
    root = office.installation.site.root
    url = office.database.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(main, ["--site", str(root), "--db", url, "workflow", *args])
    assert result.exit_code == exit_code, result.output
    return result


def plan(office: Office, text: str = PLAN) -> str:
    file = Path(office.installation.site.root) / "plan.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_versions_are_listed_with_where_their_open_cases_stand(office: Office) -> None:
    items = json.loads(run(office, "list", "--format", "json").stdout)

    told = {(item["workflow"], item["version"]): (item["takes_new_cases"], item["open"]) for item in items}
    assert told["standard", 1] == (False, {"handled": 1, "reported": 1})
    assert told["standard", 2] == (True, {})
    assert "standard@1\t标准案件\thandled 1，reported 1" in run(office, "list").stdout


def test_stranded_cases_are_listed_though_the_site_does_not_start(office: Office) -> None:
    with office.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE cases SET state = 'fed_back' WHERE state = 'handled'")

    items = json.loads(run(office, "list", "--format", "json").stdout)
    assert [item["open"] for item in items if item["version"] == 1 and item["workflow"] == "standard"] == [
        {"fed_back": 1, "reported": 1}
    ]
    assert "strands_cases" in run(office, "migrate", plan(office), exit_code=1).stderr


def test_two_versions_of_the_site_are_compared(office: Office) -> None:
    lines = run(office, "diff", "standard@1", "standard").stdout.splitlines()

    assert "~ workflow standard: version = 1 -> 2" in lines
    assert {"- state handled", "+ state fed_back"} <= set(lines)
    assert '~ transition give_feedback: handling -> handled: to = "handled" -> "fed_back"' in lines
    found = json.loads(run(office, "diff", "standard@1", "standard@2", "--format", "json").stdout)
    assert {
        "kind": "added",
        "table": "state",
        "name": "fed_back",
        "key": None,
        "old": None,
        "new": None,
    } in found


def test_files_are_compared_without_a_site(tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(STANDARD, encoding="utf-8")
    two.write_text(SECOND, encoding="utf-8")

    result = CliRunner().invoke(main, ["workflow", "diff", str(one), str(two)])

    assert result.exit_code == 0
    assert "- transition receive: dispatched -> handling" in result.stdout.splitlines()
    assert "+ transition take_over: dispatched -> handling" in result.stdout.splitlines()


def test_a_version_that_left_the_folder_is_found_among_the_stored(office: Office) -> None:
    workflows = Path(office.installation.site.root) / "workflows"
    (workflows / "standard.toml").unlink()

    assert "- state handled" in run(office, "diff", "standard@1", "standard@2").stdout.splitlines()


def test_what_is_not_there_is_said(office: Office) -> None:
    assert "no version 7" in run(office, "diff", "standard@7", "standard", exit_code=1).stderr
    assert "standard" in run(office, "diff", "standrad", "standard", exit_code=1).stderr


def test_a_dry_run_shows_what_a_run_does(office: Office) -> None:
    file = plan(office)

    dry = run(office, "migrate", file, "--dry-run")
    assert "handled -> fed_back\t1" in dry.stdout
    assert "reported -> reported\t1" in dry.stdout
    assert [row["definition_version"] for row in office.rows("cases")] == [1, 1]

    done = json.loads(run(office, "migrate", file, "--format", "json", "--by", "administrator").stdout)
    assert done["case_count"] == 2
    assert [row["definition_version"] for row in office.rows("cases")] == [2, 2]
    (step,) = [
        row for row in office.rows("step") if row["trigger"] == "migrate" and row["to_state"] == "fed_back"
    ]
    assert (step["actor"], step["role"], step["reason"]) == ("administrator", "administrator", "改用第 2 版")
    assert json.loads(run(office, "migrate", file, "--format", "json").stdout)["case_count"] == 0


def test_a_plan_that_cannot_be_read_ends_with_2(office: Office) -> None:
    assert (
        "unknown_state"
        in run(office, "migrate", plan(office, PLAN + 'flied = "filed"\n'), exit_code=2).stderr
    )
    assert (
        "bad_file"
        in run(office, "migrate", str(office.installation.site.root / "none.toml"), exit_code=2).stderr
    )


def test_a_case_in_the_way_ends_with_3_and_nothing_is_written(office: Office) -> None:
    result = run(office, "migrate", plan(office, PLAN.replace('handled = "fed_back"', "")), exit_code=3)

    assert "strands_cases" in result.stderr
    assert [row["definition_version"] for row in office.rows("cases")] == [1, 1]


@pytest.mark.parametrize(("who", "exit_code"), [("dispatcher", 3), ("nobody", 1)])
def test_only_an_administrator_answers_for_it(office: Office, who: str, exit_code: int) -> None:
    run(office, "migrate", plan(office), "--by", who, exit_code=exit_code)

    assert [row["definition_version"] for row in office.rows("cases")] == [1, 1]


def test_a_check_with_the_database_names_stranded_cases(office: Office) -> None:
    workflows = Path(office.installation.site.root) / "workflows"
    (workflows / "standard.toml").write_text(STANDARD.replace('"handled"', '"fed_back"'), encoding="utf-8")
    url = office.database.url.render_as_string(hide_password=False)

    result = CliRunner().invoke(main, ["check", "--workflows", str(workflows), "--db", url])

    assert result.exit_code == 1
    assert 'strands_cases: 1 open cases stand in "handled"' in result.stdout
    assert "version_not_raised" in result.stdout


def test_the_site_serves_what_went_over(office: Office, tmp_path: Path, quick_geo: Path) -> None:
    numbers = [row["number"] for row in office.rows("cases")]
    run(office, "migrate", plan(office))
    later = open_site(office.database.url.render_as_string(hide_password=False), tmp_path, geo=quick_geo)

    assert [check_case(later, number).definition.version for number in numbers] == [2, 2]
    later.database.close()
