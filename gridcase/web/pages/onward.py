"""Where a form leads on to, or a page back to: a path of this site and nothing else."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from flask import url_for


def local_path(text: str | None) -> str:
    """A path of this site to go on to; anything else is the way home."""
    is_local = bool(text) and str(text).startswith("/") and not str(text).startswith(("//", "/\\"))
    return str(text) if is_local and str(text).isprintable() else url_for("entrance.home")


def own_way(text: str | None) -> SplitResult | None:
    """The parts of a way back that stays on this site; None for anything else."""
    try:
        parts = urlsplit(text or "")
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc or not (text or "").isprintable() else parts
