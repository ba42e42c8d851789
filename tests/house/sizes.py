"""Sizes and manners of every Python file (architecture.md 7): run as a script it lists what breaks them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 500
FUNCTION_LINES = 60
PARAMETERS = 5
# The page says keyword-only after the second; a third passes where the call reads in its own order.
POSITIONAL = 3
_COORDINATES = re.compile(r"(lon|lat|x|y)[0-9]?|west|south|east|north")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files() -> list[Path]:
    """Every Python file of the program and of its tests."""
    return sorted(path for folder in ("gridcase", "tests") for path in (ROOT / folder).rglob("*.py"))


def functions_of(tree: ast.Module) -> Iterator[tuple[Function, bool]]:
    """Each function of a module, and whether it is a method."""
    for node in ast.walk(tree):
        is_class = isinstance(node, ast.ClassDef)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield child, is_class


def _decorators(function: Function) -> str:
    return " ".join(ast.unparse(decorator) for decorator in function.decorator_list)


def _size_faults(function: Function) -> Iterator[str]:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if lines > FUNCTION_LINES:
        yield f"{function.name} has {lines} lines, at most {FUNCTION_LINES}"


def _parameter_faults(function: Function, *, is_method: bool) -> Iterator[str]:
    decorators = _decorators(function)
    # click and pytest call by keyword, and fixtures are no parameters of ours.
    if (
        "click" in decorators
        or "command" in decorators
        or "fixture" in decorators
        or function.name.startswith("test_")
    ):
        return
    if is_method and function.name.startswith("__") and function.name != "__init__":
        return
    own = int(is_method and "staticmethod" not in decorators)
    names = [each.arg for each in [*function.args.posonlyargs, *function.args.args]][own:]
    pairs = sum(1 for name in names if _COORDINATES.fullmatch(name)) // 2
    positional = len(names) - pairs
    count = positional + len(function.args.kwonlyargs)
    if count > PARAMETERS:
        yield f"{function.name} takes {count} parameters, at most {PARAMETERS}"
    if positional > POSITIONAL:
        yield f"{function.name} takes {positional} parameters by position, make the later ones keyword-only"


def _annotation_faults(function: Function, *, is_method: bool) -> Iterator[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if is_method and "staticmethod" not in _decorators(function):
        arguments = arguments[1:]
    bare = [argument.arg for argument in arguments if argument.annotation is None]
    if bare or function.returns is None:
        yield f"{function.name} is not annotated: {', '.join(bare) or 'what it returns'}"


def faults_of(path: Path) -> list[str]:
    """What in the file breaks a size, a name or the manner of a module; each with its line."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    where = path.relative_to(ROOT)
    is_program = "tests" not in where.parts
    faults = []
    if (lines := text.count("\n")) > FILE_LINES:
        faults.append(f"{where}: has {lines} lines, at most {FILE_LINES}")
    if path.stem in FORBIDDEN_NAMES:
        faults.append(f"{where}: says nothing about its part; name it for what it does")
    if tree.body and ast.get_docstring(tree) is None:
        faults.append(f"{where}: does not open with a sentence that says its responsibility")
    for function, is_method in functions_of(tree):
        found = [*_size_faults(function)]
        found += _parameter_faults(function, is_method=is_method) if is_program else []
        found += _annotation_faults(function, is_method=is_method)
        faults += [f"{where}:{function.lineno}: {fault}" for fault in found]
    return faults


def main() -> int:
    """Prints every fault; 1 when there is any."""
    files = python_files()
    faults = [fault for path in files for fault in faults_of(path)]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(files)} files, {len(faults)} break a size or a manner", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
