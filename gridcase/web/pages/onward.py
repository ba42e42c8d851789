"""Where a form leads on to: a path of this site and nothing else."""

from __future__ import annotations

from flask import url_for


def local_path(text: str | None) -> str:
    """A path of this site to go on to; anything else is the way home."""
    is_local = bool(text) and str(text).startswith("/") and not str(text).startswith(("//", "/\\"))
    return str(text) if is_local and str(text).isprintable() else url_for("entrance.home")
