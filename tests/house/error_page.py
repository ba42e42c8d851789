"""Writes docs/errors.md from the catalogue of texts: `python -m tests.house.error_page --write`."""

from __future__ import annotations

import sys
import tomllib

from tests.house.repository import ROOT

PAGE = ROOT / "docs" / "errors.md"
CATALOGUE = ROOT / "templates" / "messages.toml"

HEAD = """# Error codes · 错误代码

Each refusal has a stable code. Over HTTP it is the member `code` of the problem document (`application/problem+json`), of each entry of `errors` (faults of fields) and of `reasons` (why the flow says no); commands print `code: message`. The texts may change, the codes do not. `{name}` is filled from the data of the refusal.

| HTTP | when |
| --- | --- |
| 401 | not signed in |
| 403 | no role of this person may ever do this, or separation or "approver ≠ applicant" forbids it; names the rule |
| 404 | it does not exist, or this person may not see it |
| 409 | the flow, or another writer, says no; `reasons` lists every reason |
| 413, 415 | too large; wrong kind of content |
| 422 | cannot be understood |
| 429 | too many; `Retry-After` says when to try again |

This page is written from `templates/messages.toml`.

| code | 中文 | English |
| --- | --- | --- |
"""


def texts() -> dict[str, dict[str, str]]:
    """Code -> language -> text, in the order of the file."""
    document: dict[str, dict[str, str]] = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return document


def page() -> str:
    """The page as it should read."""
    return HEAD + "".join(f"| `{code}` | {text['zh']} | {text['en']} |\n" for code, text in texts().items())


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
