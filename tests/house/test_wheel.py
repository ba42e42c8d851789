"""The wheel: carries its data and nothing of the tests, and works when it is installed elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.house.repository import ROOT

CARRIED = (
    "gridcase/_data/config.toml",
    "gridcase/_data/workflows/standard.toml",
    "gridcase/_data/workflows/two_level.toml",
    "gridcase/_data/workflows/catalogue/catalogue.csv",
    "gridcase/_data/workflows/calendars/cn-2025-2026.csv",
    "gridcase/_data/workflows/schemes/department-d1.toml",
    "gridcase/_data/geo/areas.csv",
    "gridcase/_data/templates/messages.toml",
    "gridcase/_data/docs/manual.zh-CN.md",
    "gridcase/web/static/vendor/echarts/echarts.min.js",
    "gridcase/web/static/vendor/leaflet/leaflet.js",
)


def run(
    *command: str | Path, cwd: Path, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("elsewhere")
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        target,
        wheel,
        cwd=target,
    )
    return target


def gridcase(installed: Path, cwd: Path, *arguments: str) -> str:
    # The installed copy stands before the checkout, and no site is named.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GRIDCASE_")}
    environ["PYTHONPATH"] = str(installed)
    return run(sys.executable, "-m", "gridcase", *arguments, cwd=cwd, environ=environ).stdout


def test_the_wheel_carries_its_data_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert [name for name in CARRIED if name not in names] == []
    assert [name for name in names if not name.startswith(("gridcase/", "gridcase-"))] == []
    assert [name for name in names if "__pycache__" in name or name.startswith("gridcase/_data/var")] == []


def test_every_file_of_the_data_folders_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    for folder in ("workflows", "geo", "templates", "docs/manual"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"gridcase/_data/{path.relative_to(ROOT)}" in names


def test_the_installed_copy_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    code = "import gridcase, gridcase.resources as r; print(gridcase.__file__); print(r.find_site().root)"
    environ = {**os.environ, "PYTHONPATH": str(installed)}

    package, site = run(sys.executable, "-c", code, cwd=tmp_path, environ=environ).stdout.split()

    assert Path(package) == installed / "gridcase" / "__init__.py"
    assert Path(site) == installed / "gridcase" / "_data"


def test_the_clock_of_the_installed_copy_knows_the_calendar(installed: Path, tmp_path: Path) -> None:
    asked = ("clock", "--start", "2026-09-30T16:30", "--limit", "4工作时", "--format", "json")

    answer = json.loads(gridcase(installed, tmp_path, *asked))

    assert answer["due_at"] == "2026-10-08T10:30:00+08:00"


def test_the_installed_copy_locates_a_point(installed: Path, tmp_path: Path) -> None:
    answer = json.loads(gridcase(installed, tmp_path, "locate", "117.15", "39.11", "--format", "json"))

    assert answer["district"] == "120104"
    assert answer["cell"].startswith(answer["community"])


def test_the_installed_copy_finds_no_fault_in_what_it_ships(installed: Path, tmp_path: Path) -> None:
    gridcase(installed, tmp_path, "check")

    assert list(tmp_path.iterdir()) == []


def test_the_version_of_the_wheel_is_that_of_the_program(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert wheel.name.startswith(f"gridcase-{project['version']}-py3")
