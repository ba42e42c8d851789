"""The Makefile: help in two languages by default, and every target that the documents name."""

from __future__ import annotations

import re
import subprocess

from tests.house.repository import ROOT

TARGETS = {"install", "demo", "test", "check", "bench", "assets", "help"}


def make(*arguments: str) -> str:
    run = subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return run.stdout


def test_make_alone_lists_the_targets_in_chinese_and_english() -> None:
    lines = [line for line in make().splitlines() if line.strip()]

    named = {match[1] for line in lines if (match := re.match(r"  make ([a-z]+) ", line))}
    assert named >= TARGETS
    for line in lines:
        assert re.search(r"[\u4e00-\u9fff].* · [a-z]", line), line


def test_every_target_that_a_document_names_exists() -> None:
    listed = set(re.findall(r"make ([a-z]+) ", make("help")))

    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        named = set(re.findall(r"`make ([a-z]+)", document.read_text(encoding="utf-8")))
        assert named <= listed, f"{document.name} names {named - listed}"


def test_scripts_stop_at_the_first_error() -> None:
    scripts = [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]

    assert scripts
    for script in scripts:
        assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8"), script
        assert script.stat().st_mode & 0o111, f"{script} cannot be run"
