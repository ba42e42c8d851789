"""`gridcase check` and `gridcase diagram`: every fault with file and place, exit 0 without and 1 with any."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gridcase.cases.definitions import store_versions
from gridcase.cases.guards import GUARDS
from gridcase.cases.records import RECORD_NAMES
from gridcase.cli import main
from gridcase.db import Database
from gridcase.engine import load_flows, read_folder
from gridcase.migrations import upgrade
from tests.engine.fakes import check_limit
from tests.house.repository import ROOT

SHIPPED = ROOT / "workflows"
DISTRICT = "120104"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    folder = tmp_path / "workflows"
    folder.mkdir()
    shutil.copy(SHIPPED / "standard.toml", folder)
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    if old not in text:
        raise AssertionError(f"{old!r} does not stand in {file}")
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_workflows_have_no_fault() -> None:
    result = run("check", "--workflows", SHIPPED)

    assert (result.exit_code, result.stdout) == (0, "")


def test_all_faults_of_all_files_are_printed_one_a_line_with_file_and_place(workflows: Path) -> None:
    change(workflows / "standard.toml", 'to = "verifying"', 'to = "verifing"')
    change(workflows / "standard.toml", '"0.25紧急工作时"', '"15分钟"')
    (workflows / "a.toml").write_text("name = [", encoding="utf-8")

    result = run("check", "--workflows", workflows)

    assert result.exit_code == 1
    first, second, third = result.stdout.splitlines()
    assert first.startswith("workflows/a.toml: bad_file: not TOML: ")
    assert second == (
        "workflows/standard.toml: transition 19 send_verification: unknown_state: "
        'to = "verifing", nearest is "verifying"'
    )
    assert third.startswith('workflows/standard.toml: clock 1 intake: unknown_unit: limit = "15分钟" ')


def test_a_folder_without_any_definition_is_told(tmp_path: Path) -> None:
    (tmp_path / "schemes").mkdir()
    (tmp_path / "notices.toml").touch()

    result = run("check", "--workflows", tmp_path)

    assert result.exit_code == 1
    assert (
        result.stdout
        == f"{tmp_path}: no_workflow: there is no workflow definition (NAME.toml) in this folder\n"
    )


def test_files_of_another_form_in_the_folder_are_not_looked_at(workflows: Path) -> None:
    for name in ("notices.toml", "duties.toml", "notes.txt"):
        (workflows / name).write_text("not a workflow", encoding="utf-8")

    assert run("check", "--workflows", workflows).exit_code == 0


@pytest.fixture
def bare_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder whose configuration and database must not be looked at."""
    (tmp_path / "config.toml").write_text("nonsense = [", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRIDCASE_DATABASE_URL", "sqlite:///made.db")
    return tmp_path


def test_workflows_alone_need_no_configuration_and_no_database(bare_folder: Path, workflows: Path) -> None:
    assert run("check", "--workflows", workflows).exit_code == 0
    assert not (bare_folder / "made.db").exists()


def test_a_faulty_geo_folder_is_told_without_configuration_and_database(bare_folder: Path) -> None:
    (bare_folder / "geo").mkdir()
    (bare_folder / "geo" / "unit_grid_cells.geojson").write_text("{", encoding="utf-8")

    result = run("check", "--geo", bare_folder / "geo")

    assert result.exit_code == 1
    assert "geo/unit_grid_cells.geojson: " in result.stdout
    assert {line.partition("/")[0] for line in result.stdout.splitlines()} == {"geo"}
    assert not (bare_folder / "made.db").exists()


def test_a_faulty_configuration_is_told(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[lamp]\nyelow = 80\n", encoding="utf-8")

    result = run("check", "--config", file)

    assert result.exit_code == 1
    assert result.stdout.startswith(f"{file}: lamp.yelow: unknown_key: ")


@pytest.mark.parametrize("option", ["--workflows", "--geo", "--config"])
def test_a_folder_or_file_that_is_not_there_is_not_understood(option: str, tmp_path: Path) -> None:
    assert run("check", option, tmp_path / "missing").exit_code == 2


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    shutil.copytree(SHIPPED, root / "workflows")
    shutil.copy(ROOT / "config.toml", root)
    return root


def test_the_whole_site_is_checked_in_one_run(site: Path) -> None:
    change(site / "config.toml", "yellow = 80", "yelow = 80")
    change(site / "workflows" / "standard.toml", 'label = "监督员"\n', "")
    change(site / "workflows" / "channels.csv", "code,", "kode,")
    change(site / "workflows" / "schemes" / "area.toml", "version = ", "verzion = ")
    change(site / "workflows" / "calendars" / "cn-2025-2026.csv", "holiday", "holliday")
    (site / "workflows" / "schemes" / "own.toml").write_bytes(b"\xff")

    result = run("check", "--site", site)

    assert result.exit_code == 1
    for place in (
        "config.toml: lamp.yelow: unknown_key: ",
        "workflows/standard.toml: role 1 inspector: no_label: ",
        "workflows/channels.csv: line 1: bad_header: ",
        "schemes/area.toml: ",
        "schemes/own.toml: bad_file: ",
        "cn-2025-2026.csv: ",
    ):
        assert place in result.stdout, place


def test_settings_that_name_what_is_not_there_are_faults(site: Path) -> None:
    change(site / "config.toml", 'default = "standard"', 'default = "special"')
    change(site / "config.toml", 'standard = "yuncheng-2026"', 'standard = "yuncheng-2062"')

    result = run("check", "--site", site)

    assert result.exit_code == 1
    assert "config.toml: workflow.default: unknown_workflow: " in result.stdout
    assert "config.toml: catalogue.standard: unknown_standard: " in result.stdout


@pytest.fixture
def filled_url(sqlite_url: str) -> str:
    """A database in which the shipped workflows are in use."""
    database = Database(sqlite_url)
    upgrade(database)
    flows = load_flows(read_folder(SHIPPED), GUARDS, records=RECORD_NAMES, check_limit=check_limit)
    with database.transaction() as connection:
        store_versions(connection, DISTRICT, flows, now=datetime(2026, 11, 21, 1, 0, tzinfo=UTC))
    database.close()
    return sqlite_url


def test_a_text_changed_under_a_version_in_use_is_found_with_the_database(
    workflows: Path, filled_url: str
) -> None:
    change(workflows / "standard.toml", 'label = "受理"', 'label = "登记受理"')

    without, told = (
        run("check", "--workflows", workflows),
        run("check", "--workflows", workflows, "--db", filled_url),
    )

    assert without.exit_code == 0
    assert told.exit_code == 1
    assert told.stdout.startswith("workflows/standard.toml: version_not_raised: ")
    assert "0 open cases" in told.stdout


def test_a_raised_version_is_no_fault_for_the_database(workflows: Path, filled_url: str) -> None:
    change(workflows / "standard.toml", "version = 1", "version = 2")

    assert run("check", "--workflows", workflows, "--db", filled_url).exit_code == 0


def test_a_database_that_is_not_there_is_told_and_not_made(workflows: Path, tmp_path: Path) -> None:
    result = run("check", "--workflows", workflows, "--db", f"sqlite:///{tmp_path}/none/none.db")

    assert result.exit_code == 1
    assert "none.db: no_database: " in result.stdout
    assert not (tmp_path / "none").exists()


def test_an_empty_database_has_nothing_to_compare(workflows: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()

    assert run("check", "--workflows", workflows, "--db", f"sqlite:///{tmp_path}/empty.db").exit_code == 0


def test_a_file_that_is_no_database_is_told(workflows: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("dear database" * 100, encoding="utf-8")

    result = run("check", "--workflows", workflows, "--db", f"sqlite:///{tmp_path}/letter.db")

    assert result.exit_code == 1
    assert "letter.db: no_database: " in result.stdout


def test_the_diagram_of_a_workflow_is_printed() -> None:
    result = run("diagram", "standard")

    assert result.exit_code == 0
    assert "stateDiagram-v2" in result.stdout
    assert 'state "结案" as closed' in result.stdout


def test_a_diagram_of_no_workflow_is_not_found() -> None:
    result = run("diagram", "standart")

    assert (result.exit_code, result.stdout) == (1, "")
    assert 'unknown_workflow: no workflow "standart", nearest is "standard"' in result.stderr


def test_a_diagram_of_a_faulty_folder_tells_the_faults(site: Path) -> None:
    change(site / "workflows" / "standard.toml", 'label = "监督员"\n', "")

    result = run("diagram", "standard", "--site", site)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "workflows/standard.toml: role 1 inspector: no_label: " in result.stderr
