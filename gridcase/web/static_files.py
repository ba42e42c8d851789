"""The style sheets that go into documents: those of the site, read from the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "static" / "css"


@cache
def style_of(name: str) -> str:
    """The text of a style sheet."""
    return (_FOLDER / name).read_text(encoding="utf-8")
