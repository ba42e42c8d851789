"""The command group: help without heavy imports, exit codes, errors for people, the order of site and database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gridcase.cli import LazyGroup, main
from gridcase.cli.commands import COMMANDS, Entry
from gridcase.cli.ending import error_lines, exit_code
from gridcase.cli.options import choose_database_url, db_option, load_site, load_site_settings, site_option
from gridcase.config import Settings
from gridcase.errors import (
    ChangedMeanwhile,
    DefinitionError,
    Fault,
    GridcaseError,
    Invalid,
    NotFound,
    NotPermitted,
    Reason,
    Refused,
)
from gridcase.resources import SiteFolder, shipped_folder

HEAVY = (
    "sqlalchemy",
    "flask",
    "shapely",
    "pyproj",
    "pydantic",
    "transitions",
    "alembic",
    "apscheduler",
    "geojson",
    "PIL",
)
LOADED = f"import sys; print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"


def heavy_modules_after(code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOADED}"], capture_output=True, text=True, check=True, timeout=60
    )
    return run.stderr.strip().splitlines()[-1]


def calling(*arguments: str) -> str:
    return (
        "from gridcase.cli import main\n"
        f"try:\n    main({list(arguments)!r})\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
    )


def test_importing_the_commands_imports_nothing_heavy() -> None:
    assert heavy_modules_after("import gridcase.cli") == "[]"


def test_help_imports_nothing_heavy() -> None:
    assert heavy_modules_after(calling("--help")) == "[]"


def test_the_clock_imports_nothing_heavy() -> None:
    assert heavy_modules_after(calling("clock", "--start", "2026-09-30T16:30", "--limit", "4工作时")) == "[]"


def test_help_lists_every_command_with_its_line() -> None:
    result = CliRunner().invoke(main, ["--help"])

    assert result.exit_code == 0
    shown = "".join(result.output.split())
    for name, entry in COMMANDS.items():
        assert "".join(f"{name} {entry.help}".split()) in shown


def test_an_unknown_command_names_the_nearest_and_exits_2() -> None:
    result = CliRunner().invoke(main, ["locat"])

    assert result.exit_code == 2
    assert "locate" in result.stderr


def test_the_version_is_that_of_the_package() -> None:
    assert "0.1.0" in CliRunner().invoke(main, ["--version"]).output


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid("bad_point"), 2),
        (NotFound("unknown_case"), 1),
        (GridcaseError("anything"), 1),
        (NotPermitted("separation"), 3),
        (Refused([Reason("wrong_state")]), 3),
        (ChangedMeanwhile(), 3),
        (DefinitionError([Fault("config.toml", "clock", "unknown_key", "text")]), 1),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: GridcaseError, code: int) -> None:
    assert exit_code(error) == code


def test_an_error_reads_code_and_message_then_each_field() -> None:
    error = Invalid(
        "bad_body", "two fields", errors=[Reason("bad_value", field="lon"), Reason("unknown_field")]
    )

    assert error_lines(error) == ["bad_body: two fields", "  lon: bad_value", "  -: unknown_field"]


def test_a_faulty_file_lists_all_faults() -> None:
    faults = [
        Fault("a.toml", "clock", "unknown_key", "first"),
        Fault("a.toml", "lamp", "bad_value", "second"),
    ]

    assert error_lines(DefinitionError(faults)) == [
        "a.toml: clock: unknown_key: first",
        "a.toml: lamp: bad_value: second",
    ]


@click.command()
@site_option
@db_option
@click.option("--raise", "raises", is_flag=True)
def probe(site: str | None, db: str | None, raises: bool) -> None:
    """Shows what it was given."""
    if raises:
        raise NotFound("unknown_case", "no such case")
    click.echo(f"{site} {db}")


@pytest.fixture
def group_with_probe(monkeypatch: pytest.MonkeyPatch) -> LazyGroup:
    monkeypatch.setitem(sys.modules, "probe_module", sys.modules[__name__])
    monkeypatch.setitem(COMMANDS, "probe", Entry("probe_module:probe", "试", "probe"))
    assert isinstance(main, LazyGroup)
    return main


def test_site_and_database_may_stand_before_or_after_the_command(group_with_probe: LazyGroup) -> None:
    run = CliRunner().invoke

    assert run(group_with_probe, ["--site", "a", "--db", "b", "probe"]).output == "a b\n"
    assert run(group_with_probe, ["probe", "--site", "a", "--db", "b"]).output == "a b\n"
    assert run(group_with_probe, ["--site", "x", "probe", "--site", "a"]).output == "a None\n"


def test_an_error_of_a_command_goes_to_standard_error_with_its_exit_code(group_with_probe: LazyGroup) -> None:
    result = CliRunner().invoke(group_with_probe, ["probe", "--raise"])

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "unknown_case: no such case\n")


def test_a_missing_site_folder_is_input_not_understood(group_with_probe: LazyGroup, tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="site folder not found"):
        load_site(str(tmp_path / "absent"))


def test_a_site_without_config_has_the_shipped_settings(tmp_path: Path) -> None:
    assert load_site_settings(str(tmp_path)) == Settings()


def test_a_faulty_config_names_its_own_path(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[clok]\n", encoding="utf-8")

    with pytest.raises(DefinitionError) as caught:
        load_site_settings(str(tmp_path))

    assert caught.value.faults[0].file == str(tmp_path / "config.toml")


def test_the_database_option_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, settings = SiteFolder(tmp_path), Settings()
    monkeypatch.chdir(tmp_path.parent)

    monkeypatch.delenv("GRIDCASE_DATABASE_URL", raising=False)
    assert choose_database_url(None, settings, site) == f"sqlite:///{tmp_path}/var/gridcase.db"
    monkeypatch.setenv("GRIDCASE_DATABASE_URL", "postgresql+psycopg://localhost/env")
    assert choose_database_url(None, settings, site) == "postgresql+psycopg://localhost/env"
    assert choose_database_url("sqlite:///own.db", settings, site) == f"sqlite:///{tmp_path.parent}/own.db"
    assert choose_database_url("sqlite:////abs.db", settings, site) == "sqlite:////abs.db"


def test_nothing_is_written_beside_the_shipped_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRIDCASE_DATABASE_URL", raising=False)

    url = choose_database_url(None, Settings(), SiteFolder(shipped_folder()))

    assert url == f"sqlite:///{tmp_path}/var/gridcase.db"


@pytest.mark.parametrize(
    "url", ["mysql://root:geheim@localhost/x", "postgresql://u:geheim@h/x", "my.db", "sqlite:///"]
)
def test_a_database_of_another_kind_is_refused_with_those_that_are_known(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRIDCASE_DATABASE_URL", raising=False)
    asked = CliRunner().invoke(main, ["db", "status", "--db", url])
    monkeypatch.setenv("GRIDCASE_DATABASE_URL", url)
    of_environment = CliRunner().invoke(main, ["db", "status"])

    for result, source in ((asked, "--db"), (of_environment, "GRIDCASE_DATABASE_URL")):
        assert result.exit_code == 2
        assert result.output.startswith(f"bad_value: {source} must be")
        assert "sqlite:///FILE or postgresql+psycopg://" in result.output
        assert "geheim" not in result.output
    assert list(tmp_path.iterdir()) == []
