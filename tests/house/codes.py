"""Reads from the source which codes of refusals it can raise, so that none is without a text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.repository import ROOT

# Class -> place of the code among its arguments. `Fault` is a line about a file, its check numbers need no text.
RAISED = {
    "Invalid": 0,
    "NotPermitted": 0,
    "NotFound": 0,
    "GridcaseError": 0,
    "Reason": 0,
    "ClockError": 0,
    "DeliveryError": 0,
    "Refused": 1,
    "Fault": 2,
}
_CODE = re.compile(r"[a-z][a-z0-9_]*")


def _code_of(call: ast.Call) -> str | None:
    name = call.func.id if isinstance(call.func, ast.Name) else None
    if name not in RAISED:
        return None
    place = RAISED[name]
    given = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    if not given and len(call.args) > place:
        given = [call.args[place]]
    value = given[0].value if given and isinstance(given[0], ast.Constant) else None
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


def codes_in_source() -> Iterator[tuple[str, str]]:
    """Each code that the source names when it makes an error or a reason, with its file and line."""
    for path in sorted((ROOT / "gridcase").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (code := _code_of(node)):
                yield code, f"{path.relative_to(ROOT)}:{node.lineno}"
