"""Every Python file keeps the sizes and manners of the house, and the check that says so can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import sizes


def test_every_file_keeps_the_sizes_and_manners() -> None:
    faults = [fault for path in sizes.python_files() for fault in sizes.faults_of(path)]

    assert faults == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1\n", "does not open with a sentence"),
        ('"""A."""\n' + "x = 1\n" * 500, "has 501 lines"),
        ('"""A."""\ndef f() -> None:\n' + "    x = 1\n" * 60, "f has 61 lines"),
        (
            '"""A."""\ndef f(*, a: int, b: int, c: int, d: int, e: int, g: int) -> None: ...\n',
            "takes 6 parameters",
        ),
        (
            '"""A."""\ndef f(a: int, b: int, c: int, d: int) -> None: ...\n',
            "make the later ones keyword-only",
        ),
        ('"""A."""\nclass C:\n    def f(self, a) -> None: ...\n', "not annotated: a"),
        ('"""A."""\ndef f(a: int): ...\n', "not annotated: what it returns"),
    ],
)
def test_a_file_that_breaks_them_is_named(
    text: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "ROOT", tmp_path)
    (tmp_path / "part.py").write_text(text, encoding="utf-8")

    (fault,) = sizes.faults_of(tmp_path / "part.py")

    assert fault.startswith("part.py")
    assert says in fault


def test_a_file_without_a_part_in_its_name_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "ROOT", tmp_path)
    name = "util" + "s.py"
    (tmp_path / name).write_text('"""A."""\n', encoding="utf-8")

    assert "name it for what it does" in sizes.faults_of(tmp_path / name)[0]
