"""No test passes by merely running: each says somewhere what must hold."""

from __future__ import annotations

import ast

from tests.house.sizes import ROOT, python_files

# What fails by itself: expected refusals, waiting looks at a page, machines whose rules and invariants assert.
_SAYING = ("raises", "expect", "run_state_machine_as_test", "check", "assert_")


def says_something(function: ast.FunctionDef) -> bool:
    """Whether a test asserts itself, or calls what does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].startswith(_SAYING):
            return True
    return False


def read_tests(text: str) -> list[ast.FunctionDef]:
    """The test functions in the text of a file."""
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    return [function for function in functions if function.name.startswith("test_")]


def test_every_test_says_what_must_hold() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in python_files()
        if path.name.startswith("test_")
        for function in read_tests(path.read_text(encoding="utf-8"))
        if not says_something(function)
    ]

    assert silent == []


def test_a_test_that_only_runs_is_found() -> None:
    only_runs, asserts, refuses = read_tests(
        "def test_a():\n    work()\n"
        "def test_b():\n    assert work() == 1\n"
        "def test_c():\n    with pytest.raises(KeyError):\n        work()\n"
    )

    assert [says_something(function) for function in (only_runs, asserts, refuses)] == [False, True, True]
