"""What no file of the project may contain: addresses of registries, marks of unfinished work, silent exceptions."""

from __future__ import annotations

import re

import pytest

from tests.house.repository import text_files

# Put together from pieces, so that this file does not contain what it looks for.
REGISTRIES = [
    "pypi" + r"\.org",
    "python" + r"hosted\.org",
    "npm" + r"js\.(org|com)",
    "npm" + r"mirror\.com",
    "yarn" + r"pkg\.com",
    "deb" + r"ian\.org",
    "archive\\." + "ubuntu",
    "mirrors?\\." + r"[a-z0-9.-]*\.(?:com|cn|org|net|edu|io)\b",
    "golang" + r"\.org",
    "crates" + r"\.io",
    "index" + "-url",
    "find" + "-links",
]
MARKS = [
    r"\bTO" + r"DO\b",
    r"\bFIX" + r"ME\b",
    r"\bXX" + r"X\b",
    r"\bHA" + r"CK\b",
    r"\bWI" + r"P\b",
    "NotImplemented" + "Error",
    "待" + "补充",
    "待" + "完善",
]
EVASIONS = [
    r"pytest\.sk" + "ip",
    r"pytest\.mark\.sk" + "ip",
    "xf" + "ail",
    "importor" + "skip",
    r"type:\s*ign" + r"ore(?!\[)",
    r"#\s*no" + r"qa(?!: [A-Z])",
    r"pragma: no " + "cover",
]


def lines_with(pattern: str) -> list[str]:
    compiled = re.compile(pattern, re.MULTILINE)
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in text_files()
        if compiled.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if compiled.search(line)
    ]


@pytest.mark.parametrize("pattern", REGISTRIES)
def test_no_file_names_a_package_registry(pattern: str) -> None:
    assert lines_with(pattern) == []


@pytest.mark.parametrize("pattern", MARKS)
def test_no_file_carries_a_mark_of_unfinished_work(pattern: str) -> None:
    assert lines_with(pattern) == []


@pytest.mark.parametrize("pattern", EVASIONS)
def test_no_test_and_no_check_is_switched_off(pattern: str) -> None:
    assert lines_with(pattern) == []


def test_the_search_sees_the_files_of_the_project() -> None:
    seen = {str(path) for path, _ in text_files()}

    assert {"Makefile", "pyproject.toml", "requirements.lock", "gridcase/errors.py", ".ci/run"} <= seen
    assert lines_with(r"^name = \"gridcase\"$") != []


def test_text_files_end_with_a_line_end_and_know_no_carriage_return() -> None:
    wrong = [str(path) for path, text in text_files() if text and (not text.endswith("\n") or "\r" in text)]

    assert wrong == []
