"""Who may import whom: the contracts of pyproject.toml hold, and no module asks the machine for the time."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.repository import ROOT

ROOMS_WITH_A_CLOCK = ("gridcase/app.py", "gridcase/web/", "gridcase/jobs/", "gridcase/cli/")
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "func.now"}


def modules() -> list[Path]:
    return sorted((ROOT / "gridcase").rglob("*.py"))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def test_the_import_contracts_hold() -> None:
    command = Path(sys.executable).with_name("lint-imports")

    run = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300)

    assert run.returncode == 0, run.stdout


def test_every_room_has_its_place_in_the_contract() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]
    placed = {room.strip() for layer in contract["layers"] for room in layer.split("|")}

    rooms = {
        path.stem
        for path in (ROOT / "gridcase").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert contract["exhaustive"]
    assert rooms - {"__init__", "__main__"} <= placed


def test_no_import_is_relative() -> None:
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_only_the_outer_rooms_ask_for_the_time() -> None:
    asked = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for path in modules()
        if not str(path.relative_to(ROOT)).startswith(ROOMS_WITH_A_CLOCK)
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).removeprefix("datetime.datetime").lstrip(".") in CLOCK_CALLS
    ]

    assert asked == []
