"""The lock files: exact versions with hashes, one version of a package in both, and no address."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.house.repository import ROOT

Pins = dict[str, set[str]]


def pins(name: str) -> Pins:
    """Package name -> its pinned versions (more than one when the version of Python decides)."""
    found: Pins = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9.-]+)==([^ \\;]+)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock"])
def test_every_pin_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

    assert len(entries) > 30
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock", "package-lock.json"])
def test_no_lock_holds_an_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_the_runtime_is_locked_to_the_versions_that_tests_use() -> None:
    full, runtime = pins("requirements.lock"), pins("requirements-run.lock")

    assert {name: versions for name, versions in runtime.items() if full.get(name) != versions} == {}
    assert len(runtime) < len(full)


def test_every_dependency_of_the_project_is_locked_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = {
        "requirements-run.lock": [*project["dependencies"], *extras["pg"], *extras["pdf"], *extras["build"]],
        "requirements.lock": [
            *project["dependencies"],
            *(line for lines in extras.values() for line in lines),
        ],
    }

    for name, lines in needed.items():
        locked = pins(name)
        for requirement in map(Requirement, lines):
            versions = locked.get(requirement.name.lower(), set())
            assert versions, f"{requirement} is not in {name}: run make lock"
            assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_the_libraries_of_the_pages_have_exact_versions() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all("integrity" in entry for place, entry in locked.items() if place)
